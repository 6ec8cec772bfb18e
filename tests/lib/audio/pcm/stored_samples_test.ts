import assert from "node:assert/strict";
import {
  mixFrames,
  SAMPLE_BYTES,
  type SampleEncoding,
  type SampleLayout,
} from "../../../../lib/audio/pcm/stored_samples.ts";
import { describe, it } from "../../../harness.ts";
import { bytes, concat, float32, int16 } from "../wav_builder.ts";

function layout(encoding: SampleEncoding, changes: Partial<SampleLayout> = {}): SampleLayout {
  const frameSize = SAMPLE_BYTES[encoding] * (changes.channels ?? 1);
  return {
    sampleRate: 16000,
    channels: 1,
    channelMask: 0,
    encoding,
    bigEndian: false,
    frameSize,
    ...changes,
  };
}

function mixed(data: Uint8Array, how: SampleLayout, weights = [1]): number[] {
  return [...mixFrames(data, how, Float64Array.from(weights))];
}

describe("mixFrames()", () => {
  it("reads integers as fractions of their full scale", () => {
    assert.deepEqual(mixed(bytes(0, 128, 192), layout("u8")), [-1, 0, 0.5]);
    assert.deepEqual(mixed(bytes(0x80, 0, 0x40), layout("s8")), [-1, 0, 0.5]);
    assert.deepEqual(mixed(int16(-32768, 1), layout("s16")), [-1, 1 / 32768]);
    assert.deepEqual(mixed(bytes(1, 0, 0, 0, 0, 0x80), layout("s24")), [1 / 2 ** 23, -1]);
    assert.deepEqual(mixed(bytes(0, 1, 0, 0, 0, 0, 0, 0x80), layout("s32")), [1 / 2 ** 23, -1]);
    // Half-way between two numbers of 24 bits: the even one is taken.
    assert.deepEqual(mixed(bytes(0xc0, 0, 0, 0x40), layout("s32")), [(2 ** 30 + 256) / 2 ** 31]);
  });

  it("reads floating point of full scale 1, of 24 bits and of 16", () => {
    const values = [0.5, -3, 96];
    assert.deepEqual(mixed(float32(...values), layout("f32")), values);
    assert.deepEqual(mixed(float32(...values), layout("f24")), values.map((value) => value / 2 ** 23));
    assert.deepEqual(mixed(float32(...values), layout("f16")), values.map((value) => value / 2 ** 15));
  });

  it("reads the same turned round, byte by byte", () => {
    for (const encoding of Object.keys(SAMPLE_BYTES) as SampleEncoding[]) {
      const size = SAMPLE_BYTES[encoding];
      const data = Uint8Array.from({ length: 2 * size }, (_, i) => 0x3f - i);
      const turned = concat(data.slice(0, size).reverse(), data.slice(size).reverse());
      const bigEndian = mixed(turned, layout(encoding, { bigEndian: true }));
      assert.deepEqual(bigEndian, mixed(data, layout(encoding)), encoding);
      assert.equal(bigEndian.length, 2);
    }
  });

  it("passes over what pads a sample, which a big-endian one has ahead of it", () => {
    assert.deepEqual(mixed(bytes(0, 0x40, 9, 9, 0, 0x20, 9, 9), layout("s16", { frameSize: 4 })), [
      0.5,
      0.25,
    ]);
    const turned = layout("s16", { frameSize: 4, bigEndian: true });
    assert.deepEqual(mixed(bytes(9, 9, 0x40, 0, 9, 9, 0x20, 0), turned), [0.5, 0.25]);
  });

  it("counts each channel by its weight, and drops a frame that is not whole", () => {
    const three = layout("s16", { channels: 3 });
    assert.deepEqual(mixed(int16(16384, 8192, -8192, -16384, 0, 0, 1), three, [0.5, 1, 0.25]), [
      0.4375,
      -0.25,
    ]);
  });

  it("puts the samples where it is told, if there is room", () => {
    const room = new Float32Array(3).fill(9);
    const found = mixFrames(int16(16384, -16384), layout("s16"), Float64Array.of(1), room);
    assert.equal(found.buffer, room.buffer);
    assert.deepEqual([...found, room[2]], [0.5, -0.5, 9]);
  });

  it("makes silence of what is not finite", () => {
    const values = [NaN, Infinity, -Infinity, 0.5];
    for (const encoding of ["f32", "f24", "f16"] as const) {
      assert.deepEqual(mixed(float32(...values), layout(encoding)).slice(0, 3), [0, 0, 0]);
    }
    const long = new Uint8Array(Float64Array.of(NaN, 1e300, 0.5).buffer);
    assert.deepEqual(mixed(long, layout("f64")), [0, 0, 0.5]);
  });
});
