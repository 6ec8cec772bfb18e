/**
 * Large blocks of native memory go back to the system when they are freed. The C library of Linux keeps up to 64 MB for
 * each of its heaps otherwise, as soon as one block of that size was freed, and Deno's threads have a heap each: a
 * process that has loaded a model and transcribed holds some 100 MB more than it uses.
 */
import process from "node:process";
import { cString } from "../memory.ts";
import { systemFunctions } from "./system_library.ts";
import type { Ffi } from "../types.ts";

/** From here on, a block is mapped by itself. */
const LARGE = 1 << 20;

/** What a heap may keep at its end. */
const KEPT = 4 << 20;

/** Variables by which a user has said so already. */
const VARIABLES = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"];

/** Tells the C library. Where it has no such function there is nothing to tell. */
export function returnFreedMemory(ffi: Ffi, platform: string = process.platform): void {
  const TRIM_THRESHOLD = -1, MMAP_THRESHOLD = -3;
  if (platform !== "linux") return;
  try {
    const { getenv, mallopt } = systemFunctions(ffi, platform, {
      getenv: { parameters: ["buffer"], result: "pointer" },
      mallopt: { parameters: ["i32", "i32"], result: "i32" },
    });
    if (VARIABLES.some((name) => getenv(cString(name)) !== 0)) return;
    mallopt(MMAP_THRESHOLD, LARGE);
    mallopt(TRIM_THRESHOLD, KEPT);
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") throw error;
  }
}
