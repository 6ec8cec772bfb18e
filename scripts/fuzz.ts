#!/usr/bin/env -S deno run --allow-read
/**
 * Throws damaged files at the parsers of untrusted bytes, and checks that each is read or refused in time, in
 * little memory, and by the one class of error that the parser promises:
 *
 *     scripts/fuzz.ts [--cases 200000] [--seed 1] [--parser zip|pickle|safetensors|json|wav] [--case N]
 *
 * A case is a right file with fields, opcodes or tokens changed, which gets it past the first check; it is a
 * function of the seed and its number. `--case` runs one alone and prints what became of it. Prints a line a
 * parser, and exits with 1 after a finding.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { decodeAudio } from "../lib/audio/decode.ts";
import { openAudioInput } from "../lib/audio/source.ts";
import { readWavHeader } from "../lib/audio/wav.ts";
import { readConfig, readGenerationConfig, readShardIndex } from "../lib/checkpoint/format/hugging_face.ts";
import { parseJson } from "../lib/checkpoint/format/json.ts";
import { checkpointOf, checkpointOfTensors } from "../lib/checkpoint/format/state_dict.ts";
import { parseDataPkl } from "../lib/checkpoint/format/torch_checkpoint.ts";
import { BYTES_PER_VALUE, type Checkpoint } from "../lib/checkpoint/types.ts";
import { readZip, type ZipEntry } from "../lib/checkpoint/format/zip.ts";
import { AudioDecodeError, CheckpointFormatError } from "../lib/errors.ts";
import { buildWav } from "../tests/lib/audio/wav_builder.ts";
import {
  buildSafetensors,
  buildTorch,
  DIMS,
  huggingFaceConfig,
  huggingFaceName,
  modelTensors,
} from "../tests/lib/checkpoint/corpus/model.ts";
import { memoryReader, readSafetensorsBytes, readTorchBytes } from "../tests/lib/checkpoint/corpus/read.ts";
import { buildZip, type BuiltZip } from "../tests/lib/checkpoint/corpus/zip.ts";
import { mutateBytes, mutateFields, mutatePickle, mutateTokens, Random } from "./fuzz_mutations.ts";

const MAX_MILLISECONDS = 1000;
const MAX_BYTES = 256 * 2 ** 20;

type Bytes = Uint8Array<ArrayBuffer>;

/** A parser under test. */
interface Target {
  readonly name: string;
  /** Makes the bytes of a case. */
  readonly make: (random: Random) => Bytes;
  /** Parses them: returns, or throws `refusal`. */
  readonly run: (bytes: Bytes) => unknown;
  readonly refusal: typeof CheckpointFormatError | typeof AudioDecodeError;
}

/** Whatever is accepted must be safe to use: every value of every tensor inside the file. */
function assertInside({ tensors }: Checkpoint, size: number): void {
  for (const [name, { dtype, shape, strides, offset }] of tensors) {
    const last = shape.reduce((sum, size, i) => sum + (size - 1) * strides[i], 0);
    const end = offset + (last + 1) * BYTES_PER_VALUE[dtype];
    if (!Number.isSafeInteger(end) || offset < 0 || end > size) {
      throw new Error(`${name} ends at ${end} of ${size}`);
    }
  }
}

function zipTarget(): Target {
  const file = (name: string, bytes: number) => ({ name, data: new Uint8Array(bytes).fill(7) });
  const few = [file("a/data.pkl", 40), file("a/data/0", 100), file("a/data/1", 3), file("a/version", 2)];
  const seeds: BuiltZip[] = [
    ...([0, 12, 16, 20, 24] as const).map((descriptor) => buildZip(few, { descriptor })),
    buildZip(few, { zip64: false, comment: new Uint8Array(30) }),
    buildZip(few, { saturated: true, extra: Uint8Array.of(9, 9, 2, 0, 1, 1) }),
    buildTorch(),
  ];
  return {
    name: "zip",
    refusal: CheckpointFormatError,
    make: (random) => mutateFields(random.pick(seeds), random),
    run: async (bytes) => {
      const entries = await readZip(memoryReader(bytes), bytes.length);
      for (const { name, offset, size } of entries) {
        if (offset < 0 || offset + size > bytes.length) throw new Error(`${name} ends past the file`);
      }
      assertInside(await readTorchBytes(bytes), bytes.length);
    },
  };
}

function pickleTarget(): Target {
  const built = buildTorch();
  const storages = new Map<string, ZipEntry>();
  for (const { key } of modelTensors()) {
    const { payload, end } = built.places.get(`archive/data/${key}`)!;
    storages.set(key, { name: key, offset: payload, size: end - payload });
  }
  const { payload, end } = built.places.get("archive/data.pkl")!;
  const seed = built.bytes.slice(payload, end);
  return {
    name: "pickle",
    refusal: CheckpointFormatError,
    make: (random) => mutatePickle(seed, random),
    run: (bytes) => {
      const { dims, tensors } = parseDataPkl(bytes, storages, 0);
      const size = built.bytes.length;
      assertInside(dims ? checkpointOf(tensors, dims) : checkpointOfTensors(tensors), size);
    },
  };
}

function safetensorsTarget(): Target {
  const seeds = [buildSafetensors(), buildSafetensors({ rename: huggingFaceName, dtype: "float32" })];
  const make = (random: Random): Bytes => {
    const seed = random.pick(seeds);
    const length = Number(new DataView(seed.buffer).getBigUint64(0, true));
    const text = new TextDecoder().decode(seed.subarray(8, 8 + length));
    const header = new TextEncoder().encode(mutateTokens(text, random));
    const bytes = new Uint8Array(8 + header.length + seed.length - 8 - length);
    const said = random.chance(0.9) ? BigInt(header.length) : random.interesting(BigInt(header.length));
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, said), true);
    bytes.set(header, 8);
    bytes.set(seed.subarray(8 + length), 8 + header.length);
    return random.chance(0.9) ? bytes : mutateBytes(bytes, random);
  };
  const run = async (bytes: Bytes): Promise<void> =>
    assertInside(await readSafetensorsBytes(bytes), bytes.length);
  return { name: "safetensors", refusal: CheckpointFormatError, make, run };
}

function jsonTarget(): Target {
  const generation = {
    alignment_heads: [[0, 0], [1, 0]],
    suppress_tokens: [1, 2],
    begin_suppress_tokens: null,
  };
  const map = Object.fromEntries(
    ["a", "b", "c"].map((name, i) => [name, `model-0000${i + 1}-of-00003.safetensors`]),
  );
  const seeds = [huggingFaceConfig(), generation, { metadata: { total_size: 9 }, weight_map: map }];
  return {
    name: "json",
    refusal: CheckpointFormatError,
    make: (random) => {
      const bytes = new TextEncoder().encode(mutateTokens(JSON.stringify(random.pick(seeds)), random));
      return random.chance(0.9) ? bytes : mutateBytes(bytes, random);
    },
    run: (bytes) => {
      const json = parseJson(bytes, "a fuzzed file");
      const keys = json instanceof Map ? json : new Map();
      if (keys.has("weight_map")) {
        for (const file of readShardIndex(json).values()) {
          if (/[/\\]|^\./.test(file)) throw new Error(`the index leads to ${file}`);
        }
      } else if (keys.has("alignment_heads")) {
        readGenerationConfig(json, DIMS);
      } else {
        readConfig(json);
      }
    },
  };
}

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

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    parser: { type: "string" },
    case: { type: "string" },
  },
});
const targets = [zipTarget(), pickleTarget(), safetensorsTarget(), jsonTarget(), wavTarget()];
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
