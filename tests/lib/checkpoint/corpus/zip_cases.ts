/**
 * Zips whose records and headers lie, and the nearest ones that do not.
 */
import { built, changed } from "./cases.ts";
import { buildTorch } from "./model.ts";
import type { Case } from "./read.ts";
import { type BuiltZip, fields } from "./zip.ts";

const encoder = new TextEncoder();

/** A checkpoint that is cut. */
function cut(what: string, where: (zip: BuiltZip) => number): Case {
  const bytes = (): Uint8Array<ArrayBuffer> => {
    const zip = buildTorch();
    return zip.bytes.slice(0, where(zip));
  };
  return { what: `a zip that is cut ${what}`, error: /has no end record: the file is cut short/, bytes };
}

export const ZIP_CASES: readonly Case[] = [
  built("an official layout", {}),
  built("a zip without zip64 records", { zip64: false }),
  built("a zip whose counts stand only in the zip64 record", { saturated: true }),
  built("a zip without data descriptors", { descriptor: 0 }),
  built("a zip with data descriptors without signatures", { descriptor: 12 }),
  built("a zip with 64-bit data descriptors", { descriptor: 24 }),
  built("a zip with 64-bit data descriptors without signatures", { descriptor: 20 }),
  built("a zip without checksums", { checksums: false }),
  built("a zip with a comment", { comment: encoder.encode("made by hand") }),
  built("a zip with an extra field that means nothing here", { extra: Uint8Array.from([9, 9, 1, 0, 7]) }),
  built("a zip whose folder is named like the file", { prefix: "modèle (1).final" }),
  built("a zip whose folder is named __proto__", { prefix: "__proto__" }),
  built("the records of newer PyTorch", {
    records: {
      byteorder: "little",
      ".format_version": "1",
      ".storage_alignment": "64",
      ".data/serialization_id": "0".repeat(40),
    },
  }),

  cut("inside the first local header", () => 10),
  cut("half-way", ({ bytes }) => bytes.length >> 1),
  cut("before the directory", ({ directory }) => directory),
  cut("before the end record", ({ end }) => end),
  cut("by its last byte", ({ bytes }) => bytes.length - 1),

  changed(
    "a zip with a hole of zeros",
    /data descriptor .* another size or CRC-32/,
    ({ bytes }, { payload, end }) => bytes.fill(0, payload, end + 100),
  ),
  changed(
    "a zip whose records count one entry too few",
    /bytes after its \d+ entries/,
    ({ view, zip64, end }) => {
      for (const at of [end + 8, end + 10, zip64 + 24, zip64 + 32]) {
        view.setUint16(
          at,
          view.getUint16(at, true) - 1,
          true,
        );
      }
    },
  ),
  changed("a zip whose records count one entry too many", /the end record counts/, ({ view, zip64, end }) => {
    for (const at of [end + 8, end + 10, zip64 + 24, zip64 + 32]) {
      view.setUint16(at, view.getUint16(at, true) + 1, true);
    }
  }),
  changed(
    "a zip with two counts that differ",
    /two counts/,
    ({ view, end }) => view.setUint16(end + 8, 1, true),
  ),
  changed("a zip64 record that counts other entries", /zip64 end record's count is 1,/, ({ view, zip64 }) => {
    view.setBigUint64(zip64 + 24, 1n, true);
    view.setBigUint64(zip64 + 32, 1n, true);
  }),
  changed("a zip64 record that counts 2**63 entries", /far beyond any file/, ({ view, zip64 }) => {
    view.setBigUint64(zip64 + 24, 2n ** 63n, true);
    view.setBigUint64(zip64 + 32, 2n ** 63n, true);
  }),
  changed("a zip with 60,000 entries by both records", /the limit is 8192/, ({ view, zip64, end }) => {
    for (const at of [end + 8, end + 10, zip64 + 24, zip64 + 32]) view.setUint16(at, 60_000, true);
  }),
  changed("a directory of two megabytes", /has 2097152 bytes, the limit is/, ({ view, zip64, end }) => {
    view.setUint32(end + 12, 2 << 20, true);
    view.setBigUint64(zip64 + 40, 2n << 20n, true);
  }),
  changed("a zip64 record of two disks", /zip64 end record says .* several disks/, ({ view, zip64 }) => {
    view.setUint32(zip64 + 20, 1, true);
  }),
  changed("a zip64 record with two counts that differ", /zip64 end record has two counts/, (zip) => {
    zip.view.setBigUint64(zip.zip64 + 24, 1n, true);
  }),
  changed("a directory at 0", /must end at/, ({ view, zip64, end }) => {
    view.setUint32(end + 16, 0, true);
    view.setBigUint64(zip64 + 48, 0n, true);
  }),
  changed("a directory that runs into the end records", /must end at/, ({ view, zip64, end }) => {
    view.setUint32(end + 12, view.getUint32(end + 12, true) + 60, true);
    view.setBigUint64(zip64 + 40, view.getBigUint64(zip64 + 40, true) + 60n, true);
  }),
  changed("a zip64 record of another length", /length other than 44/, ({ view, zip64 }) => {
    view.setBigUint64(zip64 + 4, 2n ** 40n, true);
  }),
  changed("a locator that points at itself", /no zip64 end record precedes/, ({ view, zip64 }) => {
    view.setBigUint64(zip64 + 64, BigInt(zip64 + 56), true);
  }),
  changed("a locator that points at something else", /no zip64 end record precedes/, ({ view, zip64 }) => {
    view.setUint32(zip64, 0, true);
  }),
  changed(
    "a locator of two disks",
    /several disks/,
    ({ view, zip64 }) => view.setUint32(zip64 + 72, 2, true),
  ),
  changed(
    "disk 1 of a spanned archive",
    /several disks/,
    ({ view, end }) => view.setUint16(end + 4, 1, true),
  ),
  changed("counts that point to a zip64 record that is not there", /the limit is 8192/, ({ view, end }) => {
    view.setUint16(end + 8, 0xffff, true);
    view.setUint16(end + 10, 0xffff, true);
  }, { zip64: false }),
  built("a comment that is an empty archive", {
    comment: Uint8Array.from(fields([0x06054b50, 4], [0, 18])),
  }, /no entries/),
  built("a comment with an end record's signature", {
    comment: Uint8Array.from([...fields([0x06054b50, 4]), ...new Array(30).fill(7)]),
  }, /end record says that the file has/),
  changed("a comment that ends past the file", /end record says that the file has/, ({ view, end }) => {
    view.setUint16(end + 20, 9, true);
  }),
  {
    what: "bytes after the zip",
    error: /end record says that the file has/,
    bytes: () => Uint8Array.from([...buildTorch().bytes, ...new Array(100).fill(1)]),
  },
  {
    what: "bytes before the zip",
    error: /no known kind/,
    bytes: () => Uint8Array.from([1, 2, 3, ...buildTorch().bytes]),
  },
  changed("a first entry that is not listed", /first entry starts at/, (zip) => {
    const pickle = zip.places.get("archive/data.pkl")!;
    zip.view.setUint32(pickle.central + 42, zip.places.get("archive/data/0")!.header, true);
  }),

  changed("a flipped bit in data.pkl", /data\.pkl" is damaged: its CRC-32/, ({ bytes, places }) => {
    bytes[places.get("archive/data.pkl")!.payload + 40] ^= 1;
  }),
  changed(
    "a CRC-32 of 0 in the directory",
    /data descriptor/,
    ({ view }, { central }) => view.setUint32(central + 16, 0, true),
  ),
  changed("a header offset that is one too high", /belong to neither/, ({ view }, { central, header }) => {
    view.setUint32(central + 42, header + 1, true);
  }),
  changed("a header offset past the end", /entries end at/, ({ view, bytes }, { central }) => {
    view.setUint32(central + 42, bytes.length + 100, true);
  }),
  changed("a header offset inside the directory", /entries end at/, ({ view, directory }, { central }) => {
    view.setUint32(central + 42, directory, true);
  }),
  changed("a header offset of another entry", /inside what starts at/, ({ view, places }, { central }) => {
    view.setUint32(central + 42, places.get("archive/data/3")!.header, true);
  }),
  changed(
    "sizes that point to a zip64 field that is not there",
    /fields that point to a zip64 field/,
    ({ view }, place) => {
      view.setUint32(place.central + 20, 0xffffffff, true);
      view.setUint32(place.central + 24, 0xffffffff, true);
    },
  ),
  built(
    "a zip64 field that nothing points to",
    { extra: Uint8Array.from(fields([1, 2], [8, 2], [5, 8])) },
    /0 fields that point/,
  ),
  built(
    "a zip64 field that is no row of numbers",
    { extra: Uint8Array.from(fields([1, 2], [7, 2], [5, 7])) },
    /no row of 64-bit/,
  ),
  built(
    "an extra field that is cut short",
    { extra: Uint8Array.from([9, 9, 50, 0, 7]) },
    /extra field .* cut short/,
  ),
  changed(
    "a name that runs past the directory",
    /runs past the end of the directory/,
    ({ view }, { central }) => {
      view.setUint16(central + 28, 60_000, true);
    },
  ),
  changed(
    "an entry on another disk",
    /on another disk/,
    ({ view }, { central }) => view.setUint16(central + 34, 1, true),
  ),
  changed(
    "a local header without its signature",
    /no local header/,
    ({ view }, { header }) => view.setUint32(header, 0, true),
  ),
  changed(
    "a local header whose extra field ends past the file",
    /inside what starts at/,
    ({ view }, { header }) => {
      view.setUint16(header + 28, 65_535, true);
    },
  ),
  changed("a local header with another name", /has another name/, ({ bytes }, { header }) => {
    bytes[header + 30] = 0x41;
  }),
  changed(
    "a local header with other flags",
    /other flags/,
    ({ view }, { header }) => view.setUint16(header + 6, 0, true),
  ),
  changed("a local header that says deflate", /says that it is compressed/, ({ view }, { header }) => {
    view.setUint16(header + 8, 8, true);
  }),
  changed("a local header with another size", /another size or CRC-32/, ({ view }, { header }) => {
    view.setUint32(header + 18, 4, true);
  }, { descriptor: 0 }),
  changed(
    "a data descriptor with another size",
    /data descriptor/,
    ({ view }, { end }) => view.setUint32(end + 8, 4, true),
  ),
  changed(
    "a data descriptor without its signature",
    /data descriptor/,
    ({ view }, { end }) => view.setUint32(end, 4, true),
  ),
  changed(
    "a payload that is one byte shorter than its place",
    /belong to neither|another size/,
    ({ view }, place) => {
      for (const at of [place.central + 20, place.central + 24]) {
        view.setUint32(
          at,
          place.end - place.payload - 1,
          true,
        );
      }
    },
  ),
  built("a gap between entries", { gap: new Uint8Array(64) }, /belong to neither/),
  built(
    "a gap between entries without descriptors",
    { gap: new Uint8Array(64), descriptor: 0 },
    /belong to neither/,
  ),
  changed(
    "a compressed entry",
    /compressed \(method 8\)/,
    ({ view }, { central }) => view.setUint16(central + 10, 8, true),
  ),
  changed(
    "an unknown compression",
    /compressed \(method 99\)/,
    ({ view }, { central }) => view.setUint16(central + 10, 99, true),
  ),
  changed(
    "a stored entry with two sizes",
    /two sizes/,
    ({ view }, { central }) => view.setUint32(central + 20, 1, true),
  ),
  changed(
    "an encrypted entry",
    /is encrypted/,
    ({ view }, { central }) => view.setUint16(central + 8, 0x809, true),
  ),
];
