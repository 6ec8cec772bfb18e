/**
 * What is asked of the decoder, as a state machine: it yields a step, is sent the logits, and returns a result in the
 * end. It knows no model and waits for nothing, so that whoever drives it may gather the steps of many into one run.
 */
import type { AudioFeatures, EncoderDecoder, StepRow } from "../model/types.ts";

/** A task of the decoder: the rows of a step out, their logits in, as `Inference.step` takes and gives them. */
export type DecoderSteps<Result> = Generator<readonly StepRow[], Result, readonly Float32Array[]>;

/** Runs one task over one model, step after step. */
export async function runSteps<Result>(
  steps: DecoderSteps<Result>,
  model: EncoderDecoder,
  features: AudioFeatures,
  signal?: AbortSignal,
): Promise<Result> {
  using inference = model.startInference(features);
  let step = steps.next();
  while (!step.done) {
    signal?.throwIfAborted();
    step = steps.next(await inference.step(step.value, { signal }));
  }
  return step.value;
}
