/**
 * Which execution provider runs a session: CUDA or the CPU. A provider compiled into the library may still be
 * unusable, so asking for CUDA is an attempt: options and session are made anew for each.
 */
import type { OrtLibrary } from "./library.ts";
import { cString, pointers } from "./memory.ts";
import { OrtError } from "./status.ts";
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

/** Where a model is asked to run: `"auto"` is CUDA if it can be used, else the CPU. */
export type Device = "auto" | ExecutionProvider;

/** What was made, where it runs, and why not elsewhere. */
export interface Attempt<T> {
  readonly value: T;
  readonly provider: ExecutionProvider;
  /** One sentence for every provider that was tried. */
  readonly report: readonly string[];
}

/**
 * Makes something on the device asked for. Whatever `create` makes must be made anew by each call.
 *
 * @throws {RangeError} when there is no such device.
 * @throws {OrtError} when the device asked for cannot be used.
 */
export async function createOnDevice<T>(
  device: Device,
  create: (provider: ExecutionProvider) => Promise<T>,
): Promise<Attempt<T>> {
  if (!["auto", "cpu", "cuda"].includes(device)) {
    throw new RangeError(`Cannot run on the device "${device}": wanted "auto", "cpu" or "cuda"`);
  }
  const report: string[] = [];
  if (device !== "cpu") {
    try {
      const value = await create("cuda");
      return { value, provider: "cuda", report: ["CUDA is used"] };
    } catch (error) {
      if (device === "cuda" || !(error instanceof OrtError)) throw error;
      report.push(`CUDA is not used: ${error.message}`);
    }
  }
  const value = await create("cpu");
  return { value, provider: "cpu", report: [...report, "The CPU is used"] };
}
