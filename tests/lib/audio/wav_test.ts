import assert from "node:assert/strict";
import { AudioDecodeError } from "../../../lib/errors.ts";
import { openAudioInput } from "../../../lib/audio/source.ts";
import { MAX_WAV_CHUNKS } from "../../../lib/audio/limits.ts";
import { mixFrames } from "../../../lib/audio/pcm/stored_samples.ts";
import { codecName, readWavHeader } from "../../../lib/audio/wav.ts";
import { describe, it } from "../../harness.ts";
import {
  buildWav,
  bytes,
  chunk,
  concat,
  float32,
  float64,
  int16,
  text,
  u16,
  u32,
  type WavFields,
} from "./wav_builder.ts";

async function readMono(file: Uint8Array<ArrayBuffer>, weights = [1]): Promise<number[]> {
  await using input = await openAudioInput(file);
  const header = await readWavHeader(input);
  const data = await input.read(header.dataOffset, header.frameCount * header.frameSize);
  return [...mixFrames(data, { ...header, encoding: header.encoding! }, Float64Array.from(weights))];
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

describe("WAV samples in more bytes than they need", () => {
  const padded = (data: Uint8Array, size: number, bits: number, fields: WavFields = {}) =>
    buildWav(data, { bits, blockAlign: size, byteRate: 16000 * size, ...fields });
  const s32 = (...values: number[]) => new Uint8Array(Int32Array.from(values).buffer);

  it("stand in the upper bytes, as Microsoft says", async () => {
    assert.deepEqual(await readMono(padded(s32(1 << 30, -1 << 30, 0x123400), 4, 24)), [
      0.5,
      -0.5,
      0x1234 / 2 ** 23,
    ]);
    assert.deepEqual(await readMono(padded(s32(1 << 30, -1 << 16), 4, 16)), [0.5, -1 / 32768]);
    assert.deepEqual(await readMono(padded(bytes(0, 0, 0x40, 0, 1, 0), 3, 16)), [0.5, 1 / 32768]);
  });

  it("stand in the lower bytes with the sign before them", async () => {
    assert.deepEqual(await readMono(padded(s32(1 << 22, -(1 << 22), 1, -1), 4, 24)), [
      0.5,
      -0.5,
      2 ** -23,
      -(2 ** -23),
    ]);
    assert.deepEqual(await readMono(padded(s32(1 << 14, -1), 4, 16)), [0.5, -1 / 32768]);
    assert.deepEqual(await readMono(padded(s32(0x010203), 4, 24)), [0x010203 / 2 ** 23]);
  });

  it("stand where the loud ones show it, after a quiet beginning", async () => {
    const quiet = Array.from({ length: 20000 }, (_, i) => (i % 7 - 3) << 8);
    const upper = await readMono(padded(s32(...quiet, ...Array(1000).fill(1 << 30)), 4, 24));
    assert.deepEqual([upper[0], upper.at(-1)], [-3 / 2 ** 23, 0.5]);
    // Samples of 16 bits in the lower three bytes: the lowest byte is zero, as it is in the upper three.
    const lower = await readMono(padded(s32(...quiet, ...Array(1000).fill(0x4000 << 8)), 4, 24));
    assert.deepEqual([lower[0], lower.at(-1)], [-3 / 2 ** 15, 0.5]);
  });

  it("stand where the first of them shows it, and nothing behind the last", async () => {
    const quiet = s32(1 << 30, ...Array.from({ length: 1000 }, (_, i) => (i % 7 - 3) << 8));
    assert.equal((await readMono(padded(quiet, 4, 24)))[0], 0.5);
    const after = chunk("LIST", text("INFOISFT and whatever a program says of itself"));
    assert.deepEqual(await readMono(padded(s32(1 << 22, -1), 4, 24, { after })), [0.5, -(2 ** -23)]);
  });

  it("stand in the upper bytes where there is nothing in any lower one", async () => {
    assert.deepEqual(await readMono(padded(s32(0x120000, 0x7f0000), 4, 24)), [
      0x1200 / 2 ** 23,
      0x7f00 / 2 ** 23,
    ]);
    // Read as floating point, these would be sound too.
    assert.deepEqual(await readMono(padded(s32(1 << 30, 0x4b001100), 4, 24)), [0.5, 0x4b0011 / 2 ** 23]);
  });

  it("of several channels are padded alike", async () => {
    const file = padded(s32(1 << 30, -1 << 30, 1 << 29, 0), 8, 24, { channels: 2 });
    assert.deepEqual(await readMono(file, [0.25, 0.75]), [-0.25, 0.0625]);
    const lower = padded(s32(1 << 22, -1 << 22, 1 << 21, 0, 4, 0), 8, 24, { channels: 2 });
    assert.deepEqual(await readMono(lower, [0.25, 0.75]), [-0.25, 0.0625, 2 ** -23]);
  });

  it("are taken as they are where they are neither", async () => {
    const encoding = async (file: Uint8Array<ArrayBuffer>) => (await readHeader(file)).encoding;
    assert.equal(await encoding(padded(s32(0x12345678, -0x12345678), 4, 24)), "s32");
    assert.equal(await encoding(padded(float32(0.3, 100.7), 4, 16)), "s32");
    assert.equal(await encoding(padded(bytes(1, 2, 3, 4, 5, 6), 3, 16)), "s24");
    // Eight bits have no place to be looked for.
    const small = await readHeader(padded(bytes(1, 2, 3, 4), 4, 8));
    assert.deepEqual([small.encoding, small.frameSize, small.frameCount], ["u8", 1, 4]);
  });

  it("are silence where they are nothing but zeros", async () => {
    assert.deepEqual(await readMono(padded(new Uint8Array(8), 4, 24)), [0, 0]);
  });

  it("are Cool Edit's floating point of 24 and of 16 bits", async () => {
    const f24 = padded(float32(4194304, -4194304.5, 3.25), 4, 24);
    assert.deepEqual(await readMono(f24), [0.5, -4194304.5 / 2 ** 23, 3.25 / 2 ** 23]);
    // From next to nothing to twice full scale; beyond that, it is something else.
    for (const value of [1.25 * 2 ** -32, 2 ** -32, 2 ** 24]) {
      const { encoding } = await readHeader(padded(float32(value, 3.25, 0.1, 0), 4, 24));
      assert.equal(encoding, "f24", `${value}`);
    }
    for (const value of [2 ** -33, 1.25 * 2 ** 24]) {
      const { encoding } = await readHeader(padded(float32(value, 3.25, 0.1), 4, 24));
      assert.equal(encoding, "s32", `${value}`);
    }
    const f16 = padded(float32(16384, -8192.25), 4, 32, { extension: concat(u16(2), u16(1)) });
    assert.deepEqual(await readMono(f16), [0.5, -8192.25 / 32768]);
  });

  it("are packed when the bytes of a second contradict the bytes of a frame", async () => {
    const lying = buildWav(bytes(0, 0, 0x40, 0, 0, 0xc0), { bits: 24, blockAlign: 4 });
    assert.deepEqual(await readMono(lying), [0.5, -0.5]);
  });
});

describe("RIFX, a WAV file with big-endian numbers", () => {
  /** Turns the fields of a WAV file around, and every sample. */
  function rifx(data: Uint8Array, sampleSize: number, fields: WavFields = {}): Uint8Array<ArrayBuffer> {
    const turned = data.slice();
    for (let at = 0; at < turned.length; at += sampleSize) turned.subarray(at, at + sampleSize).reverse();
    const file = buildWav(turned, { ...fields, magic: "RIFX" });
    const extensible = fields.channelMask === undefined ? [] : [[36, 2], [38, 2], [40, 4], [44, 4], [48, 2], [
      50,
      2,
    ]];
    const dataAt = fields.channelMask === undefined ? 36 : 60;
    const numbers = [[4, 4], [16, 4], [20, 2], [22, 2], [24, 4], [28, 4], [32, 2], [34, 2], [dataAt + 4, 4]];
    for (const [at, size] of [...numbers, ...extensible]) file.subarray(at, at + size).reverse();
    return file;
  }

  it("gives the same samples as the file it mirrors, in every encoding", async () => {
    for (
      const [data, bits, formatTag] of [
        [int16(16384, -1, 258), 16, 1],
        [bytes(1, 2, 0x40, 0xff, 0xff, 0xff), 24, 1],
        [concat(u32(0x80000000), u32(0x12345678)), 32, 1],
        [float32(0.5, -0.25), 32, 3],
        [float64(0.5, -0.25), 64, 3],
        [bytes(0, 128, 255), 8, 1],
        [bytes(0xd5, 0x2a), 8, 6],
      ] as const
    ) {
      const fields = { bits, formatTag };
      assert.deepEqual(
        await readMono(rifx(data, bits / 8, fields)),
        await readMono(buildWav(data, fields)),
        `${bits} bits, codec ${formatTag}`,
      );
    }
  });

  it("has an extensible format, padded samples and unknown sizes too", async () => {
    const extensible = { bits: 16, channelMask: 4, dataSize: 0xffffffff };
    assert.deepEqual(await readMono(rifx(int16(16384, -16384), 2, extensible)), [0.5, -0.5]);
    const padded = { bits: 24, blockAlign: 4, byteRate: 64000 };
    for (const shift of [0, 8]) {
      const data = new Uint8Array(Int32Array.of(1 << 22 << shift, -1 << 22 << shift, 1 << shift).buffer);
      assert.deepEqual(await readMono(rifx(data, 4, padded)), [0.5, -0.5, 2 ** -23], `shifted by ${shift}`);
    }
  });
});

describe("Wave64", () => {
  const guid = (name: string) => concat(text(name), Uint8Array.fromHex("2e91cf11a5d628db04c10000"));
  const chunk64 = (name: string, data: Uint8Array, size = 24 + data.length) =>
    concat(
      guid(name),
      u32(size >>> 0),
      u32(Math.floor(size / 2 ** 32)),
      data,
      new Uint8Array((8 - data.length % 8) % 8),
    );
  const wave64 = (...chunks: Uint8Array[]) => concat(guid("riff"), u32(0), u32(0), guid("wave"), ...chunks);
  const format = buildWav(bytes()).slice(20, 36);

  it("has its samples behind chunks of any size, and as many as there are", async () => {
    // One that says it is shorter than its own head is taken for empty.
    const before = concat(chunk64("junk", new Uint8Array(17)), chunk64("none", bytes(), 3));
    assert.deepEqual(
      await readMono(wave64(chunk64("fmt ", format), before, chunk64("data", int16(16384, -16384)))),
      [0.5, -0.5, 0, 0].slice(0, 2),
    );
    const lying = wave64(chunk64("fmt ", format), chunk64("data", int16(16384, 0, 0, 0), 2 ** 40));
    assert.deepEqual(await readMono(lying), [0.5, 0, 0, 0]);
    assert((await readHeader(lying)).missingFrames! > 2 ** 38);
  });

  it("lacks nothing where its size is the largest there is, as a program writes it that cannot seek", async () => {
    const piped = wave64(chunk64("fmt ", format), chunk64("data", int16(16384, 0, 0, 0), 2 ** 63));
    assert.deepEqual(await readMono(piped), [0.5, 0, 0, 0]);
    assert.equal((await readHeader(piped)).missingFrames, undefined);
  });

  it("is refused where it is cut off before its samples", async () => {
    await refuses(wave64(chunk64("fmt ", format)), /has no data chunk/);
    await refuses(wave64(), /has no fmt chunk/);
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

  it("finds the chunk after one of an odd size that lacks its padding", async () => {
    const unpadded = concat(text("bext"), u32(3), text("abc"));
    assert.deepEqual(await readMono(buildWav(int16(16384), { before: unpadded })), [0.5]);
  });

  it("reads a broadcast file, whose first chunk is 602 bytes of text", async () => {
    const riff = buildWav(int16(16384, 0), { bits: 16 });
    const bext = chunk("bext", new Uint8Array(602 + 3));
    assert.deepEqual(await readMono(concat(riff.slice(0, 12), bext, riff.slice(12))), [0.5, 0]);
  });

  it("takes all that is there when the size is 0 or unknown, as programs that cannot seek write it", async () => {
    assert.deepEqual(await readMono(buildWav(int16(16384, 0), { dataSize: 0 })), [0.5, 0]);
    assert.deepEqual(await readMono(buildWav(int16(16384, 0), { dataSize: 0xffffffff })), [0.5, 0]);
    assert.deepEqual(await readMono(buildWav(bytes(192, 1, 2), { bits: 8, dataSize: 1 })), [0.5]);
    // Samples that could be the size of a chunk, and ones that could be its name.
    for (const data of [int16(0, 0, 1, 0, 5, 6), concat(text("abcd"), u32(5), int16(1, 2))]) {
      assert.equal((await readHeader(buildWav(data, { dataSize: 0 }))).frameCount, 6);
    }
  });

  it("finds no samples in an empty data chunk that another chunk follows", async () => {
    const file = buildWav(bytes(), { bits: 8, after: chunk("LIST", text("INFOISFT")) });
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

  it("says how many frames lack of those it states, unless that is what programs write that do not know", async () => {
    const stated = async (dataSize: number) =>
      (await readHeader(buildWav(bytes(1, 2, 3), { bits: 8, dataSize }))).missingFrames;
    assert.deepEqual([await stated(4), await stated(10)], [1, 7]);
    assert.equal((await readHeader(buildWav(int16(1, 2)))).channelMask, 0);
    assert.equal("missingFrames" in await readHeader(buildWav(int16(1, 2))), false);
    assert.equal((await readHeader(buildWav(int16(1, 2), { dataSize: 9 }))).missingFrames, 2);
    for (const unknown of [0, 0x7f000000, 0x7ffff000, 0x80000000, 0xff000000, 0xffffffff]) {
      assert.equal(await stated(unknown), undefined, unknown.toString(16));
    }
    for (const known of [0x7effffff, 0x80000001, 0xfeffffff]) {
      assert.equal(await stated(known), known - 3, known.toString(16));
    }
  });

  it("says how many frames the file of a codec states", async () => {
    const stated = async (fact: Uint8Array) =>
      (await readHeader(buildWav(int16(1, 2, 3), { before: chunk("fact", fact) }))).statedFrames;
    assert.equal(await stated(u32(70_000)), 70_000);
    assert.equal(await stated(concat(u32(70_000), u32(1))), 70_000);
    assert.equal(await stated(bytes(1, 2)), undefined);
    assert.equal((await readHeader(buildWav(int16(1, 2, 3)))).statedFrames, undefined);
  });

  it("does not believe a block align that contradicts channels and bits", async () => {
    for (const blockAlign of [0, 1, 3, 65535]) {
      assert.deepEqual(await readMono(buildWav(int16(16384, 8192), { blockAlign })), [0.5, 0.25]);
    }
  });

  it("stores as many bits as there are in whole bytes", async () => {
    const encodings = [[1, "u8"], [9, "s16"], [16, "s16"], [17, "s24"], [25, "s32"], [32, "s32"]] as const;
    for (const [bits, encoding] of encodings) {
      assert.equal((await readHeader(buildWav(new Uint8Array(4), { bits }))).encoding, encoding, `${bits}`);
    }
  });

  it("names no encoding for codecs that are not read here, and counts their bytes", async () => {
    assert.equal((await readHeader(buildWav(bytes(1, 2, 3), { formatTag: 0x55, bits: 0 }))).frameCount, 3);
    assert.equal(
      codecName(await readHeader(buildWav(bytes(1), { formatTag: 0x55 }))),
      "a WAV file with codec 0x0055",
    );
    assert.equal(
      codecName(await readHeader(buildWav(bytes(1), { formatTag: 0xa1b2 }))),
      "a WAV file with codec 0xa1b2",
    );
    for (const [formatTag, bits] of [[0x55, 0], [2, 4], [0x11, 4], [1, 64], [1, 0], [3, 16], [6, 16]]) {
      assert.equal((await readHeader(buildWav(bytes(1, 2), { formatTag, bits }))).encoding, undefined);
    }
  });

  it("refuses channels and rates that cannot be", async () => {
    const isHopeless = async (fields: WavFields) =>
      await readHeader(buildWav(int16(1), fields)).then(() => assert.fail(), ({ isHopeless }) => isHopeless);
    assert.deepEqual(
      await Promise.all([{ channels: 0 }, { sampleRate: 0 }, { sampleRate: 999 }].map(isHopeless)),
      // ffmpeg reads a rate that is low.
      [true, true, false],
    );
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
    const damaged = /its RIFF header is cut short or damaged/;
    await refuses(buildWav(int16(1), { magic: "RIFE" }), damaged);
    await refuses(concat(text("RIFF"), u32(0), text("WAVY"), buildWav(int16(1)).slice(12)), damaged);
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
    // One more is the format, and one more the samples.
    assert.deepEqual(await readMono(file(MAX_WAV_CHUNKS - 2)), [0.5]);
    await refuses(file(MAX_WAV_CHUNKS - 1), /has no data chunk/);
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
