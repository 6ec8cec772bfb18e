/**
 * The version of the npm package `onnxruntime-node` that is known to work. It stands here; Deno wants it literally in
 * the specifiers of `deno.ts` too, which a test compares.
 */
export const ONNXRUNTIME_VERSION = "1.30.0";
