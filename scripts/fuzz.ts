#!/usr/bin/env -S deno run --allow-read
/**
 * Throws damaged files at the parsers of untrusted bytes, and checks that each is read or refused in time, in
 * little memory, and by the one class of error that the parser promises:
 *
 *     scripts/fuzz.ts [--cases 200000] [--seed 1] [--parser zip|pickle|legacy|trainer|safetensors|json|wav|FILE] [--case N]
 *
 * A case is a right file with fields, opcodes or tokens changed, which gets it past the first check; it is a
 * function of the seed and its number. `--case` runs one alone and prints what became of it. Prints a line a
 * parser, and exits with 1 after a finding.
 */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { decodeAudio } from "../lib/audio/decode.ts";
import { openAudioInput } from "../lib/audio/source.ts";
import { readWavHeader } from "../lib/audio/wav.ts";
import { AudioDecodeError } from "../lib/errors.ts";
import { buildWav } from "../tests/lib/audio/wav_builder.ts";
import { checkpointTargets, type Target } from "./fuzz_checkpoints.ts";
import { mutateBytes, Random } from "./fuzz_mutations.ts";

const MAX_MILLISECONDS = 1000;
const MAX_BYTES = 256 * 2 ** 20;

type Bytes = Uint8Array<ArrayBuffer>;

function wavTarget(): Target {
  const make = (random: Random): Bytes => {
    const channelMask = random.chance(0.3) ? Number(random.interesting(3n) & 0xffffffffn) : undefined;
    const bytes = buildWav(random.bytes(random.integer(2000)), {
      sampleRate: random.chance(0.5)
        ? random.pick([8000, 16000, 44100, 48000])
        : 1000 + random.integer(1_535_000),
      channels: random.chance(0.7) ? 1 + random.integer(8) : random.integer(65536),
      bits: random.pick([8, 12, 16, 24, 32, 64, random.integer(65536)]),
      formatTag: random.pick([1, 1, 3, 3, 6, 7, random.integer(65536)]),
      blockAlign: random.integer(65536),
      dataSize: random.chance(0.5) ? undefined : Number(random.interesting(2000n) & 0xffffffffn),
      channelMask,
    });
    return random.chance(0.5) ? bytes : mutateBytes(bytes, random);
  };
  const run = async (bytes: Bytes): Promise<void> => {
    // Other audio goes to a program of its own.
    if (String.fromCharCode(...bytes.subarray(0, 4)) !== "RIFF") throw new AudioDecodeError("not a WAV file");
    const { encoding, frameCount, frameSize } = await readWavHeader(await openAudioInput(bytes));
    if (frameCount * frameSize > bytes.length) {
      throw new Error(`${frameCount} frames are more than there are`);
    }
    if (encoding === undefined) return;
    const samples = await decodeAudio(bytes);
    if (!samples.every((sample) => Math.abs(sample) <= 1)) throw new Error("a sample is beyond full scale");
  };
  return { name: "wav", refusal: AudioDecodeError, make, run };
}

/** What became of a case. */
interface Outcome {
  /** What is wrong with that, if something is. */
  readonly fault?: unknown;
  readonly refused: boolean;
  readonly ms: number;
}

async function judge(target: Target, bytes: Bytes): Promise<Outcome> {
  const start = performance.now();
  try {
    await target.run(bytes);
    return { refused: false, ms: performance.now() - start };
  } catch (error) {
    const refused = error instanceof target.refusal;
    return { fault: refused ? undefined : error, refused, ms: performance.now() - start };
  }
}

/** Runs a case. One that is slow runs again: a busy machine may have paused it, but a hang repeats itself. */
async function runCase(target: Target, bytes: Bytes): Promise<Outcome> {
  let outcome = await judge(target, bytes);
  if (outcome.ms > MAX_MILLISECONDS) outcome = await judge(target, bytes);
  const isSlow = outcome.fault === undefined && outcome.ms > MAX_MILLISECONDS;
  return isSlow ? { ...outcome, fault: new Error(`took ${outcome.ms.toFixed()} ms`) } : outcome;
}

/** Runs all cases of a parser and prints a line. */
async function fuzz(target: Target, cases: number, seed: number): Promise<number> {
  const before = process.memoryUsage().rss;
  let [findings, refused, slowest, peak] = [0, 0, 0, before];
  for (let number = 0; number < cases; number++) {
    const outcome = await runCase(target, target.make(new Random(seed, number)));
    if (outcome.refused) refused++;
    slowest = Math.max(slowest, outcome.ms);
    if (outcome.ms > 20 || number % 256 === 0) peak = Math.max(peak, process.memoryUsage().rss);
    if (outcome.fault === undefined) continue;
    findings++;
    console.log(`${target.name} case ${number} of seed ${seed}: ${outcome.fault}`);
  }
  const megabytes = Math.round((peak - before) / 2 ** 20);
  console.log(
    `${target.name}: ${cases} cases, ${
      cases - refused - findings
    } read, ${refused} refused, ${findings} findings, ` +
      `slowest ${slowest.toFixed(1)} ms, ${megabytes} MB more at the peak`,
  );
  return peak - before > MAX_BYTES ? findings + 1 : findings;
}

/** Files of every format that is decoded, with bytes flipped, runs of them overwritten, and their ends cut off. */
function formatTargets(): Target[] {
  const folder = new URL("../tests/fixtures/audio/formats/", import.meta.url);
  return readdirSync(folder).map((name) => {
    const whole = new Uint8Array(readFileSync(new URL(name, folder)));
    return {
      name,
      refusal: AudioDecodeError,
      make(random) {
        const bytes = random.chance(0.25) ? whole.slice(0, random.integer(whole.length)) : whole.slice();
        for (let changes = 1 + random.integer(12); changes > 0 && bytes.length > 0; changes--) {
          const at = random.integer(random.chance(0.7) ? Math.min(1500, bytes.length) : bytes.length);
          const length = random.chance(0.7) ? 1 : 1 + random.integer(8);
          bytes.fill(
            random.chance(0.5) ? random.integer(256) : random.pick([0, 1, 127, 128, 255]),
            at,
            at + length,
          );
        }
        return bytes;
      },
      run: (bytes) => decodeAudio(bytes, { ffmpeg: "no-such-ffmpeg" }),
    };
  });
}

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    parser: { type: "string" },
    case: { type: "string" },
  },
});
const targets = [...await checkpointTargets(), wavTarget(), ...formatTargets()];
let findings = 0;
for (const target of targets.filter(({ name }) => values.parser === undefined || name === values.parser)) {
  if (values.case === undefined) {
    findings += await fuzz(target, Number(values.cases), Number(values.seed));
  } else {
    const bytes = target.make(new Random(Number(values.seed), Number(values.case)));
    console.log(target.name, bytes.length, "bytes", await runCase(target, bytes));
  }
}
process.exitCode = findings > 0 ? 1 : 0;
