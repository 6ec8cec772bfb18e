/** Tasks of one model that run together: each must get what it gets alone. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLibrary } from "../../../../ffi/library.ts";
import { OrtError } from "../../../../ffi/errors/ort_error.ts";
import { openCheckpoint } from "../../../../lib/checkpoint/open_checkpoint.ts";
import { mapFiles } from "../../../../lib/loading/external_data.ts";
import type { AudioFeatures, Inference, StepRow } from "../../../../lib/model/types.ts";
import { Whisper } from "../../../../lib/model/whisper.ts";
import { describe, it, nativeCalls, withCalls } from "../../../balance.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "../micro_checkpoint.ts";

const { dims, ...layout } = MICRO_LAYOUTS.english;
const path = join(mkdtempSync(join(tmpdir(), "sotto-")), "micro.pt");
writeFileSync(path, microCheckpoint({ ...layout, dims: { ...dims, nAudioCtx: 40 } }));
const library = await openLibrary();
await using opened = await openCheckpoint(path);
const { source, options } = await mapFiles(library, opened);

async function openModel(): Promise<Whisper> {
  return await Whisper.create(library, source, { provider: "cpu", ...options });
}

/** A window of something like a spectrogram, another for each seed. */
async function encode(model: Whisper, seed: number, frames = 80): Promise<AudioFeatures> {
  const mel = Float32Array.from({ length: dims.nMels * frames }, (_, i) => Math.sin(i / (90 + seed)));
  return await model.embedAudio(mel, { frames });
}

/** A task by its steps, each a list of the rows that its rows continue and their new tokens. */
type Steps = readonly (readonly (readonly [from: number | undefined, tokens: readonly number[]])[])[];

/** Greedy ones of unequal length, beams that change places, candidates that end. */
const TASKS: readonly Steps[] = [
  [[[undefined, [50257, 50362, 11]]], [[0, [12]]], [[0, [13]]], [[0, [14]]], [[0, [15]]]],
  [[[undefined, [50257, 7]]], [[0, [8]], [0, [9]]], [[1, [3]], [0, [4]]], [[1, [5]], [1, [6]]]],
  [[[undefined, [50257]]], [[0, [21]]], [[0, [22]]]],
  [[[undefined, Array(30).fill(100)]], [[0, [1]], [0, [2]], [0, [3]]], [[0, [4]], [2, [5]]], [[1, [6]]]],
  [[[undefined, [50257, 50362, 400]]], [[0, [401, 402]]], [[0, [403]], [undefined, [404]]]],
];

/** Runs a task; the answers of every step. */
async function run(inference: Inference, steps: Steps, signal?: AbortSignal): Promise<number[][]> {
  const answers: number[][] = [];
  for (const step of steps) {
    const rows = step.map(([from, tokens]): StepRow => ({ window: 0, from, tokens }));
    answers.push((await inference.step(rows, { signal })).flatMap((row) => [...row]));
  }
  return answers;
}

function assertClose(actual: readonly number[][], expected: readonly number[][]): void {
  assert.deepEqual(actual.map(({ length }) => length), expected.map(({ length }) => length));
  let worst = 0;
  for (const [i, step] of expected.entries()) {
    for (let j = 0; j < step.length; j++) worst = Math.max(worst, Math.abs(actual[i][j] - step[j]));
  }
  assert.ok(worst < 1e-5, `differs by ${worst}`);
}

/** The tasks, each over a window of its own, one after the other. */
async function alone(model: Whisper): Promise<number[][][]> {
  const answers: number[][][] = [];
  for (const [seed, steps] of TASKS.entries()) {
    using features = await encode(model, seed);
    using inference = model.startInference(features);
    answers.push(await run(inference, steps));
  }
  return answers;
}

/** The tasks at once, each with what becomes of it. */
async function together(
  model: Whisper,
  { rounds = 1, signals = [] }: { rounds?: number; signals?: readonly (AbortSignal | undefined)[] } = {},
): Promise<PromiseSettledResult<number[][]>[]> {
  return await Promise.allSettled(
    Array.from({ length: rounds * TASKS.length }, async (_, i) => {
      using features = await encode(model, i % TASKS.length);
      using inference = model.startInference(features);
      return await run(inference, TASKS[i % TASKS.length], signals[i]);
    }),
  );
}

using reference = await openModel();
const EXPECTED = await alone(reference);

function assertAll(results: readonly PromiseSettledResult<number[][]>[]): void {
  for (const [i, result] of results.entries()) {
    if (result.status === "rejected") throw result.reason;
    assertClose(result.value, EXPECTED[i % EXPECTED.length]);
  }
}

