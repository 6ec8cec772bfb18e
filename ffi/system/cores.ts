/**
 * How many cores this process may use: those that its affinity allows, physical ones, and as much of their time as its
 * control groups grant. The operating system is asked by its own functions, as the runtimes count otherwise.
 */
import process from "node:process";
import { cString } from "../memory.ts";
import type { Ffi } from "../types.ts";
import { systemFunctions } from "./system_library.ts";
import { readSystemText } from "./system_text.ts";

/** The cores of a process. */
export interface Cores {
  /** Those it may run on, as the system numbers them: two for a core that runs two threads at once. */
  readonly logical: number;
  /** Those of them that are cores of their own. */
  readonly physical: number;
  /** How much of their time it is granted, in cores, where that is limited. */
  readonly quota?: number;
}

/** Reads a small file of the system; nothing where there is none. */
export type ReadText = (path: string) => string | undefined;

/** Counts the cores. */
export function countCores(ffi: Ffi, platform: string = process.platform): Cores {
  const count = { linux: linuxCores, darwin: macCores, win32: windowsCores }[platform];
  const all = navigator.hardwareConcurrency;
  try {
    const found = count?.(ffi);
    if (found !== undefined && found.physical > 0) return found;
  } catch {
    // A system that does not tell.
  }
  return { logical: all, physical: all };
}

function linuxCores(ffi: Ffi): Cores {
  // As many processors as the largest machines have: the call fails where the mask is shorter than the kernel's.
  const MASK = 1024;
  const { sched_getaffinity } = systemFunctions(ffi, "linux", {
    sched_getaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  });
  const mask = new Uint8Array(new ArrayBuffer(MASK));
  if (sched_getaffinity(0, MASK, mask) < 0) throw new Error("Cannot tell the affinity");
  const allowed = [...mask].flatMap((byte, i) =>
    [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bit) => byte >> bit & 1 ? 8 * i + bit : [])
  );
  const read: ReadText = (path) => readSystemText(ffi, path, { limit: 4096 });
  return { logical: allowed.length, physical: physicalCores(allowed, read), quota: cgroupQuota(read) };
}

/** Counts the cores that processors of Linux, by their numbers, are threads of. */
export function physicalCores(allowed: readonly number[], read: ReadText): number {
  const siblings = allowed.map((cpu) =>
    read(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`)?.trim() || `${cpu}`
  );
  return new Set(siblings).size;
}

/** Where the groups are, and the file of each that says what is granted, of both versions. */
const ROOT = "/sys/fs/cgroup";

/**
 * Reads how many cores' time the control groups of this process grant: the least of the group and of those above it.
 *
 * @returns Nothing where there is no limit.
 */
export function cgroupQuota(read: ReadText): number | undefined {
  const quotas = (read("/proc/self/cgroup") ?? "").split("\n").flatMap((line) => {
    const [number, controllers, path] = line.split(/:(.*?):(.*)/s);
    if (path === undefined) return [];
    if (number === "0" && controllers === "") {
      return foldersAbove(path).map((folder) => quotaOf(read(`${ROOT}${folder}/cpu.max`)));
    }
    if (!controllers.split(",").includes("cpu")) return [];
    // The folder of a controller is called by it, or by all that are mounted together.
    return [controllers, "cpu"].flatMap((name) =>
      foldersAbove(path).map((folder) => {
        const at = `${ROOT}/${name}${folder}`;
        return quotaOf(`${read(`${at}/cpu.cfs_quota_us`)} ${read(`${at}/cpu.cfs_period_us`)}`);
      })
    );
  });
  const limits = quotas.filter((quota) => quota !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** A folder of groups and those above it. In a container the first may not be there, and the last be its own. */
function foldersAbove(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return [...parts.map((_, i) => `/${parts.slice(0, parts.length - i).join("/")}`), ""];
}

/** `"50000 100000"`, microseconds in so many, is half a core; `"max 100000"` and `"-1 100000"` are no limit. */
function quotaOf(text: string | undefined): number | undefined {
  const [quota, period] = (text ?? "").trim().split(/\s+/).map(Number);
  return quota > 0 && period > 0 ? quota / period : undefined;
}

/** The fast cores of a Mac whose cores are of two kinds, else all. */
function macCores(ffi: Ffi): Cores {
  const { sysctlbyname } = systemFunctions(ffi, "darwin", {
    sysctlbyname: { parameters: ["buffer", "buffer", "buffer", "pointer", "usize"], result: "i32" },
  });
  const ask = (name: string) => {
    const value = new Int32Array(new ArrayBuffer(4));
    const length = new BigUint64Array(new ArrayBuffer(8)).fill(4n);
    return sysctlbyname(cString(name), value, length, 0, 0) === 0 ? value[0] : 0;
  };
  const logical = ask("hw.logicalcpu");
  return { logical, physical: ask("hw.perflevel0.physicalcpu") || ask("hw.physicalcpu") };
}

/** Those of the first group of 64, where a process runs. */
function windowsCores(ffi: Ffi): Cores {
  const { GetCurrentProcess, GetProcessAffinityMask, GetLogicalProcessorInformation } = systemFunctions(
    ffi,
    "win32",
    {
      GetCurrentProcess: { parameters: [], result: "pointer" },
      GetProcessAffinityMask: { parameters: ["pointer", "buffer", "buffer"], result: "i32" },
      GetLogicalProcessorInformation: { parameters: ["buffer", "buffer"], result: "i32" },
    },
  );
  const mask = new BigUint64Array(new ArrayBuffer(8)), system = new BigUint64Array(new ArrayBuffer(8));
  GetProcessAffinityMask(GetCurrentProcess(), mask, system);
  const LIMIT = 1 << 16;
  const list = new DataView(new ArrayBuffer(LIMIT));
  const length = new Uint32Array(new ArrayBuffer(4)).fill(LIMIT);
  if (!GetLogicalProcessorInformation(list, length)) throw new Error("Cannot tell the cores");
  return { logical: bits(mask[0]), physical: windowsPhysicalCores(list, length[0], mask[0]) };
}

/** Counts the cores of a list of `SYSTEM_LOGICAL_PROCESSOR_INFORMATION` that a mask has a processor of. */
export function windowsPhysicalCores(list: DataView, length: number, allowed: bigint): number {
  const ENTRY = 32, RELATION_PROCESSOR_CORE = 0;
  let count = 0;
  for (let at = 0; at + ENTRY <= length; at += ENTRY) {
    const isCore = list.getUint32(at + 8, true) === RELATION_PROCESSOR_CORE;
    if (isCore && (list.getBigUint64(at, true) & allowed) !== 0n) count++;
  }
  return count;
}

function bits(mask: bigint): number {
  return mask.toString(2).replaceAll("0", "").length;
}
