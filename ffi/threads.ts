/**
 * How many threads one session may have.
 */

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
