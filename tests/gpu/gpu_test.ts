/**
 * What a machine with a device for CUDA proves: `deno task test:gpu`. It takes some minutes, the embedded tiny.en and no
 * network; where there is no device that can be used, every test says why and is skipped. With
 * `SOTTO_TEST_FASTER_WHISPER`, the folder of tiny.en as faster-whisper reads it, and faster-whisper in `python3`, speeds
 * are compared.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { obstacleOf, placeOf } from "../../ffi/execution_provider.ts";
import { openLibrary } from "../../ffi/library.ts";
import { probeCuda } from "../../ffi/providers/cuda/probe.ts";
import { tryDevice } from "../../lib/loading/try_device.ts";
import { decodeAudio, loadModel, type LoadModelOptions, type WhisperModel } from "../../mod.ts";
import { describe, fixture, itNeeds } from "../harness.ts";
import { buildWav } from "../lib/audio/wav_builder.ts";

const MEBIBYTE = 2 ** 20;
const library = await openLibrary({ device: "cuda" });
const noDevice = await obstacle();

/** Why nothing can run on a device here. */
async function obstacle(): Promise<string | undefined> {
  const place = placeOf("cuda");
  const found = obstacleOf(library, place);
  if (found !== undefined) return found.reason;
  return await tryDevice(library, place).then(() => undefined, ({ message }) => message);
}

const model = fixture("tiny.en.pt");
const load = (options: LoadModelOptions = {}) => loadModel(model, { device: "cuda", ...options });
const samples = await decodeAudio(fixture("sense.wav"));

/** The recording of 27 s so many times. */
function repeated(times: number): Float32Array {
  const long = new Float32Array(times * samples.length);
  for (let i = 0; i < times; i++) long.set(samples, i * samples.length);
  return long;
}

async function tokensOf(model: WhisperModel, audio: Float32Array, options = {}): Promise<number[][]> {
  const { segments } = await model.transcribe(audio, { temperature: 0, ...options });
  return segments.map(({ tokens }) => [...tokens]);
}

function freeMemory(): number {
  return probeCuda(library.ffi, { freeMemory: true }).devices[0].freeMemory!;
}

/** The least of three times, in seconds. */
async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    await work();
    least = Math.min(least, (performance.now() - start) / 1000);
  }
  return least;
}

describe("a model on CUDA", () => {
  itNeeds(
    noDevice,
    "is in float16 without being asked, and hears what the CPU hears in float32",
    async () => {
      using device = await load(), cpu = await loadModel(model, { device: "cpu" });
      assert.deepEqual([device.device, device.precision], ["cuda", "float16"]);
      assert.deepEqual(device.deviceReport, ["CUDA is used"]);
      assert.deepEqual(await tokensOf(device, samples), await tokensOf(cpu, samples));
      const beams = { beamSize: 5 };
      assert.deepEqual(await tokensOf(device, samples, beams), await tokensOf(cpu, samples, beams));
    },
  );

  itNeeds(noDevice, "hears the same in float32, with the same times of words", async () => {
    using device = await load({ precision: "float32" }), cpu = await loadModel(model, { device: "cpu" });
    const options = { temperature: 0, wordTimestamps: true } as const;
    const wordsOf = async (model: WhisperModel) =>
      (await model.transcribe(samples, options)).segments.flatMap(({ words }) => words!);
    const actual = await wordsOf(device), expected = await wordsOf(cpu);
    assert.deepEqual(actual.map(({ word }) => word), expected.map(({ word }) => word));
    for (const [i, { start }] of actual.entries()) assert.ok(Math.abs(start - expected[i].start) <= 0.06);
  });

  itNeeds(noDevice, "is what auto takes", async () => {
    using device = await loadModel(model);
    assert.equal(device.device, "cuda");
  });

  itNeeds(noDevice, "gives recordings that run together what each gets alone", async () => {
    using device = await load();
    const alone = await tokensOf(device, samples);
    const together = await Promise.all(Array.from({ length: 8 }, () => tokensOf(device, samples)));
    for (const tokens of together) assert.deepEqual(tokens, alone);
    const options = { batchSize: 8, conditionOnPreviousText: false };
    const windows = await tokensOf(device, repeated(8), options);
    assert.ok(windows.flat().length > 7 * alone.flat().length);
  });

  itNeeds(noDevice, "takes the memory it is allowed, and gives it back", async () => {
    // The context of the device stays with the process.
    (await load())[Symbol.dispose]();
    const before = freeMemory();
    {
      using device = await load({ cuda: { memoryLimit: 1024 * MEBIBYTE } });
      await tokensOf(device, samples);
      const taken = before - freeMemory();
      assert.ok(taken < 1024 * MEBIBYTE, `${Math.round(taken / MEBIBYTE)} MiB are taken`);
    }
    const kept = before - freeMemory();
    assert.ok(kept < 64 * MEBIBYTE, `${Math.round(kept / MEBIBYTE)} MiB are kept`);
    await assert.rejects(load({ cuda: { memoryLimit: MEBIBYTE } }), { name: "DeviceError" });
  });

  itNeeds(noDevice, "leaves nothing behind of what it has heard", async () => {
    using device = await load();
    const hear = async (times: number) => {
      for (let i = 0; i < times; i++) await tokensOf(device, samples, { beamSize: i % 3 + 1 });
      return { device: freeMemory(), host: process.memoryUsage().rss };
    };
    const before = await hear(6), after = await hear(24);
    const lost = { device: before.device - after.device, host: after.host - before.host };
    assert.ok(
      lost.device < 32 * MEBIBYTE,
      `${Math.round(lost.device / MEBIBYTE)} MiB of the device are lost`,
    );
    assert.ok(lost.host < 64 * MEBIBYTE, `${Math.round(lost.host / MEBIBYTE)} MiB are lost`);
  });

  itNeeds(noDevice, "is faster than the CPU", async () => {
    using device = await load(), cpu = await loadModel(model, { device: "cpu" });
    await tokensOf(device, samples);
    const fast = await secondsOf(() => tokensOf(device, samples));
    const slow = await secondsOf(() => tokensOf(cpu, samples));
    assert.ok(fast < slow, `${fast.toFixed(2)} s on the device, ${slow.toFixed(2)} s on the CPU`);
  });
});

