/** Times the parts of the library in this process, round after round, and prints them as one line of JSON. */
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import process from "node:process";
import { loadModel } from "../../../mod.ts";
import * as internals from "../internals.ts";
import type { PartsTask, PartTimes } from "../parts.ts";
import { stepTimes } from "../steps.ts";
import { checkpointPath } from "../systems.ts";

const WINDOWS = [1, 2, 4, 8, 16];
const BEAMS = 5;
const STEPS = 20;
const HIGH_RATE = 44100;
const HIGH_RATE_SECONDS = 30;

const task: PartsTask = JSON.parse(process.argv[2]);
const times = new Map<string, { unit: string; values: number[] }>();

function note(name: string, value: number, unit = "ms"): void {
  const part = times.get(name) ?? { unit, values: [] };
  part.values.push(value);
  times.set(name, part);
}

async function took(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The most that a timer of 5 ms is late while `work` runs. */
async function lateness(work: () => Promise<unknown>): Promise<number> {
  const INTERVAL = 5;
  let last = performance.now(), late = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    late = Math.max(late, now - last - INTERVAL);
    last = now;
  }, INTERVAL);
  await work();
  clearInterval(timer);
  return late;
}

/** Milliseconds that the thread of JavaScript was on a core, where the kernel tells it (Linux). */
function threadTime(): number | undefined {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return undefined;
  }
}

async function hash(path: string): Promise<void> {
  await using handle = await open(path);
  const hash = internals.createSha256();
  for await (const block of internals.readBlocks(handle)) hash.update(block);
}

/** A WAV file of noise, 16 bits, stereo, at a rate that must be resampled. */
function noise(): Uint8Array {
  const frames = HIGH_RATE * HIGH_RATE_SECONDS;
  const bytes = new Uint8Array(44 + frames * 4);
  const view = new DataView(bytes.buffer);
  const write = (offset: number, text: string) => bytes.set(new TextEncoder().encode(text), offset);
  write(0, "RIFF"), view.setUint32(4, bytes.length - 8, true), write(8, "WAVEfmt ");
  view.setUint32(16, 16, true), view.setUint16(20, 1, true), view.setUint16(22, 2, true);
  view.setUint32(24, HIGH_RATE, true), view.setUint32(28, HIGH_RATE * 4, true);
  view.setUint16(32, 4, true), view.setUint16(34, 16, true);
  write(36, "data"), view.setUint32(40, frames * 4, true);
  const samples = new Int16Array(bytes.buffer, 44);
  let state = 1;
  for (let i = 0; i < samples.length; i++) {
    samples[i] = (state = Math.imul(state, 1664525) + 1013904223) >> 18;
  }
  return bytes;
}

/** Steps of several windows at once, each an inference of its own; what shares a run is the library's business. */
async function windowSteps(
  model: Awaited<ReturnType<typeof internals.modelBehind>>,
  features: internals.AudioFeatures,
  count: number,
) {
  using stack = new DisposableStack();
  const inferences = Array.from({ length: count }, () => stack.use(model.startInference(features)));
  const next = (from?: number) =>
    Promise.all(inferences.map((inference) => inference.step([{ window: 0, from, tokens: [0] }])));
  await next();
  return await took(async () => {
    for (let step = 0; step < STEPS; step++) await next(0);
  }) / STEPS;
}

async function beamSteps(
  model: Awaited<ReturnType<typeof internals.modelBehind>>,
  features: internals.AudioFeatures,
) {
  using inference = model.startInference(features);
  await inference.step([{ window: 0, tokens: [0] }]);
  await inference.step(Array(BEAMS).fill({ window: 0, from: 0, tokens: [0] }));
  const beams = Array.from({ length: BEAMS }, (_, from) => ({ window: 0, from, tokens: [0] }));
  return await took(async () => {
    for (let step = 0; step < STEPS; step++) await inference.step(beams);
  }) / STEPS;
}

async function main(): Promise<void> {
  const options = { device: "cpu", threads: task.threads } as const;
  using model = await loadModel(task.model, options);
  const behind = await internals.modelBehind(model);
  const samples = await internals.decodeAudio(task.audio);
  const window = await internals.firstWindow(model, samples);
  using features = await model.embedAudio(window);
  const decoding = { language: "en", temperature: 0 };
  const folder = await mkdtemp(join(tmpdir(), "sotto-bench-"));
  const high = join(folder, "noise.wav");
  await writeFile(high, noise());
  try {
    for (let round = 0; round < task.rounds; round++) {
      note("hash the checkpoint", await took(() => hash(checkpointPath(task.model))));
      note("load", await took(async () => (await loadModel(task.model, options))[Symbol.dispose]()));
      note("decode the audio (16 kHz WAV)", await took(() => internals.decodeAudio(task.audio)));
      note(
        `decode and resample ${HIGH_RATE_SECONDS} s (44.1 kHz stereo WAV)`,
        await took(() => internals.decodeAudio(high)),
      );
      note("mel of the audio", await took(() => internals.mel(samples, model.dims.nMels)));
      note("encode a window", await took(async () => (await model.embedAudio(window))[Symbol.dispose]()));
      for (const count of WINDOWS) {
        note(
          `decoder step, ${count} window${count > 1 ? "s" : ""}`,
          await windowSteps(behind, features, count),
        );
      }
      note(`decoder step, ${BEAMS} beams of a window`, await beamSteps(behind, features));
      const before = threadTime();
      const runs = await internals.watchRuns(() => model.decode(features, decoding));
      const after = threadTime();
      const { steps, total, javascript } = stepTimes(runs);
      note("decode a window: a step", total / steps);
      note("picking a token (JavaScript's part of a step)", javascript / steps);
      note("JavaScript's share of the steps", 100 * javascript / total, "%");
      if (before !== undefined && after !== undefined) {
        note("JavaScript's thread on a core, a step", (after - before) / (steps + 1));
      }
      let plain = 0;
      note(
        "a timer of 5 ms is late by",
        await lateness(async () => {
          plain = await took(() => model.transcribe(task.audio, decoding));
        }),
      );
      note("transcribe", plain);
      const words = await took(() => model.transcribe(task.audio, { ...decoding, wordTimestamps: true }));
      note("word alignment (transcribe with words, less without)", words - plain);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const parts: PartTimes = Object.fromEntries(times);
  console.log(JSON.stringify({ parts }));
}

await main();
