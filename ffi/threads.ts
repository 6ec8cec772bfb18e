/**
 * How many threads one session has, and may have.
 */
import { type Cores, countCores } from "./system/cores.ts";
import type { Ffi } from "./types.ts";

/** More than most machines have cores. */
const LIMIT = 256;

/**
 * The most threads a session may be told to use. ONNX Runtime starts them all before it does anything, and every operator
 * waits for all: with 1024 on two cores it takes five times as long, with 100,000 it never returns. More than the cores
 * are no use; they are allowed so that a script for a larger machine runs on a smaller one.
 */
export function maximumThreads(): number {
  return Math.max(LIMIT, navigator.hardwareConcurrency);
}

/**
 * The threads of a session that is not told how many: one a physical core that this process may use, and no more than
 * it is granted time for. ONNX Runtime is always told a number: without one it takes one a core of the machine and ties
 * them to cores itself, to such as the process may not use.
 */
export function defaultThreads(ffi: Ffi): number {
  return threadsFor(countCores(ffi));
}

/** The threads for some cores. A part of a core is taken for a whole one: what is granted is used up then. */
export function threadsFor({ physical, quota = physical }: Cores): number {
  return Math.max(1, Math.min(physical, Math.ceil(quota), maximumThreads()));
}
