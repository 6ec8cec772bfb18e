/**
 * NVIDIA's driver, as far as it is called: `cuda.h`'s functions by the names that the library exports, each giving a
 * `CUresult`. A device is a number, a context and a place in its memory are addresses.
 */
import type { ParameterType } from "../../types.ts";

/** Where the driver's library is, by `process.platform`: a name to look for, then where some systems keep it. */
export const DRIVER_FILES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1", "/run/opengl-driver/lib/libcuda.so.1"],
  win32: ["nvcuda.dll"],
};

/** The functions called: their parameters. */
export const DRIVER_API = {
  cuInit: ["i32"], // unsigned int flags
  cuDriverGetVersion: ["buffer"], // int* version
  cuGetErrorName: ["i32", "buffer"], // CUresult, const char** text
  cuGetErrorString: ["i32", "buffer"], // CUresult, const char** text
  cuDeviceGetCount: ["buffer"], // int* count
  cuDeviceGet: ["buffer", "i32"], // CUdevice* device, int ordinal
  cuDeviceGetName: ["buffer", "i32", "i32"], // char* name, int length, CUdevice
  cuDeviceGetAttribute: ["buffer", "i32", "i32"], // int* value, CUdevice_attribute, CUdevice
  cuDeviceTotalMem_v2: ["buffer", "i32"], // size_t* bytes, CUdevice
  cuDevicePrimaryCtxRetain: ["buffer", "i32"], // CUcontext* context, CUdevice
  cuDevicePrimaryCtxRelease_v2: ["i32"], // CUdevice
  cuCtxPushCurrent_v2: ["pointer"], // CUcontext
  cuCtxPopCurrent_v2: ["buffer"], // CUcontext* context
  cuCtxSynchronize: [],
  cuMemGetInfo_v2: ["buffer", "buffer"], // size_t* free, size_t* total
  cuMemcpy: ["pointer", "pointer", "usize"], // CUdeviceptr target, CUdeviceptr source, size_t bytes
} as const satisfies Record<string, readonly ParameterType[]>;

/** `CUdevice_attribute`, the ones asked for. */
export const DEVICE_ATTRIBUTES = { computeCapabilityMajor: 75, computeCapabilityMinor: 76 } as const;

/** `CUresult`, the ones told apart. */
export const DRIVER_RESULTS = { success: 0, noDevice: 100 } as const;

/** What helps against some failures of `cuInit`, by `CUresult`. */
export const DRIVER_ADVICE: Readonly<Record<number, string>> = {
  100:
    "a container sees the devices it is started with (--gpus all), a program those that CUDA_VISIBLE_DEVICES names",
  101: "CUDA_VISIBLE_DEVICES names a device that is not there",
  803: "the driver was updated while it runs: start the machine again",
  804: "the driver is too old for the libraries of this container: install a newer one",
  802: "the machine's fabric manager is not running yet: start nvidia-fabricmanager",
  999: "the driver's module nvidia_uvm may not be loaded: run nvidia-smi or nvidia-modprobe -u as root",
};
