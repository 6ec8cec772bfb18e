/** WAV files as the programs that people record and convert with write them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { decodeAudio } from "../../../lib/audio/decode.ts";
import { describe, fixture, itNeeds, program, shared } from "../../harness.ts";

/** Runs a program that writes a WAV file to its standard output, which it cannot seek in. */
function written(command: string, ...args: string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    execFileSync(command, args, { maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] }),
  );
}

const SECONDS = 2;
const source = fixture("sense.wav");
const expected = decodeAudio(source).then((samples) => samples.slice(0, SECONDS * 16000));

/** Asserts that a file holds the first seconds of the fixture, each value this near. */
async function holdsTheFixture(file: Uint8Array<ArrayBuffer>, tolerance = 0): Promise<void> {
  const samples = await decodeAudio(file);
  const wanted = await expected;
  assert.equal(samples.length, wanted.length);
  const worst = samples.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
  assert(worst <= tolerance, `off by ${worst}`);
}

/** A step of a logarithmic code, where it is coarsest: an eighth of half of full scale. */
const G711_STEP = 1 / 32;

describe("WAV files by ffmpeg", () => {
  const { missing } = program("ffmpeg");
  const ffmpeg = (...options: string[]) => {
    const input = ["-v", "error", "-nostdin", "-t", String(SECONDS), "-i", source];
    return written("ffmpeg", ...input, ...options, "-f", "wav", "pipe:1");
  };

  for (
    const [codec, tolerance] of [
      ["pcm_u8", 1 / 128],
      ["pcm_s16le", 0],
      ["pcm_s24le", 0],
      ["pcm_s32le", 0],
      ["pcm_f32le", 0],
      ["pcm_f64le", 0],
      ["pcm_alaw", G711_STEP],
      ["pcm_mulaw", G711_STEP],
    ] as const
  ) {
    itNeeds(missing, `hold the fixture as ${codec}`, () => holdsTheFixture(ffmpeg("-c:a", codec), tolerance));
  }

  itNeeds(missing, "hold it as Wave64", async () => {
    const input = ["-v", "error", "-nostdin", "-t", String(SECONDS), "-i", source];
    await holdsTheFixture(written("ffmpeg", ...input, "-f", "w64", "pipe:1"));
  });

  itNeeds(missing, "hold it as RF64, in a broadcast file, and with eight channels", async () => {
    await holdsTheFixture(ffmpeg("-rf64", "always"));
    await holdsTheFixture(ffmpeg("-write_bext", "1", "-metadata", "description=odd"));
    const eight = Array.from({ length: 8 }, (_, channel) => `c${channel}=c0`).join("|");
    await holdsTheFixture(ffmpeg("-af", `pan=7.1|${eight}`, "-c:a", "pcm_s24le"), 1e-6);
  });
});

describe("WAV files by SoX", () => {
  const { missing } = program("sox");
  const sox = (...options: string[]) =>
    written("sox", "-D", source, "-t", "wav", ...options, "-", "trim", "0", String(SECONDS));

  for (
    const [options, tolerance] of [
      ["-b 8", 1 / 128],
      ["-b 16", 0],
      ["-b 24", 0],
      ["-b 32", 0],
      ["-e float -b 32", 0],
      ["-e float -b 64", 0],
      ["-e a-law", G711_STEP],
      ["-e u-law", G711_STEP],
      ["-B -b 16", 0],
      ["-B -b 24", 0],
      ["-B -b 32", 0],
      ["-B -e float -b 32", 0],
    ] as const
  ) {
    itNeeds(
      missing,
      `hold the fixture as ${options}`,
      () => holdsTheFixture(sox(...options.split(" ")), tolerance),
    );
  }
});

describe("WAV files of the developers' folder", () => {
  for (const name of ["rifx.wav", "s24align4.wav"]) {
    const { path, missing } = shared(`cases/${name}`);
    const { path: plain } = shared("audio/sense-0880.wav");
    itNeeds(missing, `${name} holds what the plain file does`, async () => {
      assert.deepEqual(await decodeAudio(path), await decodeAudio(new Uint8Array(readFileSync(plain))));
    });
  }
});
