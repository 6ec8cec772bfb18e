/** NVIDIA's graphics processors. */
import type { OrtLibrary } from "../library.ts";
import { cString, keepAlive, pointers } from "../memory.ts";
import type { Pointer } from "../types.ts";
import type { Provider } from "./provider.ts";

/** What CUDA is told, by key. */
const OPTIONS: Readonly<Record<string, string>> = { device_id: "0" };

/**
 * CUDA. ONNX Runtime's generic `SessionOptionsAppendExecutionProvider` does not know it (1.30: "Unknown provider name
 * 'CUDA'"), so it has functions of its own.
 */
export const cuda: Provider<"cuda"> = {
  name: "cuda",
  title: "CUDA",
  deviceMemory: "Cuda",
  append(library: OrtLibrary, sessionOptions: Pointer): void {
    const { api, ffi } = library;
    const options = library.create((out) => api.CreateCUDAProviderOptions(out));
    try {
      const keys = Object.keys(OPTIONS).map(cString), values = Object.values(OPTIONS).map(cString);
      // Updating comes first: its error carries the name of the missing library, the next call's does not.
      api.UpdateCUDAProviderOptions(
        options,
        pointers(keys.map(ffi.addressOf)),
        pointers(values.map(ffi.addressOf)),
        keys.length,
      );
      keepAlive(...keys, ...values);
      api.SessionOptionsAppendExecutionProvider_CUDA_V2(sessionOptions, options);
    } finally {
      api.ReleaseCUDAProviderOptions(options);
    }
  },
};
