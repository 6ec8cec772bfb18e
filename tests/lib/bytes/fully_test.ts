import assert from "node:assert/strict";
import type { FileHandle } from "node:fs/promises";
import { readFully, writeFully } from "../../../lib/bytes/fully.ts";
import { describe, it } from "../../harness.ts";

/** A file in memory that does two bytes of what it is asked at a time. */
function haltingFile(contents: Uint8Array): FileHandle {
  const part = (length: number, offset: number) => Math.max(0, Math.min(length, 2, contents.length - offset));
  return {
    read(bytes: Uint8Array, at: number, length: number, offset: number) {
      const bytesRead = part(length, offset);
      bytes.set(contents.subarray(offset, offset + bytesRead), at);
      return Promise.resolve({ bytesRead });
    },
    write(bytes: Uint8Array, at: number, length: number, offset: number) {
      const bytesWritten = part(length, offset);
      contents.set(bytes.subarray(at, at + bytesWritten), offset);
      return Promise.resolve({ bytesWritten });
    },
  } as unknown as FileHandle;
}

describe("readFully()", () => {
  it("goes on until all is read", async () => {
    const bytes = new Uint8Array(5);
    assert.equal(await readFully(haltingFile(Uint8Array.of(0, 1, 2, 3, 4, 5, 6)), bytes, 1), 5);
    assert.deepEqual(bytes, Uint8Array.of(1, 2, 3, 4, 5));
  });

  it("tells how much there was where the file ends before", async () => {
    const bytes = new Uint8Array(5);
    assert.equal(await readFully(haltingFile(Uint8Array.of(0, 1, 2, 3)), bytes, 1), 3);
    assert.deepEqual(bytes, Uint8Array.of(1, 2, 3, 0, 0));
  });
});

describe("writeFully()", () => {
  it("goes on until all is written", async () => {
    const contents = new Uint8Array(7);
    await writeFully(haltingFile(contents), Uint8Array.of(1, 2, 3, 4, 5), 1);
    assert.deepEqual(contents, Uint8Array.of(0, 1, 2, 3, 4, 5, 0));
  });
});
