/**
 * What kind of processor this is, as far as a library with kernels for each may tell them apart: weights that were packed
 * on one are of no use on another. The operating system is asked by its own functions, as no runtime tells it without
 * further permissions.
 */
import process from "node:process";
import { cString } from "../memory.ts";
import { readSystemText } from "./system_text.ts";
import { systemFunctions } from "./system_library.ts";
import type { Ffi } from "../types.ts";

/** Instructions that matrices are multiplied with; the list of a processor names some hundred others. */
const INSTRUCTIONS = /^(?:sse4_\d|fma|f16c|avx|amx|asimd|sve|sme(?!p)|i8mm|bf16|fphp)/;

/**
 * Describes the processor: its architecture, and its instructions or its model.
 *
 * @returns Nothing where that cannot be found out.
 */
export function describeProcessor(
  ffi: Ffi,
  platform: string = process.platform,
  architecture: string = process.arch,
): string | undefined {
  const ask = { linux: linuxInstructions, darwin: macModel, win32: windowsModel }[platform];
  try {
    const found = ask?.(ffi, platform);
    return found ? `${architecture} ${found}` : undefined;
  } catch {
    return undefined;
  }
}

/** Gives the instructions that `/proc/cpuinfo` names, sorted. */
export function instructionsOf(cpuinfo: string): string {
  const [, list = ""] = /^(?:flags|Features)\s*:\s*(.*)\n/m.exec(cpuinfo) ?? [];
  return list.split(" ").filter((name) => INSTRUCTIONS.test(name)).sort().join(" ");
}

/** Reads the first processor's entry: all of one machine have the same instructions. */
function linuxInstructions(ffi: Ffi, platform: string): string {
  const FIRST_ENTRY = 1 << 14;
  return instructionsOf(readSystemText(ffi, "/proc/cpuinfo", { limit: FIRST_ENTRY, platform }) ?? "");
}

function macModel(ffi: Ffi, platform: string): string {
  const { sysctlbyname } = systemFunctions(ffi, platform, {
    sysctlbyname: { parameters: ["buffer", "buffer", "buffer", "pointer", "usize"], result: "i32" },
  });
  const text = new Uint8Array(new ArrayBuffer(256));
  const length = new BigUint64Array(new ArrayBuffer(8)).fill(BigInt(text.length));
  if (sysctlbyname(cString("machdep.cpu.brand_string"), text, length, 0, 0) !== 0) return "";
  return new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
}

function windowsModel(ffi: Ffi, platform: string): string {
  const FEATURES = 64, LEVEL = 44, REVISION = 46;
  const { GetNativeSystemInfo, IsProcessorFeaturePresent } = systemFunctions(ffi, platform, {
    GetNativeSystemInfo: { parameters: ["buffer"], result: "void" },
    IsProcessorFeaturePresent: { parameters: ["i32"], result: "i32" },
  });
  const info = new DataView(new ArrayBuffer(48));
  GetNativeSystemInfo(info);
  const features = Array.from({ length: FEATURES }, (_, i) => IsProcessorFeaturePresent(i) ? 1 : 0).join("");
  return `${info.getUint16(LEVEL, true)} ${info.getUint16(REVISION, true)} ${features}`;
}
