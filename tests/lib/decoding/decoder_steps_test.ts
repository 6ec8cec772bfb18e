import assert from "node:assert/strict";
import { decodingSteps } from "../../../lib/decoding/decoding_task.ts";
import { type DecoderSteps, runSteps } from "../../../lib/decoding/decoder_steps.ts";
import { languageSteps } from "../../../lib/decoding/detect_language.ts";
import { decodingSettings } from "../../../lib/decoding/options.ts";
import { seededRandom } from "../../../lib/decoding/random.ts";
import { PickedLogits, type TokenLogits, WholeLogits } from "../../../lib/decoding/token_logits.ts";
import type { PickRow, StepRow } from "../../../lib/model/types.ts";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { describe, it } from "../../harness.ts";
import { MULTILINGUAL, MULTILINGUAL_VOCABULARY } from "../model/families.ts";
import { FakeModel, sparse } from "./fake_model.ts";
import { madeUpLogits } from "./made_up_logits.ts";
import { pickTokens } from "./pick_tokens.ts";

const tokenizer = await loadTokenizer(MULTILINGUAL);
const SETTINGS = [{}, { beamSize: 3 }, { temperature: 0.7, bestOf: 2 }].map(decodingSettings);

function modelOf(window: number): FakeModel {
  const script = (tokens: readonly number[], window: number) =>
    madeUpLogits(tokens, window, MULTILINGUAL_VOCABULARY);
  return new FakeModel({ nVocab: MULTILINGUAL_VOCABULARY, script, firstWindow: window });
}

/** A task of each kind; `window` is the one its rows name. */
function tasks(window: (task: number) => number): DecoderSteps<unknown>[] {
  const model = modelOf(0);
  return [
    ...SETTINGS.map((settings, i) =>
      decodingSteps(model, tokenizer, settings, { window: window(i), random: seededRandom(7) })
    ),
    languageSteps(tokenizer, window(SETTINGS.length)),
  ];
}

/** Runs tasks together: one step holds the rows that all of them wait for. Gives the results and the steps' sizes. */
function runTogether(tasks: readonly DecoderSteps<unknown>[]): { results: unknown[]; sizes: number[] } {
  const results: unknown[] = [];
  const sizes: number[] = [];
  const rowsOf = new Map<number, (readonly number[])[]>();
  let waiting = tasks.map((task, i) => ({ task, i, step: task.next() }));
  while (waiting.length > 0) {
    sizes.push(waiting.reduce((sum, { step }) => sum + (step.value as readonly StepRow[]).length, 0));
    for (const { task, i, step } of waiting) {
      const before = rowsOf.get(i) ?? [];
      const rows = step.value as readonly StepRow[];
      const logits = rows.flatMap(({ window, from, tokens, positions = [tokens.length - 1], ...rest }) => {
        const past = from === undefined ? [] : before[from];
        const { picks } = rest as Partial<PickRow>;
        return positions.map((position, i): TokenLogits => {
          const sofar = [...past, ...tokens.slice(0, position + 1)];
          const row = madeUpLogits(sofar, window, MULTILINGUAL_VOCABULARY);
          const { eot } = tokenizer;
          return picks ? new PickedLogits(pickTokens(row, picks[i], eot), eot) : new WholeLogits(row);
        });
      });
      rowsOf.set(i, rows.map(({ from, tokens }) => [...from === undefined ? [] : before[from], ...tokens]));
      waiting[waiting.findIndex((other) => other.i === i)] = { task, i, step: task.next(logits) };
    }
    for (const { i, step } of waiting) if (step.done) results[i] = step.value;
    waiting = waiting.filter(({ step }) => !step.done);
  }
  return { results, sizes };
}

describe("DecoderSteps", () => {
  it("gives the same whether a task runs alone or together with others", async () => {
    const alone = await Promise.all(
      tasks(() => 0).map(async (task, i) => {
        const model = modelOf(i);
        using features = await model.embedAudio(new Float32Array());
        return await runSteps(task, model, features);
      }),
    );
    const { results, sizes } = runTogether(tasks((i) => i));
    assert.deepEqual(results, alone);
    assert.equal(sizes[0], SETTINGS.length + 1, "each starts in one row");
    assert.equal(sizes[1], 1 + 3 + 2, "the language is known; one row, three beams, two candidates");
    assert.equal(sizes.at(-1)! <= 3, true, "what is done leaves");
  });

  it("asks for nothing more once its signal is aborted, and releases what it held", async () => {
    const abort = new AbortController();
    const script = () => {
      abort.abort(new Error("enough"));
      return sparse(MULTILINGUAL_VOCABULARY, {});
    };
    const model = new FakeModel({ nVocab: MULTILINGUAL_VOCABULARY, script });
    {
      using features = await model.embedAudio(new Float32Array());
      const steps = decodingSteps(model, tokenizer, SETTINGS[0], { random: Math.random });
      await assert.rejects(runSteps(steps, model, features, abort.signal), /enough/);
    }
    assert.deepEqual([model.calls.length, model.alive], [1, 0]);
  });
});
