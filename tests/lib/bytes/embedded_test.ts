import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { embeddedWeights } from "../../../lib/bytes/embedded.ts";
import { describe, it } from "../../harness.ts";

function embed(numbers: Float32Array | Float16Array): string {
  return deflateRawSync(new Uint8Array(numbers.buffer as ArrayBuffer)).toString("base64");
}

const SIZES = [["first", 1], ["second", 2]] as const;

describe("embeddedWeights()", () => {
  it("gives each weight its numbers, whatever they are stored as", async () => {
    for (const Numbers of [Float32Array, Float16Array] as const) {
      const weights = await embeddedWeights(embed(Numbers.of(0.5, -2, 3)), SIZES, Numbers);
      assert.deepEqual(weights("first"), Float32Array.of(0.5));
      assert.deepEqual(weights("second"), Float32Array.of(-2, 3));
    }
  });
});
