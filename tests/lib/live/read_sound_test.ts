import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decodeAudio } from "../../../mod.ts";
import type { PcmPiece } from "../../../lib/live/pcm_samples.ts";
import { readSound, type SoundSettings } from "../../../lib/live/read_sound.ts";
import { describe, fixture, it } from "../../harness.ts";
import { buildWav } from "../audio/wav_builder.ts";

const settings: SoundSettings = { sampleRate: 16000, channels: 1, format: "auto" };

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.slice(at, at + size));
}

async function read(audio: AsyncIterable<PcmPiece>, options: Partial<SoundSettings> = {}): Promise<number[]> {
  const samples: number[] = [];
  for await (const piece of readSound(audio, { ...settings, ...options })) {
    for (const value of piece) samples.push(value);
  }
  return samples;
}

/** 1000 samples of 16 bits. */
const pcm = new Uint8Array(Int16Array.from({ length: 1000 }, (_, i) => 20 * i - 9000).buffer);
const expected = Array.from({ length: 1000 }, (_, i) => (20 * i - 9000) / 32768);

describe("readSound()", () => {
  it("hears a WAV file as it comes", async () => {
    const wav = buildWav(pcm);
    for (const size of [1, 100, wav.length]) assert.deepEqual(await read(pieces(wav, size)), expected);
    let taken = 0;
    async function* endless() {
      yield wav.slice(0, 44 + 1000);
      taken++;
      yield* pieces(wav.slice(1044), 500);
    }
    for await (const piece of readSound(endless(), settings)) {
      assert.ok(piece.length > 0);
      break;
    }
    assert.equal(taken, 0);
  });

  it("hears a WAV file of unknown length to its end, and of a known one no more than its samples", async () => {
    const wav = buildWav(pcm);
    const trailed = new Uint8Array([...wav, ...new TextEncoder().encode("LIST\x04\x00\x00\x00INFO")]);
    assert.deepEqual(await read(pieces(trailed, 333)), expected);
    const piped = wav.slice();
    new DataView(piped.buffer).setUint32(40, 0xffffffff, true);
    assert.deepEqual(await read(pieces(piped, 333)), expected);
  });

  it("says of a WAV file how much did not come of what its header counts", async () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    // Three tenths of a second, of which the last did not come.
    const wav = buildWav(new Uint8Array(3 * 3200)).slice(0, -3200);
    assert.equal((await read(pieces(wav, 500), { onWarning })).length, 3200);
    const message = "The audio stream was cut off: of the 0.3 s of its header 0.1 did not come";
    assert.deepEqual(warnings, [message]);
    await read(pieces(wav, 500), { onWarning, signal: AbortSignal.abort() });
    await read(pieces(buildWav(pcm), 500), { onWarning });
    // What programs write into a pipe.
    for (const size of [0, 0x7ffff000, 0xffffffff]) {
      new DataView(wav.buffer).setUint32(40, size, true);
      assert.equal((await read(pieces(wav, 500), { onWarning })).length, 3200);
    }
    assert.deepEqual(warnings, [message]);
  });

  it("refuses what holds no sound, unless it is said to be raw samples", async () => {
    const readme = new TextEncoder().encode("# Sotto\n\nOpenAI's Whisper for Deno and Bun.\n");
    const picture = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46]);
    for (const [bytes, what] of [[readme, "text"], [picture, "a JPEG image"]] as const) {
      await assert.rejects(() => read(pieces(bytes, 7)), {
        name: "AudioDecodeError",
        message:
          `Cannot decode the audio stream: it looks like ${what}, not audio; if it is raw samples, say so with ` +
          "the format option",
      });
      assert.equal((await read(pieces(bytes, 7), { format: "s16le" })).length, bytes.length >> 1);
    }
  });

  it("hears MP3 that begins with its first frame, as very quiet samples may", async () => {
    const mp3 = new Uint8Array(readFileSync(fixture("audio/formats/mono-16000.mp3")));
    const bare = mp3.slice(mp3.findIndex((byte, i) => byte === 0xff && mp3[i + 1] >= 0xe2));
    const decoded = [...await decodeAudio(bare)];
    assert.ok(decoded.length > 16000);
    assert.deepEqual(await read(pieces(bare, 4096)), decoded);
  });

  it("hears a file of another format when it has come", async () => {
    const flac = readFileSync(fixture("audio/formats/mono-16000.flac"));
    const samples = await read(pieces(new Uint8Array(flac), 4096));
    assert.deepEqual(samples, [...await decodeAudio(new Uint8Array(flac))]);
  });

  it("takes for raw samples what begins like no file, and what is said to be some", async () => {
    assert.deepEqual(await read(pieces(pcm, 77)), expected);
    const quiet = new Uint8Array(Int16Array.from({ length: 600 }, () => -1).buffer);
    assert.deepEqual(await read(pieces(quiet, 77)), new Array(600).fill(-1 / 32768));
    // The first two bytes of UTF-16, and of MP3.
    for (const first of [-2, -257, -1025]) {
      const begun = new Uint8Array(
        Int16Array.from({ length: 600 }, (_, i) => i === 0 ? first : i % 5 - 2).buffer,
      );
      assert.equal((await read(pieces(begun, 77))).length, 600, `${first}`);
    }
    const wav = buildWav(pcm);
    assert.equal((await read(pieces(wav, 500), { format: "s16le" })).length, wav.length / 2);
  });

  it("takes samples as they are", async () => {
    async function* samples() {
      yield await Promise.resolve(Float32Array.of(0.5, 0.25));
      yield Float32Array.of(1);
    }
    assert.deepEqual(await read(samples()), [0.5, 0.25, 1]);
  });

  it("hears nothing of nothing", async () => {
    assert.deepEqual(await read(pieces(new Uint8Array(0), 1)), []);
    assert.deepEqual(await read(pieces(Uint8Array.of(1), 1)), []);
  });
});
