/** Where models can run: the library's execution providers, NVIDIA's driver, and the threads of the processor. */
import { availableParallelism } from "node:os";
import type { OrtLibrary } from "../../ffi/library.ts";
import type { Ffi } from "../../ffi/types.ts";
import type { GpuFacts } from "./facts.ts";

/** The providers that a library is built with, by short names. */
export function providerNames(_library: OrtLibrary): string[] {
  return [];
}

/** What NVIDIA's driver says. */
export function gpuFacts(_ffi: Ffi): GpuFacts {
  return { isReady: false, hasDriver: false, devices: [] };
}

/** The cores of this process, and the threads that a model takes where nobody says how many. */
export function threadFacts(): { cores: number; byDefault: number } {
  const cores = availableParallelism();
  return { cores, byDefault: cores };
}