describe("tasks that run together", () => {
  it("get what each gets alone, whatever the others do", async () => {
    using model = await openModel();
    assertAll(await together(model));
    assertAll(await together(model, { rounds: 3 }));
  });

  it("share a run for a step of each", async () => {
    using model = await openModel();
    using made = new DisposableStack();
    const inferences: Inference[] = [];
    for (const seed of [0, 1, 2, 3]) {
      const features = made.use(await encode(model, seed));
      inferences.push(made.use(model.startInference(features)));
    }
    const before = nativeCalls("RunWithBinding");
    const step = (from: number | undefined, ...tokens: number[]) =>
      Promise.all(inferences.map((inference) => inference.step([{ window: 0, from, tokens }])));
    await step(undefined, 50257, 50362);
    for (const token of [1, 2, 3]) await step(0, token);
    assert.equal(nativeCalls("RunWithBinding") - before, 4);
  });

  it("give back what their prompts were worked out in, and keep it for the steps after them", async () => {
    using model = await openModel();
    using features = await encode(model, 0);
    using inference = model.startInference(features);
    const asked = async (from: number | undefined, ...tokens: number[]) => {
      const before = nativeCalls("AddRunConfigEntry");
      await inference.step([{ window: 0, from, tokens }]);
      return nativeCalls("AddRunConfigEntry") - before;
    };
    assert.deepEqual([await asked(undefined, 50257, 50362), await asked(0, 11), await asked(0, 12)], [
      1,
      0,
      0,
    ]);
  });

  it("hear windows of several lengths", async () => {
    using model = await openModel();
    const decode = async (seed: number) => {
      using features = await encode(model, seed, seed % 2 === 0 ? 80 : 40);
      using inference = model.startInference(features);
      return await run(inference, TASKS[0]);
    };
    const seeds = [0, 1, 2, 3];
    const apart: number[][][] = [];
    for (const seed of seeds) apart.push(await decode(seed));
    const all = await Promise.all(seeds.map(decode));
    for (const seed of seeds) assertClose(all[seed], apart[seed]);
  });

  it("keep their answers until their next step, whatever others run meanwhile", async () => {
    using model = await openModel();
    using features = await encode(model, 0);
    using first = model.startInference(features);
    using second = model.startInference(features);
    const [logits] = await first.step([{ window: 0, tokens: [50257, 11] }]);
    const kept = logits.slice();
    await second.step([{ window: 0, tokens: [50257, 12] }]);
    assert.deepEqual(logits, kept);
  });

  it("do not suffer from one that is aborted in the middle of a run, or while it waits", async () => {
    using model = await openModel();
    for (const waiting of [false, true]) {
      const controllers = TASKS.map(() => new AbortController());
      let runs = 0;
      const results = await withCalls({
        RunWithBinding: async (call) => {
          // After the encoder's runs.
          if (++runs === TASKS.length + 2) {
            if (waiting) await Promise.resolve();
            controllers[3].abort(new Error("enough"));
          }
          return await call();
        },
      }, () => together(model, { signals: controllers.map(({ signal }) => signal) }));
      const [aborted] = results.splice(3, 1, { status: "fulfilled", value: EXPECTED[3] });
      assert.equal(aborted.status, "rejected");
      assert.match(String((aborted as PromiseRejectedResult).reason), /enough/);
      assertAll(results);
    }
  });

  it("do not suffer from one whose runs fail", async () => {
    using model = await openModel();
    let runs = 0;
    // A run that fails for all, and then one that fails for one alone.
    const failing = new Set([TASKS.length + 2, TASKS.length + 3]);
    const results = await withCalls({
      RunWithBinding: (call) => {
        if (failing.has(++runs)) throw new OrtError("made to fail", { code: "FAIL", api: "RunWithBinding" });
        return call();
      },
    }, () => together(model));
    const failed = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    assert.deepEqual(failed.map(({ reason }) => reason.constructor), [OrtError]);
    for (const [i, result] of results.entries()) {
      if (result.status === "fulfilled") assertClose(result.value, EXPECTED[i]);
    }
  });

  it("let one leave in the middle of a run", async () => {
    using model = await openModel();
    using features = await encode(model, 0), others = await encode(model, 2);
    using stays = model.startInference(features);
    const leaves = model.startInference(others);
    const rows = [{ window: 0, tokens: [50257] }];
    const staying = stays.step(rows);
    const leaving = leaves.step(rows);
    const leftOut = assert.rejects(leaving, TypeError);
    await Promise.resolve().then(() => leaves[Symbol.dispose]());
    await leftOut;
    await staying;
    assertClose((await run(stays, TASKS[0])).slice(1), EXPECTED[0].slice(1));
    await assert.rejects(leaves.step(rows), TypeError);
  });
});
