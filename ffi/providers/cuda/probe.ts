/**
 * Asks NVIDIA's driver what there is, before ONNX Runtime is: its own errors come late, some only as the first kernel
 * runs, and say little.
 */
import process from "node:process";
import { SharedLibraryError } from "../../system/shared_library.ts";
import { readSystemText } from "../../system/system_text.ts";
import type { Ffi } from "../../types.ts";
import { type CudaDevice, CudaDriver, CudaDriverError } from "./driver.ts";
import { DRIVER_ADVICE, DRIVER_RESULTS } from "./driver_api.ts";

/**
 * What came of it: there are devices; there is no driver; the driver has no device for this process; the driver is
 * there and does not work.
 */
export type CudaState = "ready" | "no-driver" | "no-device" | "failed";

/** What NVIDIA's driver says. */
export interface CudaProbe {
  readonly state: CudaState;
  /** Why there is no device to use: the end of a sentence. None when there is one. */
  readonly reason?: string;
  /** The version of CUDA that the driver knows, as `"12.4"`. */
  readonly driverVersion?: string;
  /** The devices, by their numbers. */
  readonly devices: readonly CudaDevice[];
}

/** What a probe may be told. */
export interface CudaProbeOptions {
  /** Whether the free memory of each device is asked for, which takes a context there: some tenths of a second. */
  readonly freeMemory?: boolean;
  /** The driver's library. Default: where the system finds it. */
  readonly file?: string;
  readonly platform?: string;
}

/** What the kernel shows of a driver whose library is not there. */
const KERNEL_VERSION = "/proc/driver/nvidia/version";

/** Asks the driver. Nothing is thrown but a runtime's refusal of permission; nothing is left behind on a device. */
export function probeCuda(ffi: Ffi, options: CudaProbeOptions = {}): CudaProbe {
  const { file, platform = process.platform } = options;
  let driver: CudaDriver;
  try {
    driver = CudaDriver.open(ffi, file, platform);
  } catch (error) {
    if (!(error instanceof SharedLibraryError)) throw error;
    return withoutLibrary(ffi, error, platform);
  }
  try {
    driver.initialise();
    const devices = describeDevices(driver, options);
    if (devices.length > 0) return { state: "ready", driverVersion: driver.version, devices };
    return {
      state: "no-device",
      reason: `NVIDIA's driver has no device for this process: ${DRIVER_ADVICE[DRIVER_RESULTS.noDevice]}`,
      driverVersion: driver.version,
      devices,
    };
  } catch (error) {
    if (!(error instanceof CudaDriverError)) throw error;
    const { result, message } = error;
    const advice = result === undefined ? undefined : DRIVER_ADVICE[result];
    return {
      state: result === DRIVER_RESULTS.noDevice ? "no-device" : "failed",
      reason: `NVIDIA's driver does not work: ${message}${advice ? `; ${advice}` : ""}`,
      devices: [],
    };
  }
}

function describeDevices(driver: CudaDriver, { freeMemory }: CudaProbeOptions): CudaDevice[] {
  return Array.from({ length: driver.deviceCount }, (_, index) => driver.describe(index, { freeMemory }));
}

function withoutLibrary(ffi: Ffi, { message }: Error, platform: string): CudaProbe {
  // A container has the kernel of its machine, and the libraries it is given.
  if (platform === "linux" && readSystemText(ffi, KERNEL_VERSION, { platform }) !== undefined) {
    const reason = `the kernel has NVIDIA's driver, and its library is not here (${message}): start the ` +
      "container with --gpus all, or install the driver's libraries";
    return { state: "failed", reason, devices: [] };
  }
  return { state: "no-driver", reason: `there is no NVIDIA driver (${message})`, devices: [] };
}
