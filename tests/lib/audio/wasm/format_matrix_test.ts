/** Every format at every sample rate and number of channels that people have, made by ffmpeg. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { describe, fixture, itNeeds, program } from "../../../harness.ts";

const { missing } = program("ffmpeg");
const SECONDS = 2;
const RATES = [8000, 11025, 16000, 22050, 44100, 48000];

/** The ending, ffmpeg's options, the channels it can have, and the milliseconds it is longer, if that cannot be told. */
const FORMATS: readonly {
  readonly ending: string;
  readonly options: string;
  readonly channels: readonly number[];
  readonly longer?: (rate: number) => number;
}[] = [
  { ending: "wav", options: "-c:a pcm_s16le", channels: [1, 2, 6] },
  { ending: "aiff", options: "-c:a pcm_s24be", channels: [1, 2, 6] },
  { ending: "caf", options: "-c:a pcm_s16le", channels: [1, 2, 6] },
  { ending: "mp3", options: "-c:a libmp3lame", channels: [1, 2] },
  { ending: "flac", options: "-c:a flac", channels: [1, 2, 6] },
  { ending: "ogg", options: "-c:a libvorbis", channels: [1, 2, 6] },
  { ending: "opus", options: "-c:a libopus", channels: [1, 2, 6] },
  { ending: "webm", options: "-c:a libopus", channels: [1, 2, 6] },
  { ending: "mkv", options: "-c:a flac", channels: [1, 2, 6], longer: (rate) => 4608 / rate * 1000 },
  { ending: "m4a", options: "-c:a aac", channels: [1, 2] },
  { ending: "mp4", options: "-c:a alac", channels: [1, 2, 6] },
  { ending: "aac", options: "-c:a aac", channels: [1, 2], longer: (rate) => 2 * 1024 / rate * 1000 },
];

/** How alike two sounds are, from -1 to 1, at the best of these lags. */
function likeness(sound: Float32Array, other: Float32Array, lags: readonly number[]): number {
  return Math.max(...lags.map((lag) => {
    let product = 0, power = 0, otherPower = 0;
    for (let i = 4000; i < 28000; i++) {
      const value = other[i + lag] ?? 0;
      product += sound[i] * value;
      power += sound[i] * sound[i];
      otherPower += value * value;
    }
    return product / Math.sqrt(power * otherPower);
  }));
}

describe("decodeAudio() of every format, sample rate and number of channels", () => {
  const source = decodeAudio(fixture("sense.wav")).then((samples) => samples.slice(0, SECONDS * 16000));

  for (const { ending, options, channels, longer } of FORMATS) {
    itNeeds(missing, `hears what was put into ${ending} with ${channels.join(", ")} channels`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "sotto-test-"));
      try {
        const files = RATES.flatMap((rate) =>
          channels.map((count) => ({ rate, count, path: join(folder, `${rate}-${count}.${ending}`) }))
        );
        const outputs = files.flatMap(({ rate, count, path }) => [
          ...["-t", String(SECONDS), ...options.split(" "), "-strict", "-2"],
          ...[
            "-ar",
            String(ending === "opus" || ending === "webm" ? 48000 : rate),
            "-ac",
            String(count),
            path,
          ],
        ]);
        execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-i", fixture("sense.wav"), ...outputs]);
        for (const { rate, count, path } of files) {
          const name = `${ending}, ${rate} Hz, ${count} channels`;
          const onWarning = (message: string) => assert.fail(`${name}: ${message}`);
          const samples = await decodeAudio(path, { ffmpeg: "no-such-ffmpeg", onWarning });
          const excess = (samples.length / 16000 - SECONDS) * 1000;
          assert(
            Math.abs(excess) <= 20 || (excess > 0 && excess <= (longer?.(rate) ?? 0)),
            `${name}: ${excess} ms`,
          );
          const lags = ending === "aac" ? [0, Math.round(1024 * 16000 / rate)] : [0];
          const alike = likeness(await source, samples, lags);
          assert(alike > (rate < 16000 ? 0.9 : 0.97), `${name}: correlation ${alike}`);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
