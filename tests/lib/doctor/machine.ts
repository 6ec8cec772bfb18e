/** A machine on which all is well. */
import type { Facts } from "../../../lib/doctor/facts.ts";

/** Its facts; tests change some. */
export const WELL: Facts = {
  sotto: { value: "0.1.0" },
  runtime: { value: { name: "Deno", version: "2.9.6", platform: "linux", arch: "x64" } },
  permissions: {
    value: [
      { flag: "--allow-ffi", use: "ONNX Runtime is called", isNeeded: true, isGranted: true },
      { flag: "--allow-run", what: "ffmpeg", use: "it decodes", isNeeded: false, isGranted: true },
    ],
  },
  std: { value: { path: "@std", crypto: "node" } },
  library: {
    value: { path: "/lib/ort.so", version: "1.30.0", providers: ["CUDA", "CPU"], telemetryOff: true },
  },
  processor: { value: "x64 avx2 fma" },
  int8: { value: { byteProducts: "saturating", operators: { encoder: "int7-rows" } } },
  threads: { value: { cores: 8, byDefault: 4 } },
  gpu: { value: { isReady: true, hasDriver: true, driverVersion: "12.4", devices: ["GPU 0, 8 GB"] } },
  cache: {
    value: {
      folder: "/home/me/.cache/whisper",
      isWritable: true,
      freeBytes: 50e9,
      models: [{
        name: "base",
        bytes: 145e6,
        isComplete: true,
        prepared: [{ precision: "int8", library: "1.30.0", bytes: 181e6 }],
      }],
    },
  },
  ffmpeg: { value: "7.1" },
  selfTest: { value: { seconds: 1.23, isRight: true, tokens: [1, 2] } },
};
