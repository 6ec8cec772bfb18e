import assert from "node:assert/strict";
import { AudioDecodeError } from "../../../lib/errors.ts";
import { openAudioInput } from "../../../lib/audio/source.ts";
import { mixWavFrames, readWavHeader } from "../../../lib/audio/wav.ts";
import { describe, it } from "../../harness.ts";
import { buildWav, bytes, chunk, concat, float32, float64, int16, text, u16, u32 } from "./wav_builder.ts";

async function readMono(file: Uint8Array<ArrayBuffer>, weights = [1]): Promise<number[]> {
  await using input = await openAudioInput(file);
  const header = await readWavHeader(input);
  const data = await input.read(header.dataOffset, header.frameCount * header.frameSize);
  return [...mixWavFrames(data, header, Float64Array.from(weights))];
}

async function readHeader(file: Uint8Array<ArrayBuffer>) {
  await using input = await openAudioInput(file);
  return await readWavHeader(input);
}

async function refuses(file: Uint8Array<ArrayBuffer>, message: RegExp): Promise<void> {
  await assert.rejects(readHeader(file), (error: Error) => {
    assert(error instanceof AudioDecodeError);
    assert.match(error.message, message);
    return true;
  });
}

describe("WAV samples", () => {
  it("all 65,536 values of 16 bits are the same as openai/whisper's", async () => {
    const values = Array.from({ length: 65536 }, (_, i) => i - 32768);
    assert.deepEqual(await readMono(buildWav(int16(...values))), values.map((value) => value / 32768));
  });

  it("8, 24 and 32-bit integers are read", async () => {
    assert.deepEqual(await readMono(buildWav(bytes(0, 128, 255), { bits: 8 })), [-1, 0, 127 / 128]);
    const s24 = bytes(0, 0, 0x80, 0xff, 0xff, 0xff, 0, 0, 0x40);
    assert.deepEqual(await readMono(buildWav(s24, { bits: 24 })), [-1, -1 / 8388608, 0.5]);
    const s32 = concat(u32(0x80000000), u32(0x40000000), u32(0));
    assert.deepEqual(await readMono(buildWav(s32, { bits: 32 })), [-1, 0.5, 0]);
  });

  it("20 bits fill the upper part of three bytes", async () => {
    assert.deepEqual(await readMono(buildWav(bytes(0, 0, 0x40), { bits: 20 })), [0.5]);
  });

  it("floating point is read, and what is not finite becomes silence", async () => {
    const values = [0.5, -0.25, NaN, Infinity, -Infinity, 0.125];
    const expected = [0.5, -0.25, 0, 0, 0, 0.125];
    assert.deepEqual(await readMono(buildWav(float32(...values), { bits: 32, formatTag: 3 })), expected);
    assert.deepEqual(await readMono(buildWav(float64(...values), { bits: 64, formatTag: 3 })), expected);
    assert.deepEqual(await readMono(buildWav(float64(1e300), { bits: 64, formatTag: 3 })), [0]);
  });

  it("A-law and µ-law are read", async () => {
    // Ends and middle of the tables in ITU-T G.711, scaled to 16 bits.
    const aLaw = await readMono(buildWav(bytes(0xd5, 0x55, 0xaa, 0x2a), { bits: 8, formatTag: 6 }));
    assert.deepEqual(aLaw.map((value) => value * 32768), [8, -8, 32256, -32256]);
    const muLaw = await readMono(buildWav(bytes(0xff, 0x7f, 0x80, 0x00), { bits: 8, formatTag: 7 }));
    assert.deepEqual(muLaw.map((value) => value * 32768), [0, 0, 32124, -32124]);
  });

  it("channels are mixed with their weights", async () => {
    const file = buildWav(int16(16384, 8192, -16384, 0), { channels: 2 });
    assert.deepEqual(await readMono(file, [0.5, 0.5]), [0.375, -0.25]);
  });

  it("an incomplete last frame is dropped", async () => {
    assert.deepEqual(
      await readMono(buildWav(concat(int16(16384, 16384, 8192), bytes(1)), { channels: 2 }), [1, 0]),
      [
        0.5,
      ],
    );
  });
});

