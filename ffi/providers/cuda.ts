/** NVIDIA's graphics processors. */
import type { OrtLibrary } from "../library.ts";
import { cString, keepAlive, pointers } from "../memory.ts";
import type { Ffi, Pointer } from "../types.ts";
import { cudaCopies } from "./cuda/copies.ts";
import { providerOptions } from "./cuda/options.ts";
import { type CudaProbe, probeCuda } from "./cuda/probe.ts";
import { cudaProviderFile, cudaProviderName } from "./cuda/provider_file.ts";
import { activeSitePackages, sitePackagesAround } from "./cuda/python_environment.ts";
import { examineToolkit, type Toolkit } from "./cuda/toolkit.ts";
import { DeviceMemory } from "./device_memory.ts";
import type { DevicePlace, Obstacle, Provider } from "./provider.ts";

/**
 * CUDA. ONNX Runtime's generic `SessionOptionsAppendExecutionProvider` does not know it (1.30: "Unknown provider name
 * 'CUDA'"), so it has functions of its own.
 */
export const cuda: Provider<"cuda"> = {
  name: "cuda",
  title: "CUDA",
  registeredName: "CUDAExecutionProvider",
  deviceMemory: "Cuda",
  openMemory(library, session, deviceId) {
    const startCopies = () => cudaCopies.start(library.ffi, deviceId);
    return DeviceMemory.open(library, session, { name: "Cuda", deviceId, startCopies });
  },
  findDevice(ffi, deviceId) {
    return deviceObstacle(probeCuda(ffi), deviceId);
  },
  findFiles(library) {
    const file = cudaProviderFile(library.path);
    if (file === undefined) return { reason: withoutProvider(library), hasDevice: true };
    const toolkit = examineToolkit(library.ffi, file, [
      ...sitePackagesAround(library.path),
      ...activeSitePackages(),
    ]);
    const reason = toolkit && (missingReason(toolkit) ?? driverReason(library.ffi, toolkit));
    return reason === undefined ? undefined : { reason, hasDevice: true };
  },
  append(library: OrtLibrary, sessionOptions: Pointer, { deviceId = 0, cuda }: DevicePlace): void {
    const { api, ffi } = library;
    const options = library.create((out) => api.CreateCUDAProviderOptions(out));
    try {
      const entries = Object.entries(providerOptions(deviceId, cuda));
      const keys = entries.map(([key]) => cString(key)), values = entries.map(([, value]) => cString(value));
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

function deviceObstacle({ state, reason, devices }: CudaProbe, deviceId: number): Obstacle | undefined {
  // A driver that does not work is one of a machine that has a device.
  if (reason !== undefined) return { reason, hasDevice: state === "failed" };
  if (deviceId < devices.length) return undefined;
  const names = devices.map(({ index, name }) => `cuda:${index} (${name})`).join(", ");
  return { reason: `there is no device ${deviceId}, only ${names}`, hasDevice: true };
}

function withoutProvider({ path }: OrtLibrary): string {
  const name = cudaProviderName() ?? "the library of the provider";
  return `ONNX Runtime's library for CUDA is missing: there is no ${name} beside ${path}. Run the install script of ` +
    "onnxruntime-node (npm rebuild onnxruntime-node), which fetches it, or name the library of Python's " +
    "onnxruntime-gpu as the library option or in ORT_DYLIB_PATH";
}

/** Every library that is missing, with the package that has it. */
function missingReason({ cudaVersion, missing }: Toolkit): string | undefined {
  if (missing.length === 0) return undefined;
  const files = missing.map(({ file, reason, package: name }) => {
    // Of one that is there and cannot be opened it is said why.
    const detail = /No such file|cannot open shared object file/.test(reason) && reason.startsWith(`${file}:`)
      ? ""
      : `: ${reason}`;
    return `${file} (${name}${detail})`;
  });
  const packages = [...new Set(missing.map(({ package: name }) => name))].join(" ");
  return `${missing.length === 1 ? "a library" : "libraries"} of NVIDIA's toolkit cannot be opened: ${
    files.join(", ")
  }. Install CUDA ${cudaVersion ?? ""} and cuDNN 9, or run pip install ${packages} in the active environment`;
}

/** A driver runs what was built for its own version of CUDA and for older ones. */
function driverReason(ffi: Ffi, { cudaVersion }: Toolkit): string | undefined {
  const { driverVersion } = probeCuda(ffi);
  if (cudaVersion === undefined || driverVersion === undefined) return undefined;
  if (Number(driverVersion.split(".")[0]) >= cudaVersion) return undefined;
  return `the driver knows CUDA ${driverVersion}, and this build of ONNX Runtime is for CUDA ${cudaVersion}: ` +
    "install a newer driver, or a build for the older version";
}
