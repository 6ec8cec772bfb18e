/** A worker that loads a model and transcribes with it, as often as it is asked to. */
import { loadModel } from "../../mod.ts";

interface Port {
  postMessage(message: string): void;
  onmessage: (event: MessageEvent<{ model: string; audio: string; inMemory: boolean }>) => void;
}

const port = globalThis as unknown as Port;
port.onmessage = async ({ data: { model: path, audio, inMemory } }) => {
  port.postMessage("started");
  using model = await loadModel(path, { device: "cpu", inMemory });
  await model.transcribe(audio, { temperature: 0 });
  port.postMessage("done");
};
port.postMessage("ready");
