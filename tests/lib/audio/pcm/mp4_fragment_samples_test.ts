import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import type { DecodeAudioOptions } from "../../../../lib/audio/recording/open_recording.ts";
import { ofBytes } from "../../../../lib/audio/input/audio_input.ts";
import { readMp4Samples } from "../../../../lib/audio/pcm/mp4_samples.ts";
import { describe, fixture, it, itNeeds, program } from "../../../harness.ts";
import { box, numbers } from "../wasm/mp4_builder.ts";
import { bytes, concat } from "../wav_builder.ts";
import { readDamaged } from "./damaged.ts";
import { fragmented, type Part, SAMPLE_RATE } from "./film_builder.ts";

describe("samples in the fragments of a film", () => {
  const wide = (...values: number[]) =>
    concat(...values.map((value) => numbers(value * 2 ** 31).slice(0, 3)));
  const entry = { codec: "in24" };
  const fromFragment = () => numbers(0x20000, 1);

  /** One sample of as many bytes as there are. */
  function alone(data: Uint8Array, start?: number): Part {
    return { head: fromFragment, run: (at) => numbers(0x201, 1, at, data.length), data, start };
  }

  const read = async (file: Uint8Array<ArrayBuffer>, options: DecodeAudioOptions = {}) => [
    ...await decodeAudio(file, { ffmpeg: "no-such-ffmpeg", ...options }),
  ];

  it("are read as their codec stores them", async () => {
    const parts = [[alone(wide(0.5, -0.25))], [alone(wide(0.125))]];
    assert.deepEqual(await read(fragmented([entry], parts)), [0.5, -0.25, 0.125]);
    const integers = { codec: "ipcm", bits: 32, boxes: box("pcmC", numbers(0), bytes(0, 24)) };
    assert.deepEqual(await read(fragmented([integers], parts)), [0.5, -0.25, 0.125]);
    const floating = { codec: "fpcm", bits: 64, boxes: box("pcmC", numbers(0), bytes(0, 64)) };
    const double = new DataView(new ArrayBuffer(8));
    double.setFloat64(0, -0.375);
    const file = fragmented([floating], [[alone(new Uint8Array(double.buffer))]]);
    assert.deepEqual(await read(file), [-0.375]);
  });

  it("are found wherever a fragment counts from, and of whatever size it says they are", async () => {
    const data = wide(0.5, 0.25), other = wide(-0.5);
    // By the file.
    const [{ length }] = [fragmented([entry], [])];
    const byFile = {
      head: (at: number) => numbers(0x13, 1, 0, length + at, 1, 3),
      run: () => numbers(0, 2),
      data,
    };
    assert.deepEqual(await read(fragmented([entry], [[byFile]])), [0.5, 0.25]);
    // By the fragment, of the size that the movie says; those of the next track lie behind them.
    const first = { head: () => numbers(0, 1), run: (at: number) => numbers(1, 2, at), data };
    const second = { head: () => numbers(0, 2), run: () => numbers(0, 1), data: other };
    const two = fragmented([entry, entry], [[first, second]], { size: 3 });
    assert.deepEqual(await read(two), [0.5, 0.25]);
    assert.deepEqual(await read(two, { audioTrack: 1 }), [-0.5]);
    // Each by itself, with its duration and its flags.
    const each = (at: number) => numbers(0x705, 2, at, 9, 1, 3, 9, 1, 3, 9);
    assert.deepEqual(await read(fragmented([entry], [[{ head: fromFragment, run: each, data }]])), [
      0.5,
      0.25,
    ]);
  });

  it("are heard as far as they are there, and what lacks between them is told", async () => {
    const second = wide(...Array(SAMPLE_RATE).fill(0.5));
    const parts = [alone(second, 0), alone(second, 3 * SAMPLE_RATE)];
    const whole = fragmented([entry], parts.map((part) => [part]), { duration: SAMPLE_RATE });
    const heard = async (file: Uint8Array<ArrayBuffer>) => {
      const warnings: string[] = [];
      const samples = await read(file, { onWarning: (message) => warnings.push(message) });
      return [samples.length, ...warnings];
    };
    const says = "the audio bytes is damaged,";
    assert.deepEqual(await heard(whole), [
      2 * SAMPLE_RATE,
      `${says} 2.0 of the 4.0 s of its header cannot be read`,
    ]);
    assert.deepEqual(await heard(whole.slice(0, whole.length - 3 * SAMPLE_RATE / 2)), [
      1.5 * SAMPLE_RATE,
      `${says} 2.5 of the 4.0 s of its header cannot be read`,
    ]);
  });

  it("are left to ffmpeg, and not taken for others, where they are no whole frames or lie elsewhere", async () => {
    const data = wide(0.5);
    const broken = [
      alone(data.slice(0, 2)),
      { head: fromFragment, run: () => numbers(0x201, 1, -5000, 3), data },
      { head: fromFragment, run: () => numbers(0x201, 1, 9_000_000, 3), data },
    ];
    for (const part of broken) {
      const file = fragmented([entry], [[part]]);
      await assert.rejects(read(file), {
        name: "AudioDecodeError",
        message:
          /it looks like an MP4 file, but its samples are stored in a way that is not read here, or are not there; it might be read by the program "no-such-ffmpeg"/,
      });
    }
  });

  it("end for any damage", async () => {
    const whole = fragmented([entry], [[alone(wide(0.5, -0.25), 0)], [alone(wide(0.125), 2)]]);
    await readDamaged(whole, async (file) => {
      const found = await readMp4Samples(ofBytes(file, "a film"));
      if (found === undefined) return;
      const { dataOffset, frameCount, frameSize } = found.samples;
      assert(dataOffset + frameCount * frameSize <= found.sound.size && found.sound.size <= file.length);
    });
  });
});

describe("films in fragments by ffmpeg", () => {
  const { missing } = program("ffmpeg");
  const source = fixture("sense.wav");
  for (
    const codec of ["pcm_s16be", "pcm_s24be", "pcm_s32be", "pcm_f32be", "pcm_f64be", "pcm_s24le", "pcm_s8"]
  ) {
    itNeeds(missing, `hold the fixture as ${codec}`, async () => {
      const how = ["-c:a", codec, "-movflags", "frag_keyframe+empty_moov", "-frag_duration", "300000"];
      const args = ["-v", "error", "-nostdin", "-t", "2", "-i", source, ...how, "-f", "mov", "pipe:1"];
      const film = new Uint8Array(execFileSync("ffmpeg", args, { maxBuffer: 1 << 24 }));
      const [samples, wanted] = await Promise.all([film, source].map((file) => decodeAudio(file)));
      assert.equal(samples.length, 2 * SAMPLE_RATE);
      const tolerance = codec === "pcm_s8" ? 1 / 128 : 1e-6;
      const worst = samples.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
      assert(worst <= tolerance, `off by ${worst}`);
    });
  }
});
