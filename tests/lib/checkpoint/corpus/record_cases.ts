/**
 * Zips that are sound, but whose entries have odd names or are not those of `torch.save`.
 */
import { built, changed, WEIGHT } from "./cases.ts";
import type { Case } from "./read.ts";
import { buildZip } from "./zip.ts";

/** One more file in the zip. */
function named(what: string, name: string, error: RegExp): Case {
  return built(what, { more: [{ name, data: new Uint8Array(3) }] }, error);
}

export const RECORD_CASES: readonly Case[] = [
  named("an absolute name", "/tmp/outside.txt", /name of a plain file/),
  named("a name that leaves the folder", "archive/../../outside", /name of a plain file/),
  named("a name with a backslash", "archive\\data\\99", /name of a plain file/),
  named("a name with a drive", "archive/c:\\x", /name of a plain file/),
  named("a name with a NUL", "archive/data/0\0.txt", /name of a plain file/),
  named("a name that is empty", "", /name of a plain file/),
  named("a name with a dot part", "archive/./data/0", /name of a plain file/),
  named("a folder as an entry", "archive/data/", /name of a plain file/),
  changed("a name that is not UTF-8", /not UTF-8/, ({ bytes }, { central }) => {
    bytes[central + 46] = 0xff;
  }),
  changed("a name that comes twice", /two entries named/, ({ bytes, places }, { central }) => {
    bytes[central + 46 + WEIGHT.length - 1] = 0x36;
    bytes[places.get(WEIGHT)!.header + 30 + WEIGHT.length - 1] = 0x36;
  }),
  named("a second folder", "other/data.pkl", /2 entries <folder>\/data\.pkl/),
  named("a stray file", "other/readme", /is not in "archive\/"/),
  {
    what: "a zip of something else",
    error: /0 entries <folder>\/data\.pkl/,
    bytes: () => buildZip([{ name: "word/document.xml", data: new Uint8Array(9) }]).bytes,
  },
  built("no version record", { records: { version: undefined } }, /no version record/),
  built("a version that is no number", { records: { version: "three\n" } }, /version record is "three\\n"/),
  built("a version of the future", { records: { version: "11\n" } }, /version record is/),
  built("a version of 100 bytes", { records: { version: "1".repeat(100) } }, /has 100 bytes, the limit is/),
  built("big-endian bytes", { records: { byteorder: "big" } }, /byte order is "big"/),
  built("an unknown byte order", { records: { byteorder: "middle" } }, /byte order is "middle"/),
  built(
    "a data.pkl of five megabytes",
    { dataPkl: () => new Uint8Array(5_000_000) },
    /has 5000000 bytes, the limit is/,
  ),
];
