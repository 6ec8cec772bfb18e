/**
 * Which execution provider runs a session: CUDA or the CPU. A provider compiled into the library may still be
 * unusable, so asking for CUDA is an attempt: options and session are made anew for each.
 */
import type { OrtLibrary } from "./library.ts";
import { cString, pointers } from "./memory.ts";
import type { Pointer } from "./types.ts";

/** Where sessions run. */
export type ExecutionProvider = "cpu" | "cuda";

/**
 * Adds a provider to session options; the CPU needs no adding.
 *
 * @throws {OrtError} when a library of CUDA is missing; the message names it.
 */
export function appendExecutionProvider(
  library: OrtLibrary,
  sessionOptions: Pointer,
  provider: ExecutionProvider,
): void {
  if (provider === "cpu") return;
  const { api, ffi } = library;
  const options = library.create((out) => api.CreateCUDAProviderOptions(out));
  try {
    // Updating comes first: its error carries the name of the missing library, the next call's does not.
    const key = cString("device_id"), value = cString("0");
    api.UpdateCUDAProviderOptions(
      options,
      pointers([ffi.addressOf(key)]),
      pointers([ffi.addressOf(value)]),
      1,
    );
    api.SessionOptionsAppendExecutionProvider_CUDA_V2(sessionOptions, options);
  } finally {
    api.ReleaseCUDAProviderOptions(options);
  }
}
