/** A Worker that loads a model, answers, and ends when it is told to. */
import { loadModel } from "../../mod.ts";

const scope = self as unknown as {
  onmessage: (event: MessageEvent) => void;
  postMessage(data: unknown): void;
  close(): void;
};
let model: Disposable | undefined;

scope.onmessage = async ({ data }) => {
  if (data === "close") return scope.close();
  try {
    model = await loadModel(data);
    scope.postMessage(model === undefined ? "none" : "loaded");
  } catch (error) {
    scope.postMessage(String(error));
  }
};
