/**
 * The version of the npm package `onnxruntime-node` that is known to work. It stands here; Deno wants it literally in
 * the specifiers of `deno.ts` too, which a test compares.
 */
export const ONNXRUNTIME_VERSION = "1.30.0";

/** The lowest API version that has every entry of the table; ONNX Runtime 1.N serves versions up to N. */
export const ORT_API_VERSION = 22;

/** Whether a version, as `1.30.0`, has not every entry of the table. */
export function isTooOld(version: string): boolean {
  const [major, minor] = version.split(".").map(Number);
  return major <= 1 && minor < ORT_API_VERSION;
}
