import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { findFrames } from "../../../lib/audio/mpeg_frames.ts";
import { seededRandom } from "../../../lib/decoding/random.ts";
import { describe, fixture, it } from "../../harness.ts";

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixture(`audio/formats/${name}`)));
}

describe("findFrames()", () => {
  it("finds the first whole frame of what was taken up in the middle of one", () => {
    for (const [name, id] of [["stereo-48000.mp2", "mp3"], ["adts.aac", "aac"]] as const) {
      const bytes = bytesOf(name);
      const second = findFrames(bytes.subarray(1))!;
      assert.equal(second.id, id);
      assert.equal(bytes[1 + second.offset], 0xff);
      assert.equal(findFrames(bytes)!.offset, 0);
      assert.equal(findFrames(bytes.subarray(30))!.offset, second.offset - 29);
    }
  });

  it("finds frames whose lengths differ, and of any sample rate", () => {
    for (const name of ["stereo-44100.mp3", "mono-16000.mp3", "mono-8000.mp3"]) {
      const bytes = bytesOf(name);
      const { offset } = findFrames(bytes)!;
      assert.equal(findFrames(new Uint8Array([...new Uint8Array(5), ...bytes]))!.offset, offset + 5, name);
    }
  });

  it("finds none in noise, in zeros, in ones, or where only a few follow each other", () => {
    const random = seededRandom(1);
    assert.equal(findFrames(Uint8Array.from({ length: 1 << 16 }, () => 256 * random())), undefined);
    assert.equal(findFrames(new Uint8Array(1 << 16)), undefined);
    assert.equal(findFrames(new Uint8Array(1 << 16).fill(0xff)), undefined);
    assert.equal(findFrames(bytesOf("stereo-48000.mp2").subarray(0, 500)), undefined);
    assert.equal(findFrames(new Uint8Array(0)), undefined);
  });
});
