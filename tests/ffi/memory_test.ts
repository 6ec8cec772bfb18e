import assert from "node:assert/strict";
import { cString, ortPath } from "../../ffi/memory.ts";
import { describe, it } from "../harness.ts";

describe("ortPath()", () => {
  it("is UTF-16, little-endian, with a zero of two bytes on Windows", () => {
    assert.deepEqual([...ortPath("aé😀", "win32")], [
      ...[0x61, 0x00, 0xe9, 0x00, 0x3d, 0xd8, 0x00, 0xde],
      ...[0, 0],
    ]);
    assert.deepEqual([...ortPath("", "win32")], [0, 0]);
  });

  it("is UTF-8 elsewhere", () => {
    for (const platform of ["linux", "darwin"]) assert.deepEqual(ortPath("aé😀", platform), cString("aé😀"));
  });
});
