/**
 * Safetensors files that lie, and the nearest ones that do not.
 */
import { buildSafetensors, huggingFaceName, type SafetensorsOptions } from "./model.ts";
import type { Case } from "./read.ts";

const NAME = "encoder.conv1.weight";

function built(what: string, options: SafetensorsOptions, error?: RegExp): Case {
  return { what, error, bytes: () => buildSafetensors(options) };
}

/** A file with some fields of its first tensor changed. */
function entry(what: string, change: Record<string, unknown>, error: RegExp): Case {
  const entries = (all: Map<string, unknown>): void => {
    all.set(NAME, { ...(all.get(NAME) as Record<string, unknown>), ...change });
  };
  return built(what, { entries }, error);
}

/** A file with its header's text changed. */
function header(what: string, change: (text: string) => string, error?: RegExp): Case {
  return built(what, { header: change }, error);
}

export const SAFETENSORS_CASES: readonly Case[] = [
  built("a float16 file", {}),
  built("a float32 file", { dtype: "float32" }),
  built("a bfloat16 file", { dtype: "bfloat16" }),
  built("Hugging Face's names", { rename: huggingFaceName }),
  built("an output projection beside the token embedding", {
    rename: huggingFaceName,
    more: [{ name: "proj_out.weight", shape: [10, 4] }],
  }),
  header("a header padded with spaces", (text) => `${text}     `),
  header("a header without metadata", (text) => text.replace('"__metadata__":{"format":"pt"},', "")),

  built("seven bytes", { file: (bytes) => Uint8Array.from(bytes.subarray(0, 7)) }, /has at least 8 bytes/),
  built("no header", { length: () => 0n }, /must start with \{/),
  built("a header of 100 MB", { length: () => 100_000_000n }, /the limit is/),
  built("a header of 2**64 - 1 bytes", { length: () => 2n ** 64n - 1n }, /the limit is/),
  built("a header longer than the file", { length: () => 100_000n }, /the file has \d+/),
  built("a header that is cut", { length: (length) => length - 1n }, /JSON/),
  built("a header that runs into the data", { length: (length) => length + 8n }, /JSON|UTF-8/),
  built("data that is cut", { file: (bytes) => Uint8Array.from(bytes.subarray(0, -1)) }, /tensors end at/),
  built("data after the last tensor", { file: (bytes) => Uint8Array.from([...bytes, 0]) }, /tensors end at/),
  header("a list for a header", () => "[]", /must start with \{/),
  header("a space before the header", (text) => ` ${text}`, /must start with \{/),
  header("a byte order mark", (text) => `\ufeff${text}`, /must start with \{/),
  header("something after the header's object", (text) => `${text}{}`, /something follows/),
  header("NaN in a header", (text) => text.replace("[4,5,3]", "[NaN]"), /"NaN" for a value/),
  header("a key twice", (text) => text.replace("{", `{"${NAME}":1,`), /key "encoder\.conv1\.weight" twice/),
  header(
    "nesting of 100,000 levels",
    () => `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
    /nested deeper/,
  ),
  header("500,000 values", () => `{"a":[${"0,".repeat(500_000)}0]}`, /more than 65536 values/),
  header("a string that does not end", () => '{"a', /does not end/),
  header("an escape that does not exist", () => '{"\\q":1}', /unknown escape/),
  header("a comma too many", (text) => text.replace(/\}$/, ",}"), /a key that is no string/),
  header("metadata that is a list", (text) => text.replace('{"format":"pt"}', "[]"), /__metadata__ must be/),
  header("metadata with a number", (text) => text.replace('"pt"', "1"), /__metadata__ must be/),
  built("a tensor that is null", { entries: (all) => all.set(NAME, null) }, /is null, it must be an object/),
  built(
    "a tensor that is a string",
    { entries: (all) => all.set(NAME, "F16") },
    /is a string, it must be an object/,
  ),
  built(
    "a tensor named constructor",
    { more: [{ name: "constructor", shape: [2] }] },
    /"constructor", which/,
  ),
  built("a tensor named __proto__", { more: [{ name: "__proto__", shape: [2] }] }, /"__proto__", which/),
  built(
    "a missing tensor",
    { rename: (name) => name === "decoder.ln.bias" ? undefined : name },
    /has no tensor "decoder\.ln\.bias"/,
  ),
  built("an unknown tensor", { more: [{ name: "decoder.mask", shape: [7, 7] }] }, /"decoder\.mask", which/),
  built("an output projection of another shape", {
    rename: huggingFaceName,
    more: [{ name: "proj_out.weight", shape: [9, 4] }],
  }, /not the token embedding/),
  built("two names for one tensor", {
    rename: huggingFaceName,
    more: [{ name: "encoder.conv1.weight", shape: [4, 5, 3] }],
  }, /two tensors for/),
  entry("an unknown field", { stride: [1] }, /has a field "stride"/),
  entry("a missing shape", { shape: undefined }, /shape must be a list, but is missing/),
  entry("a shape that is a number", { shape: 60 }, /shape must be a list/),
  entry("a negative size", { shape: [-4, -5, 3] }, /the integer -4/),
  entry("a size that is no integer", { shape: [4.5, 5, 3] }, /the float 4\.5/),
  entry("a size of 0", { shape: [0] }, /needs 0 bytes/),
  entry("a shape of nine sizes", { shape: [60, 1, 1, 1, 1, 1, 1, 1, 1] }, /the limit is 8/),
  entry("sizes whose product wraps", { shape: [2 ** 32, 2 ** 32, 60] }, /needs/),
  entry("another shape", { shape: [4, 3, 5] }, /shape \(4,3,5\)/),
  entry("a dtype in small letters", { dtype: "f16" }, /dtype "f16"/),
  entry("a dtype named constructor", { dtype: "constructor" }, /dtype "constructor"/),
  entry("a dtype that is a number", { dtype: 16 }, /dtype the integer 16/),
  entry("an integer dtype", { dtype: "I16" }, /dtype "I16"/),
  entry("a wider dtype than its bytes", { dtype: "F32" }, /needs 240 bytes, its data_offsets give it 120/),
  entry("offsets past the file", { data_offsets: [1_000_000, 1_000_120] }, /does not start where/),
  entry("offsets of another tensor", { data_offsets: [120, 240] }, /does not start where|shares bytes/),
  entry("offsets that overlap", { data_offsets: [2, 122] }, /does not start where|shares bytes/),
  entry("offsets that go backwards", { data_offsets: [120, 0] }, /give it -120/),
  entry("negative offsets", { data_offsets: [-2, 118] }, /the integer -2/),
  entry("offsets that are no integers", { data_offsets: [0.5, 120.5] }, /the float 0\.5/),
  entry("offsets that are strings", { data_offsets: ["0", "120"] }, /a string/),
  entry("one offset", { data_offsets: [0] }, /has 1 data_offsets/),
  entry("offsets that are null", { data_offsets: null }, /data_offsets must be a list, but is null/),
];