describe("a model on CUDA beside faster-whisper in float16", () => {
  itNeeds(noDevice ?? noFasterWhisper(), "is as fast, alone and in batches", async () => {
    const wav = join(mkdtempSync(join(tmpdir(), "sotto-gpu-")), "long.wav");
    const long = repeated(8);
    writeFileSync(wav, buildWav(new Uint8Array(Int16Array.from(long, (value) => 32767 * value).buffer)));
    const theirs = JSON.parse(execFileSync("python3", ["-c", FASTER_WHISPER, wav], { encoding: "utf8" }));
    using device = await load();
    const options = { language: "en" as const };
    await tokensOf(device, samples, options);
    const alone = await secondsOf(() => tokensOf(device, long, options));
    const batch = { ...options, batchSize: 8, conditionOnPreviousText: false };
    const batched = await secondsOf(() => tokensOf(device, long, batch));
    const text =
      `alone ${alone.toFixed(2)} s and ${theirs.alone.toFixed(2)} s, batched ${batched.toFixed(2)} s and ` +
      `${theirs.batched.toFixed(2)} s`;
    assert.ok(alone <= theirs.alone && batched <= theirs.batched, text);
  });
});

function noFasterWhisper(): string | undefined {
  if (!process.env.SOTTO_TEST_FASTER_WHISPER) {
    return "SOTTO_TEST_FASTER_WHISPER names no model of faster-whisper's";
  }
  try {
    execFileSync("python3", ["-c", "import faster_whisper"], { stdio: "ignore" });
  } catch {
    return "faster-whisper is not installed";
  }
}

/** Prints the least of three times, alone and in batches, in seconds. */
const FASTER_WHISPER = `
import json, os, sys, time
import faster_whisper
model = faster_whisper.WhisperModel(
    os.environ["SOTTO_TEST_FASTER_WHISPER"], device="cuda", compute_type="float16", local_files_only=True)
batched = faster_whisper.BatchedInferencePipeline(model)
def seconds(pipeline, **options):
    least = float("inf")
    for _ in range(4):
        start = time.perf_counter()
        segments, _info = pipeline.transcribe(sys.argv[1], language="en", beam_size=1, temperature=0, **options)
        list(segments)
        least = min(least, time.perf_counter() - start)
    return least
print(json.dumps({"alone": seconds(model), "batched": seconds(batched, batch_size=8)}))
`;
