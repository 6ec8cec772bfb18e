import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { type AudioSource, decodeAudio } from "../../../../lib/audio/decode.ts";
import { AudioDecodeError } from "../../../../lib/errors.ts";
import { describe, fixture, it } from "../../../harness.ts";

const noFfmpeg = { ffmpeg: "no-such-ffmpeg" };

const source = decodeAudio(fixture("sense.wav")).then((samples) => samples.slice(0, 3 * 16000));

function pathOf(name: string): string {
  return fixture(`audio/formats/${name}`);
}

function bytesOf(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(pathOf(name)));
}

/** How alike two sounds are, from -1 to 1, when the second begins `lag` samples later. */
function likeness(sound: Float32Array, other: Float32Array, lag: number): number {
  let product = 0, power = 0, otherPower = 0;
  for (let i = 8000; i < 40000; i++) {
    const value = other[i + lag] ?? 0;
    product += sound[i] * value;
    power += sound[i] * sound[i];
    otherPower += value * value;
  }
  return product / Math.sqrt(power * otherPower);
}

async function decodeQuietly(audio: AudioSource): Promise<Float32Array> {
  return await decodeAudio(audio, { ...noFfmpeg, onWarning: (message) => assert.fail(message) });
}

describe("decodeAudio() of compressed formats", () => {
  /** Milliseconds that a format has too many, and samples that it comes late, where it has no way to tell. */
  const UNTOLD: Record<string, { longer: number; late: number }> = {
    // What the encoder needs to begin: raw AAC has no place to say how much.
    "adts.aac": { longer: 73, late: 1024 },
    "stereo-48000.mp2": { longer: 0, late: 160 },
    // Blocks of a fixed size, filled up.
    "ms.wav": { longer: 54, late: 0 },
    "ima.wav": { longer: 62, late: 0 },
    "vorbis.mkv": { longer: 24, late: 0 },
    "mp3.wav": { longer: 26, late: 401 },
    // Core Audio has a place for it, ffmpeg leaves that empty.
    "opus.caf": { longer: 27, late: 104 },
  };

  for (const name of readdirSync(fixture("audio/formats"))) {
    it(`hears in ${name} what was put in, in its place and nothing more`, async () => {
      const samples = await decodeQuietly(pathOf(name));
      const { longer, late } = UNTOLD[name] ?? { longer: 20, late: 0 };
      const excess = (samples.length - 3 * 16000) / 16;
      assert(excess >= -20 && excess <= longer, `${excess.toFixed(1)} ms too long`);
      // At 24 kbit/s the noise of the coder is audible.
      const alike = likeness(await source, samples, late);
      assert(alike > 0.975, `correlation ${alike}`);
      assert(samples.every((value) => Math.abs(value) <= 1));
    });
  }

  it("gives the very samples of lossless formats", async () => {
    for (const name of ["mono-16000.flac", "flac.oga", "alac.m4a", "alac.caf"]) {
      assert.deepEqual(await decodeQuietly(pathOf(name)), await source, name);
    }
  });

  it("gives the same from a path, from bytes, a Blob and a stream", async () => {
    const expected = await decodeQuietly(pathOf("stereo-44100.m4a"));
    const bytes = bytesOf("stereo-44100.m4a");
    for (const audio of [bytes, new Blob([bytes]), new Blob([bytes]).stream()]) {
      assert.deepEqual(await decodeQuietly(audio), expected);
    }
  });

  it("hears what is there of a file that is cut off, and says where it ends", async () => {
    for (
      const [name, part] of [
        ["stereo-44100.mp3", 0.5],
        ["mono-16000.flac", 0.5],
        ["stereo-44100.ogg", 0.7],
        ["stereo.opus", 0.6],
        ["video.webm", 0.6],
        ["fragments.mp4", 0.7],
        ["mono-8000.aiff", 0.5],
        ["mono-8000.caf", 0.6],
      ] as const
    ) {
      const whole = bytesOf(name);
      const warnings: string[] = [];
      const samples = await decodeAudio(whole.slice(0, whole.length * part), {
        ...noFfmpeg,
        onWarning: (message) => warnings.push(message),
      });
      assert(samples.length > 12000 && samples.length < 45000, `${name}: ${samples.length}`);
      assert.match(
        warnings.join("\n"),
        /^the audio bytes is damaged, (what is after \d\.\d s|\d\.\d of the \d\.\d s of its header) cannot be read/,
        name,
      );
    }
  });

  it("makes Opus in an MP4 as much louder as its header says", async () => {
    const bytes = bytesOf("opus.mp4");
    const power = (samples: Float32Array) => samples.reduce((sum, value) => sum + value * value, 0);
    const before = power(await decodeQuietly(bytes));
    const header = bytes.findIndex((_, at) => String.fromCharCode(...bytes.subarray(at, at + 4)) === "dOps");
    // -6 dB, in 256ths.
    new DataView(bytes.buffer).setInt16(header + 4 + 8, -6 * 256);
    const decibels = 10 * Math.log10(power(await decodeQuietly(bytes)) / before);
    assert(Math.abs(decibels + 6) < 0.01, `${decibels} dB`);
  });

  it("finds the sound where it is taken up in the middle, or padded before it", async () => {
    const zeros = new Uint8Array(3000), original = await source;
    for (
      const [name, from, late] of [
        ["stereo-44100.mp3", 1000, 0],
        ["mono-8000.mp3", 500, 0],
        ["stereo-48000.mp2", 77, 0],
        ["adts.aac", 37, 1024],
      ] as const
    ) {
      const whole = bytesOf(name);
      const cut = await decodeAudio(whole.slice(from), noFfmpeg);
      assert(cut.length > 40000 && cut.length < 49500, `${name}: ${cut.length}`);
      const padded = await decodeAudio(new Uint8Array([...zeros, ...whole]), noFfmpeg);
      const alike = Math.max(...[0, 160, 1105, late].map((lag) => likeness(original, padded, lag)));
      assert(alike > 0.9, `${name}: correlation ${alike}`);
    }
    const noise = Uint8Array.from({ length: 70000 }, (_, i) => (i * i * 31 >> 7) & 0xff);
    await assert.rejects(decodeAudio(noise, noFfmpeg), /its format is not known here/);
  });

  it("hears an MP3 to its end whose length cannot be told from its first packets", async () => {
    // 320 kbit/s of silence, then 48 of speech; the packet that counts the packets is left out.
    const silence = new Uint8Array(1044);
    silence.set([0xff, 0xfb, 0xe0, 0x00]);
    const speech = bytesOf("stereo-44100.mp3");
    const tag = speech.findIndex((_, at) =>
      /Info|Xing/.test(String.fromCharCode(...speech.subarray(at, at + 4)))
    );
    const first = speech.findIndex((byte, at) => at > tag && byte === 0xff && speech[at + 1] === 0xfb);
    const before = Array.from({ length: 40 }, () => [...silence]).flat();
    const samples = await decodeQuietly(Uint8Array.from([...before, ...speech.subarray(first)]));
    const seconds = 40 * 1152 / 44100 + 3;
    assert(Math.abs(samples.length / 16000 - seconds) < 0.08, `${samples.length / 16000} s`);
  });

  it("hears MP3 files that were put behind one another", async () => {
    const file = bytesOf("mono-16000.mp3");
    const samples = await decodeQuietly(Uint8Array.from([...file, ...file]));
    assert(Math.abs(samples.length / 16000 - 6) < 0.2, `${samples.length / 16000} s`);
    assert(likeness(await source, samples, 0) > 0.975);
  });

  it("hears FLAC files that were put behind one another, and says which it cannot", async () => {
    const file = bytesOf("mono-16000.flac"), once = [...await source];
    const joined = Uint8Array.from([...file, ...bytesOf("unknown-length.flac"), ...file]);
    for (const audio of [joined, new Blob([joined]), new Blob([joined]).stream()]) {
      const samples = [...await decodeQuietly(audio)];
      assert(Math.abs(samples.length - 9 * 16000) < 320, `${samples.length} samples`);
      assert.deepEqual(samples.slice(0, once.length), once);
      assert.deepEqual(samples.slice(-once.length), once);
    }
    const warnings: string[] = [];
    const damaged = Uint8Array.from([...file, ...file.slice(0, 60), ...file]);
    const samples = await decodeAudio(damaged, {
      ...noFfmpeg,
      onWarning: (message) => warnings.push(message),
    });
    assert.deepEqual([...samples], [...once, ...once]);
    assert.match(
      warnings.join("\n"),
      /^A file that was put behind another is left out: Cannot decode the audio bytes: .* a FLAC file/,
    );
  });

  it("leaves out what is damaged in the middle, and says so", async () => {
    const bytes = bytesOf("mono-16000.flac");
    bytes.fill(0x55, 30000, 30200);
    const warnings: string[] = [];
    const samples = await decodeAudio(bytes, { ...noFfmpeg, onWarning: (message) => warnings.push(message) });
    assert(samples.length > 40000);
    assert.match(warnings.join("\n"), /is damaged, 0\.\d of the 3\.0 s of its header cannot be read/);
  });

  it("goes on with the next frame where the header of one of raw AAC is damaged", async () => {
    const bytes = bytesOf("adts.aac");
    const header = bytes.findIndex((byte, at) => at > 4000 && byte === 0xff && bytes[at + 1] === 0xf1);
    // No sample rate has this number.
    bytes[header + 2] |= 0b1111 << 2;
    const warnings: string[] = [];
    const samples = await decodeAudio(bytes, { ...noFfmpeg, onWarning: (message) => warnings.push(message) });
    assert(samples.length > 46000, `${samples.length} samples`);
    assert.match(
      warnings.join("\n"),
      /is damaged, .* left out: malformed stream: adts: forbidden sample rate$/m,
    );
  });

  it("refuses a file without its index, or with nothing but its beginning, and says what is wrong", async () => {
    for (
      const [name, length] of [["stereo-44100.m4a", 9000], ["stereo.opus", 60], ["video.webm", 300]] as const
    ) {
      const error = await decodeAudio(bytesOf(name).slice(0, length), noFfmpeg).then(
        () => {},
        (error) => error,
      );
      assert(error instanceof AudioDecodeError, `${name}: ${error}`);
      assert.match(error.message, /^Cannot decode the audio bytes: /);
    }
  });

  it("names a codec that it does not know, and both ways out", async () => {
    // The object type of the codec: 5 is the spectral band replication of HE-AAC.
    const bytes = bytesOf("stereo-44100.m4a");
    const config = bytes.findIndex((byte, i) =>
      byte === 0x12 && bytes[i + 1] === 0x10 && bytes[i - 2] === 0x80
    );
    assert(config > 0);
    bytes[config] = 5 << 3 | bytes[config] & 7;
    await assert.rejects(
      decodeAudio(bytes, noFfmpeg),
      /an M4A file whose codec is AAC of another profile than LC.*"no-such-ffmpeg", which was not found; install ffmpeg, or convert/,
    );
  });

  it("hears the track that is asked for, else the file's default", async () => {
    const power = (samples: Float32Array) => samples.reduce((sum, value) => sum + value * value, 0);
    const [quiet, loud] = await Promise.all(
      [0, 1].map((audioTrack) => decodeAudio(pathOf("two-tracks.mp4"), { ...noFfmpeg, audioTrack })),
    );
    assert(power(loud) > 1e4 * power(quiet));
    assert.deepEqual(await decodeQuietly(pathOf("two-tracks.mp4")), quiet);
    // Its default is the second.
    const first = await decodeAudio(pathOf("second-default.mkv"), { ...noFfmpeg, audioTrack: 0 });
    assert(power(await decodeQuietly(pathOf("second-default.mkv"))) > 1e4 * power(first));
    // Of an MP4 it is the first that is enabled, as flags in the headers of the tracks say.
    const bytes = bytesOf("two-tracks.mp4");
    const buffer = Buffer.from(bytes.buffer);
    const firstHeader = buffer.indexOf("tkhd"), secondHeader = buffer.indexOf("tkhd", firstHeader + 4);
    for (const [flags, expected] of [[[2, 3], loud], [[2, 2], quiet], [[3, 3], quiet]] as const) {
      [bytes[firstHeader + 7], bytes[secondHeader + 7]] = flags;
      assert.equal(power(await decodeQuietly(bytes)), power(expected), `flags ${flags}`);
    }
    for (const [name, audioTrack] of [["two-tracks.mp4", 2], ["stereo.opus", 1]] as const) {
      await assert.rejects(
        decodeAudio(pathOf(name), { ...noFfmpeg, audioTrack }),
        /^AudioDecodeError: Cannot decode audio track \d of .*: it has \d audio tracks?, counted from 0$/,
      );
    }
    await assert.rejects(
      decodeAudio(fixture("sense.wav"), { audioTrack: 1 }),
      /it has 1 audio track, counted/,
    );
  });

  it("takes the length that the decoder guesses of raw AAC for no more than a guess", async () => {
    const file = bytesOf("adts.aac");
    const more = new Uint8Array(file.length + 1000);
    more.set(file);
    assert.deepEqual(await decodeQuietly(more), await decodeQuietly(file));
  });

  it("lets timers run while it works", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    // One alone is done in 15 ms on a fast machine.
    await Promise.all(Array.from({ length: 8 }, () => decodeQuietly(pathOf("six-channels.ogg"))));
    clearInterval(timer);
    assert(ticks >= 2, `${ticks} ticks`);
  });

  it("stops when its signal is aborted", async () => {
    const reason = new Error("no longer wanted");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 1);
    const decoding = decodeAudio(pathOf("six-channels.ogg"), { ...noFfmpeg, signal: controller.signal });
    await assert.rejects(decoding, (error) => error === reason);
  });
});
