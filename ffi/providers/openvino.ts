/** Intel's processors of all kinds. */
import { appendByName, type Provider } from "./provider.ts";

/** OpenVINO, on the device that it takes by itself. */
export const openvino: Provider<"openvino"> = {
  name: "openvino",
  title: "OpenVINO",
  registeredName: "OpenVINOExecutionProvider",
  append: (library, sessionOptions) => appendByName(library, sessionOptions, "OpenVINO"),
};
