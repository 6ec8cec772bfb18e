/** Every format at every sample rate and number of channels that people have, made by ffmpeg. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { describe, fixture, itNeeds, program } from "../../../harness.ts";
import { FORMATS, isRightLength, makeFormat } from "./format_matrix.ts";

const { missing } = program("ffmpeg");
const SECONDS = 2;

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

  for (const format of FORMATS) {
    const { ending, channels } = format;
    itNeeds(missing, `hears what was put into ${ending} with ${channels.join(", ")} channels`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "sotto-test-"));
      try {
        const files = makeFormat(format, { source: fixture("sense.wav"), seconds: SECONDS, folder });
        for (const { rate, count, path } of files) {
          const name = `${ending}, ${rate} Hz, ${count} channels`;
          const onWarning = (message: string) => assert.fail(`${name}: ${message}`);
          const samples = await decodeAudio(path, { ffmpeg: "no-such-ffmpeg", onWarning });
          const excess = (samples.length / 16000 - SECONDS) * 1000;
          assert(isRightLength(excess, format, rate), `${name}: ${excess} ms`);
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
