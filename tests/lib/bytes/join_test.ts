import assert from "node:assert/strict";
import { joinBytes, joinFloats } from "../../../lib/bytes/join.ts";
import { describe, it } from "../../harness.ts";

describe("joining", () => {
  it("puts pieces behind one another, empty ones too", () => {
    assert.deepEqual(
      joinBytes([Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3)]),
      Uint8Array.of(1, 2, 3),
    );
    assert.deepEqual(joinFloats([Float32Array.of(1.5), Float32Array.of(-2)]), Float32Array.of(1.5, -2));
    assert.deepEqual(joinFloats([]), new Float32Array(0));
  });

  it("takes memory of its own, for a single piece too", () => {
    const piece = Uint8Array.of(1);
    const joined = joinBytes([piece]);
    piece[0] = 9;
    assert.deepEqual(joined, Uint8Array.of(1));
  });
});
