import assert from "node:assert/strict";
import type { ReadAt } from "../../../../../lib/checkpoint/types.ts";
import { readEntry, readZip } from "../../../../../lib/checkpoint/format/torch/zip_entries.ts";
import { describe, it } from "../../../../harness.ts";
import { memoryReader } from "../../corpus/read.ts";
import { buildZip, fields } from "../../corpus/zip.ts";

const GIB = 2 ** 30;

/** A zip of a 5 GiB entry and a small one behind it, as `torch.save` lays them out. Only the headers exist. */
function hugeZip(): { read: ReadAt; size: number; second: number } {
  const size = 5 * GIB;
  const first = [...fields([0x04034b50, 4], [0, 2], [8, 2], [0, 18], [1, 2], [0, 2]), 0x61];
  const descriptor = fields([0x08074b50, 4], [7, 4], [size, 8], [size, 8]);
  const second = first.length + size + descriptor.length;
  const local = [...fields([0x04034b50, 4], [0, 2], [8, 2], [0, 18], [1, 2], [0, 2]), 0x62, 1, 2, 3];
  const secondEnd = [...local, ...fields([0x08074b50, 4], [9, 4], [3, 8], [3, 8])];
  const wide = 0xffffffff;
  const directory = [
    ...fields([0x02014b50, 4], [0, 4], [8, 2], [0, 6], [7, 4], [wide, 4], [wide, 4], [1, 2], [20, 2], [
      0,
      14,
    ]),
    ...[0x61, ...fields([1, 2], [16, 2], [size, 8], [size, 8])],
    ...fields([0x02014b50, 4], [0, 4], [8, 2], [0, 6], [9, 4], [3, 4], [3, 4], [1, 2], [12, 2], [0, 10], [
      wide,
      4,
    ]),
    ...[0x62, ...fields([1, 2], [8, 2], [second, 8])],
  ];
  const start = second + secondEnd.length;
  const tail = [
    ...fields([0x06064b50, 4], [44, 8], [0, 12], [2, 8], [2, 8], [directory.length, 8], [start, 8]),
    ...fields([0x07064b50, 4], [0, 4], [start + directory.length, 8], [1, 4]),
    ...fields([0x06054b50, 4], [0, 4], [2, 2], [2, 2], [directory.length, 4], [wide, 4], [0, 2]),
  ];
  const pieces: [number, number[]][] = [
    [0, first],
    [first.length + size, [...descriptor, ...secondEnd, ...directory, ...tail]],
  ];
  const read: ReadAt = (offset, length) => {
    const bytes = new Uint8Array(length);
    for (const [at, piece] of pieces) {
      piece.forEach((byte, i) => {
        if (at + i >= offset && at + i < offset + length) bytes[at + i - offset] = byte;
      });
    }
    return Promise.resolve(bytes);
  };
  return { read, size: start + directory.length + tail.length, second };
}

describe("readZip()", () => {
  it("readZip() gives names, places and sizes in the order of the file", async () => {
    const zip = buildZip([
      { name: "a/x", data: Uint8Array.of(1, 2, 3) },
      { name: "a/y", data: new Uint8Array(70_000) },
    ]);
    const entries = await readZip(memoryReader(zip.bytes), zip.bytes.length);
    assert.deepEqual(entries.map(({ name, offset, size }) => [name, offset, size]), [
      ["a/x", zip.places.get("a/x")!.payload, 3],
      ["a/y", zip.places.get("a/y")!.payload, 70_000],
    ]);
  });

  it("readZip() takes an entry of nothing right before the directory", async () => {
    const local = [...fields([0x04034b50, 4], [0, 22], [1, 2], [0, 2]), 0x61];
    const directory = [...fields([0x02014b50, 4], [0, 24], [1, 2], [0, 16]), 0x61];
    const end = [[0x06054b50, 4], [0, 4], [1, 2], [1, 2], [directory.length, 4], [local.length, 4], [
      0,
      2,
    ]] as const;
    const zip = Uint8Array.from([...local, ...directory, ...fields(...end)]);
    const [{ name, offset, size }] = await readZip(memoryReader(zip), zip.length);
    assert.deepEqual([name, offset, size], ["a", 31, 0]);
  });

  it("readZip() takes a local header that says nothing only where a descriptor does, and then only nothing", async () => {
    const other = /a\/x" has another size or CRC-32 than the directory/;
    for (const [descriptor, said] of [[0, 0], [16, 7]] as const) {
      const zip = buildZip([{ name: "a/x", data: Uint8Array.of(1, 2, 3) }], { descriptor });
      const { header } = zip.places.get("a/x")!;
      for (const field of [14, 18, 22]) zip.view.setUint32(header + field, said, true);
      await assert.rejects(readZip(memoryReader(zip.bytes), zip.bytes.length), other);
    }
  });

  it("readZip() takes a local header whose sizes stand elsewhere, as zip64's do", async () => {
    const zip = buildZip([{ name: "a/x", data: Uint8Array.of(1, 2, 3) }], { descriptor: 0 });
    const { header } = zip.places.get("a/x")!;
    for (const field of [18, 22]) zip.view.setUint32(header + field, 0xffffffff, true);
    assert.equal((await readZip(memoryReader(zip.bytes), zip.bytes.length))[0].size, 3);
  });

  it("readZip() refuses even one byte between entries without descriptors", async () => {
    const files = ["a/x", "a/y"].map((name) => ({ name, data: Uint8Array.of(1) }));
    const zip = buildZip(files, { descriptor: 0, gap: Uint8Array.of(0) });
    await assert.rejects(
      readZip(memoryReader(zip.bytes), zip.bytes.length),
      /^CheckpointFormatError.*1 bytes between/,
    );
  });

  it("readZip() reads sizes and offsets beyond 4 GiB", async () => {
    const { read, size, second } = hugeZip();
    assert.deepEqual(await readZip(read, size), [
      { name: "a", offset: 31, size: 5 * GIB, crc32: 7 },
      { name: "b", offset: second + 31, size: 3, crc32: 9 },
    ]);
  });

  it("readZip() reads headers and no payload", async () => {
    const zip = buildZip(
      Array.from({ length: 20 }, (_, i) => ({ name: `a/${i}`, data: new Uint8Array(100_000) })),
    );
    const read = memoryReader(zip.bytes);
    let bytes = 0;
    await readZip((offset, length) => (bytes += length, read(offset, length)), zip.bytes.length);
    assert.ok(bytes < 70_000, `${bytes} bytes were read`);
  });
});

describe("readEntry()", () => {
  it("readEntry() gives a payload whose CRC-32 is right", async () => {
    const zip = buildZip([{ name: "a/x", data: Uint8Array.of(1, 2, 3) }]);
    const [entry] = await readZip(memoryReader(zip.bytes), zip.bytes.length);
    assert.deepEqual(await readEntry(memoryReader(zip.bytes), entry, 3), Uint8Array.of(1, 2, 3));
    await assert.rejects(readEntry(memoryReader(zip.bytes), entry, 2), /has 3 bytes, the limit is 2/);
  });
});
