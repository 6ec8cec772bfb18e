/** The processor. */
import type { Provider } from "./provider.ts";

/** ONNX Runtime's own provider: every session has it. */
export const cpu: Provider<"cpu"> = {
  name: "cpu",
  title: "The CPU",
  registeredName: "CPUExecutionProvider",
  arena: "cpu:0",
  append() {},
};
