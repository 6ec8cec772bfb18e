import assert from "node:assert/strict";
import { channelWeights, downmixWeights } from "../../../lib/audio/downmix.ts";
import { describe, it } from "../../harness.ts";

function rounded(channels: number, mask: number): number[] {
  return [...downmixWeights(channels, mask)].map((weight) => Math.round(weight * 1000) / 1000);
}

// Measured: what `ffmpeg -ac 1` (5.1.9) makes of a file in which one channel alone has sound.
describe("downmixWeights()", () => {
  it("is the mean for stereo, and the channel itself for mono, whatever speaker it is", () => {
    assert.deepEqual(rounded(2, 0), [0.5, 0.5]);
    assert.deepEqual(rounded(2, 3), [0.5, 0.5]);
    for (const mask of [0, 1, 4, 8]) assert.deepEqual(rounded(1, mask), [1]);
  });

  it("takes of files that name no speakers what ffmpeg takes", () => {
    assert.deepEqual(rounded(3, 0), [0.5, 0.5, 0]);
    assert.deepEqual(rounded(4, 0), [0.243, 0.243, 0.343, 0.172]);
    assert.deepEqual(rounded(5, 0), [0.207, 0.207, 0.293, 0.146, 0.146]);
    assert.deepEqual(rounded(6, 0), [0.207, 0.207, 0.293, 0, 0.146, 0.146]);
    assert.deepEqual(rounded(7, 0), [0.181, 0.181, 0.255, 0, 0.128, 0.128, 0.128]);
    assert.deepEqual(rounded(8, 0), [0.16, 0.16, 0.227, 0, 0.113, 0.113, 0.113, 0.113]);
  });

  it("takes of named speakers what ffmpeg takes", () => {
    assert.deepEqual(rounded(4, 0x33), [0.293, 0.293, 0.207, 0.207]);
    assert.deepEqual(rounded(6, 0x60f), [0.207, 0.207, 0.293, 0, 0.146, 0.146]);
    assert.deepEqual(rounded(8, 0xff), [0.146, 0.146, 0.207, 0, 0.104, 0.104, 0.146, 0.146]);
    assert.deepEqual(rounded(4, 0xf), [0.293, 0.293, 0.414, 0]);
  });

  it("passes over a mask that names another number of speakers", () => {
    assert.deepEqual(rounded(2, 0x3f), [0.5, 0.5]);
    assert.deepEqual(rounded(4, 3), rounded(4, 0));
    assert.deepEqual(rounded(4, 0x8000000f), rounded(4, 0));
  });

  it("counts channels of which nothing is known the same", () => {
    assert.deepEqual(rounded(10, 0), Array(10).fill(0.1));
    assert.deepEqual(rounded(2, 0x80000001), [0.5, 0.5]);
  });
});

describe("channelWeights()", () => {
  it("hears all channels or one, and none that there is not", () => {
    assert.deepEqual(channelWeights("mix", 3, 0), downmixWeights(3, 0));
    assert.deepEqual([...channelWeights(1, 3, 0)], [0, 1, 0]);
    assert.deepEqual([...channelWeights(3, 3, 0)], [0, 0, 0]);
  });
});
