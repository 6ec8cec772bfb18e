/** Which execution providers a library of ONNX Runtime is built with. Whether they work on this machine is not said. */
import type { OrtLibrary } from "../library.ts";
import type { Pointer } from "../types.ts";

/** Gives ONNX Runtime's names of the providers, as `"CUDAExecutionProvider"`, the preferred first. */
export function availableProviders({ api, ffi }: Pick<OrtLibrary, "api" | "ffi">): string[] {
  const list = new BigUint64Array(new ArrayBuffer(8)), length = new Int32Array(new ArrayBuffer(4));
  api.GetAvailableProviders(list, length);
  const names: Pointer = Number(list[0]);
  try {
    return Array.from({ length: length[0] }, (_, i) => ffi.readCString(ffi.readPointer(names, 8 * i)));
  } finally {
    api.ReleaseAvailableProviders(names, length[0]);
  }
}
