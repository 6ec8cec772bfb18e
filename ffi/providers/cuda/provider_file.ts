/** The library of ONNX Runtime's CUDA provider, which lies beside ONNX Runtime's own. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";

/** What it is called, by `process.platform`. */
const NAMES: Readonly<Record<string, string>> = {
  linux: "libonnxruntime_providers_cuda.so",
  win32: "onnxruntime_providers_cuda.dll",
};

/** What it is called; nothing on systems that CUDA is not for. */
export function cudaProviderName(platform: string = process.platform): string | undefined {
  return NAMES[platform];
}

/** Its path beside a build of ONNX Runtime, which looks for it there alone; nothing if it is not there. */
export function cudaProviderFile(library: string, platform?: string): string | undefined {
  const name = cudaProviderName(platform);
  const path = name && join(dirname(library), name);
  return path && existsSync(path) ? path : undefined;
}
