/** Graphics processors of any maker on Windows. */
import { appendByName, type Provider } from "./provider.ts";

/** DirectML. It does not go with memory that is planned ahead. */
export const directml: Provider<"directml"> = {
  name: "directml",
  title: "DirectML",
  registeredName: "DmlExecutionProvider",
  append(library, sessionOptions) {
    library.api.DisableMemPattern(sessionOptions);
    appendByName(library, sessionOptions, "DML");
  },
};
