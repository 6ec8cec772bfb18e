/** Where models can run: the library's execution providers, NVIDIA's driver, and the threads of the processor. */
import type { OrtLibrary } from "../../ffi/library.ts";
import { availableProviders } from "../../ffi/providers/available.ts";
import { cuda } from "../../ffi/providers/cuda.ts";
import { probeCuda } from "../../ffi/providers/cuda/probe.ts";
import { countCores } from "../../ffi/system/cores.ts";
import { threadsFor } from "../../ffi/threads.ts";
import type { Ffi } from "../../ffi/types.ts";
import type { GpuFacts } from "./facts.ts";

/** The providers that a library is built with, by short names. */
export function providerNames(library: OrtLibrary): string[] {
  return availableProviders(library).map((name) => name.replace("ExecutionProvider", ""));
}

/** Why a library cannot use NVIDIA's devices, if it cannot: what it lacks. */
export function cudaObstacle(library: OrtLibrary): string | undefined {
  if (!availableProviders(library).includes(cuda.registeredName)) return "it is built without CUDA";
  return cuda.findFiles?.(library)?.reason;
}

/** What NVIDIA's driver says. */
export function gpuFacts(ffi: Ffi): GpuFacts {
  const { state, reason, driverVersion, devices } = probeCuda(ffi, { freeMemory: true });
  return {
    isReady: state === "ready",
    hasDriver: state !== "no-driver",
    ...(driverVersion !== undefined && { driverVersion }),
    ...(reason !== undefined && { reason }),
    devices: devices.map(({ index, name, computeCapability, totalMemory, freeMemory }) => {
      const free = freeMemory === undefined ? "" : `, ${gigabytes(freeMemory)} free`;
      return `cuda:${index} ${name} (${computeCapability}), ${gigabytes(totalMemory)}${free}`;
    }),
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** The cores that this process may use, and the threads that a model takes where nobody says how many. */
export function threadFacts(ffi: Ffi): { cores: number; byDefault: number } {
  const cores = countCores(ffi);
  return { cores: cores.logical, byDefault: threadsFor(cores) };
}
