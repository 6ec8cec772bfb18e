/**
 * What is asked of the decoder, as a state machine: it yields a step, is sent its logits, and returns a result in the
 * end. It knows no model and waits for nothing, so that whoever drives it may gather the steps of many into one run.
 */
import type { AudioFeatures, EncoderDecoder, Inference, PickRow, StepRow } from "../model/types.ts";
import { PickedLogits, type TokenLogits, WholeLogits } from "./token_logits.ts";

/** The rows of a step: whole logits are wanted of all of them, or tokens are picked from all. */
export type DecoderStep = readonly StepRow[] | readonly PickRow[];

/** A task of the decoder: the rows of a step out, their logits in, one for every position wanted. */
export type DecoderSteps<Result> = Generator<DecoderStep, Result, readonly TokenLogits[]>;

/** Runs one task over one model, step after step. */
export async function runSteps<Result>(
  steps: DecoderSteps<Result>,
  model: EncoderDecoder,
  features: AudioFeatures,
  signal?: AbortSignal,
): Promise<Result> {
  const { eot } = model.family.specialTokens;
  using inference = model.startInference(features);
  let step = steps.next();
  while (!step.done) {
    signal?.throwIfAborted();
    step = steps.next(await runStep(step.value, inference, { eot, signal }));
  }
  return step.value;
}

async function runStep(
  rows: DecoderStep,
  inference: Inference,
  { eot, signal }: { eot: number; signal?: AbortSignal },
): Promise<readonly TokenLogits[]> {
  if (!isPicking(rows)) return (await inference.step(rows, { signal })).map((row) => new WholeLogits(row));
  return (await inference.pick(rows, { signal })).map((picks) => new PickedLogits(picks, eot));
}

function isPicking(rows: DecoderStep): rows is readonly PickRow[] {
  return "picks" in rows[0];
}