describe("readWavHeader()", () => {
  it("reads an extensible format and its speakers", async () => {
    const header = await readHeader(buildWav(int16(1, 2, 3, 4, 5, 6), { channels: 6, channelMask: 0x60f }));
    assert.equal(header.encoding, "s16");
    assert.equal(header.channelMask, 0x60f);
    assert.equal(header.frameCount, 1);
    const float = await readHeader(buildWav(float32(1), { bits: 32, formatTag: 3, channelMask: 4 }));
    assert.equal(float.encoding, "f32");
  });

  it("passes over chunks before the samples, of odd size too, and ignores those behind", async () => {
    const before = concat(chunk("LIST", text("INFOabc")), chunk("junk", bytes(1)), chunk("fact", u32(1)));
    const after = chunk("LIST", text("INFOISFT"));
    assert.deepEqual(await readMono(buildWav(int16(16384), { before, after })), [0.5]);
  });

  it("takes all that is there when the size is 0 or unknown, as programs that cannot seek write it", async () => {
    assert.deepEqual(await readMono(buildWav(int16(16384, 0), { dataSize: 0 })), [0.5, 0]);
    assert.deepEqual(await readMono(buildWav(int16(16384, 0), { dataSize: 0xffffffff })), [0.5, 0]);
  });

  it("finds no samples in an empty data chunk that another chunk follows", async () => {
    const file = buildWav(bytes(), { after: chunk("LIST", text("INFOISFT")) });
    assert.equal((await readHeader(file)).frameCount, 0);
  });

  it("reads RF64 with the size its ds64 chunk states", async () => {
    const size = concat(u32(4), u32(0));
    const ds64 = chunk("ds64", concat(u32(0), u32(0), size, size, u32(0)));
    const fields = { magic: "RF64", before: ds64, dataSize: 0xffffffff, after: chunk("LIST", text("INFO")) };
    assert.deepEqual(await readMono(buildWav(int16(16384, 8192), fields)), [0.5, 0.25]);
    const huge = chunk("ds64", concat(u32(0), u32(0), u32(0), u32(1 << 20), size, u32(0)));
    assert.deepEqual(await readMono(buildWav(int16(16384), { ...fields, before: huge, after: bytes() })), [
      0.5,
    ]);
    await refuses(
      buildWav(int16(1), { ...fields, before: chunk("ds64", bytes(1, 2)) }),
      /ds64 chunk is cut short/,
    );
  });

  it("believes sizes only as far as there are bytes", async () => {
    assert.deepEqual(await readMono(buildWav(int16(16384), { dataSize: 10 * 3600 * 32000 })), [0.5]);
    assert.deepEqual(await readMono(buildWav(int16(16384), { dataSize: 0xfffffffe })), [0.5]);
  });

  it("does not believe a block align that contradicts channels and bits", async () => {
    for (const blockAlign of [0, 1, 3, 65535]) {
      assert.deepEqual(await readMono(buildWav(int16(16384, 8192), { blockAlign })), [0.5, 0.25]);
    }
  });

  it("names no encoding for codecs that are not read here", async () => {
    for (const [formatTag, bits] of [[0x55, 0], [2, 4], [0x11, 4], [1, 64], [1, 0], [3, 16], [6, 16]]) {
      assert.equal((await readHeader(buildWav(bytes(1, 2), { formatTag, bits }))).encoding, undefined);
    }
  });

  it("refuses channels and rates that cannot be", async () => {
    await refuses(buildWav(int16(1), { channels: 0 }), /says 0 channels/);
    await refuses(buildWav(int16(1), { sampleRate: 0 }), /says 0 Hz, 1000 to 1536000 Hz are read/);
    await refuses(buildWav(int16(1), { sampleRate: 999 }), /says 999 Hz/);
    await refuses(buildWav(int16(1), { sampleRate: 0xffffffff }), /says 4294967295 Hz/);
    assert.equal((await readHeader(buildWav(int16(1), { sampleRate: 1000 }))).sampleRate, 1000);
  });

  it("finds no whole frame where 65,535 channels have too few bytes", async () => {
    assert.equal((await readHeader(buildWav(int16(1, 2, 3), { channels: 65535 }))).frameCount, 0);
  });

  it("refuses a file cut off anywhere in its header", async () => {
    const whole = buildWav(bytes(), { before: chunk("LIST", text("INFO")) });
    for (let length = 0; length < whole.length; length++) {
      await refuses(whole.slice(0, length), /^Cannot decode the audio bytes: it/);
    }
    assert.equal((await readHeader(whole)).frameCount, 0);
  });

  it("refuses a file whose chunks are missing, out of order or too short", async () => {
    const riff = (...parts: Uint8Array[]) => concat(text("RIFF"), u32(0), text("WAVE"), ...parts);
    await refuses(riff(chunk("LIST", text("INFO"))), /has no fmt chunk/);
    await refuses(riff(chunk("data", int16(1))), /samples come before their format/);
    await refuses(riff(chunk("fmt ", bytes(1, 0, 1, 0))), /fmt chunk has 4 bytes, at least 16/);
    await refuses(
      riff(chunk("fmt ", concat(u16(0xfffe), buildWav(bytes()).slice(22, 36)))),
      /extensible format is cut/,
    );
    await refuses(buildWav(int16(1), { before: concat(text("LIST"), u32(0xffffffff)) }), /has no data chunk/);
  });

  it("stops walking through a file of nothing but empty chunks", async () => {
    const empty = chunk("junk", bytes());
    const file = (count: number) => buildWav(int16(16384), { before: concat(...Array(count).fill(empty)) });
    assert.deepEqual(await readMono(file(500)), [0.5]);
    await refuses(file(5000), /has no data chunk/);
  });

  it("ends in a header or an AudioDecodeError for any damage", async () => {
    const whole = buildWav(int16(1, 2, 3, 4), {
      channels: 2,
      channelMask: 3,
      before: chunk("LIST", text("x")),
    });
    let state = 1;
    const random = (below: number) => (state = state * 48271 % 2147483647) % below;
    for (let round = 0; round < 3000; round++) {
      const damaged = whole.slice();
      for (let i = 0; i <= random(4); i++) damaged[random(damaged.length)] = random(256);
      try {
        const { frameCount, frameSize, dataOffset } = await readHeader(damaged);
        assert(dataOffset + frameCount * frameSize <= damaged.length);
      } catch (error) {
        assert(error instanceof AudioDecodeError);
      }
    }
  });
});
