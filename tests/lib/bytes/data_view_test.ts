import assert from "node:assert/strict";
import { viewOf } from "../../../lib/bytes/data_view.ts";
import { describe, it } from "../../harness.ts";

describe("viewOf()", () => {
  it("sees the bytes it is given, and none beside them in their buffer", () => {
    const view = viewOf(Uint8Array.of(1, 2, 3, 4).subarray(1, 3));
    assert.equal(view.getUint16(0), 0x0203);
    assert.throws(() => view.getUint8(2), RangeError);
  });
});
