import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { openLibrary } from "../../../ffi/library.ts";
import { libraryFileSize } from "../../../ffi/system/library_file.ts";
import { describe, it } from "../../harness.ts";

/** Numbers written one after another at places in a file of `size` bytes. */
function file(
  size: number,
  little: boolean,
  ...fields: [offset: number, bytes: 1 | 2 | 4 | 8, value: number][]
) {
  const view = new DataView(new ArrayBuffer(size));
  for (const [offset, bytes, value] of fields) {
    if (bytes === 1) view.setUint8(offset, value);
    else if (bytes === 2) view.setUint16(offset, value, little);
    else if (bytes === 4) view.setUint32(offset, value, little);
    else view.setBigUint64(offset, BigInt(value), little);
  }
  return new Uint8Array(view.buffer);
}

const MAGIC_64 = 0xfeedfacf, SEGMENT = 0x19;

/** Each with one segment or section of 500 bytes from byte 300 on. */
const FILES: Readonly<Record<string, Uint8Array>> = {
  ELF: file(
    800,
    true,
    ...[0x7f, 0x45, 0x4c, 0x46, 2, 1].map((byte, i) => [i, 1, byte] as [number, 1, number]),
    ...[[0x20, 8, 64], [0x28, 8, 640], [0x36, 2, 56], [0x38, 2, 1]] as [number, 8, number][],
    ...[[0x3a, 2, 64], [0x3c, 2, 2], [72, 8, 300], [96, 8, 500]] as [number, 8, number][],
  ),
  "Mach-O": file(
    800,
    true,
    ...[[0, 4, MAGIC_64], [16, 4, 1], [20, 4, 72], [32, 4, SEGMENT], [36, 4, 72]] as [number, 4, number][],
    ...[[72, 8, 300], [80, 8, 500]] as [number, 8, number][],
  ),
  "universal Mach-O": file(
    800,
    false,
    ...[[0, 4, 0xcafebabe], [4, 4, 1], [16, 4, 300], [20, 4, 500]] as [number, 4, number][],
  ),
  PE: file(
    800,
    true,
    ...[[0, 2, 0x5a4d], [0x3c, 4, 64], [70, 2, 1], [84, 2, 16]] as [number, 4, number][],
    ...[[120, 4, 500], [124, 4, 300]] as [number, 4, number][],
  ),
};

describe("libraryFileSize()", () => {
  for (const [format, bytes] of Object.entries(FILES)) {
    it(`reads the size from the headers of ${format}, and from none that are cut off`, () => {
      assert.equal(libraryFileSize(bytes), 800);
      for (let tenth = 1; tenth < 10; tenth++) {
        const cut = bytes.subarray(0, tenth * 80);
        assert.ok(libraryFileSize(cut)! > cut.length, `${format} of ${cut.length} bytes`);
      }
    });
  }

  it("is not more than ONNX Runtime's own library has, and more than any part of it", async () => {
    const bytes = readFileSync((await openLibrary()).path);
    const whole = libraryFileSize(bytes)!;
    assert.ok(whole <= bytes.length && whole > 0.99 * bytes.length, `${whole} of ${bytes.length}`);
    for (let tenth = 1; tenth < 10; tenth++) {
      const length = Math.floor(bytes.length * tenth / 10);
      assert.ok(libraryFileSize(bytes.subarray(0, Math.min(length, 1 << 16)))! > length);
    }
  });

  it("says nothing of other files", () => {
    assert.equal(libraryFileSize(new Uint8Array(0)), undefined);
    assert.equal(libraryFileSize(new TextEncoder().encode("not a library")), undefined);
  });

  it("takes the runtime's own program for whole", () => {
    const bytes = readFileSync(process.execPath);
    assert.ok(libraryFileSize(bytes.subarray(0, 1 << 16))! <= bytes.length);
  });
});
