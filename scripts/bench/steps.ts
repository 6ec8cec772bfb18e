/**
 * What of a transcription's decoder steps is native, and what is JavaScript's. Seen from outside, so what JavaScript does
 * to start a native run and to take its end counts as native; the time of JavaScript's thread on a core, which the parts
 * tell beside it, has that too.
 */
import type { Run } from "./internals.ts";

/** Milliseconds of the decoder's steps of a transcription. */
export interface StepTimes {
  readonly steps: number;
  /** From the end of the first run of the decoder, which takes the prompt, to the end of its last. */
  readonly total: number;
  /** Of `total`, what went by while no run was under way. */
  readonly javascript: number;
}

/**
 * Takes the steps out of the native runs of a transcription of one window: those of the session that ran most often,
 * after its first.
 *
 * @throws {RangeError} when the decoder made no step.
 */
export function stepTimes(runs: readonly Run[]): StepTimes {
  const bySession = [...Map.groupBy(runs, ({ session }) => session).values()];
  const decoder = bySession.toSorted((a, b) => b.length - a.length)[0] ?? [];
  const [first, ...steps] = decoder;
  if (steps.length === 0) throw new RangeError("Cannot time the steps: the decoder made none");
  const last = steps[steps.length - 1];
  const busy = runs.filter(({ start }) => start >= first.end && start < last.end)
    .reduce((sum, { start, end }) => sum + Math.min(end, last.end) - start, 0);
  const total = last.end - first.end;
  return { steps: steps.length, total, javascript: total - busy };
}
