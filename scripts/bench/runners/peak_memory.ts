/** Reads the highest resident memory of this process. */
import { readFileSync } from "node:fs";

/** In bytes, where the kernel tells it. `ru_maxrss` would count the parent's at the time of the fork. */
export function peakMemory(): number | undefined {
  try {
    const match = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"));
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}
