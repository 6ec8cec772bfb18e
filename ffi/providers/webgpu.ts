/** Graphics processors of any maker, through the functions that browsers have: Vulkan, Metal or Direct3D below. */
import { appendByName, type Provider } from "./provider.ts";

/** WebGPU. */
export const webgpu: Provider<"webgpu"> = {
  name: "webgpu",
  title: "WebGPU",
  registeredName: "WebGpuExecutionProvider",
  append: (library, sessionOptions) => appendByName(library, sessionOptions, "WebGPU"),
};
