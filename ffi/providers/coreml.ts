/** Apple's graphics and neural processors. */
import { appendByName, type Provider } from "./provider.ts";

/** Core ML. The older of its two formats knows few operators. */
export const coreml: Provider<"coreml"> = {
  name: "coreml",
  title: "Core ML",
  registeredName: "CoreMLExecutionProvider",
  append: (library, sessionOptions) =>
    appendByName(library, sessionOptions, "CoreML", { ModelFormat: "MLProgram" }),
};
