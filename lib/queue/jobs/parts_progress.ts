/** How far a recording is whose parts are done at the same time. */
import type { JobProgress, RecordingPlan } from "../job.ts";

/** Adds up what is told of parts. Their segments are not told: those of a later part may come first. */
export class PartsProgress {
  readonly #plan: RecordingPlan;
  readonly #loaded: number[];

  constructor(plan: RecordingPlan) {
    this.#plan = plan;
    this.#loaded = plan.windows.map(() => 0);
  }

  /**
   * Takes how far a part is. It never goes back: what a worker tells of a window may come after the end of the part.
   *
   * @param loaded Seconds behind, from the start of the part; without it, all of it is done.
   */
  take(index: number, loaded = Infinity): JobProgress {
    const { windows, duration, language } = this.#plan;
    const { start, end } = windows[index];
    this.#loaded[index] = Math.max(this.#loaded[index], Math.min(loaded, end - start));
    const sum = this.#loaded.reduce((sum, seconds) => sum + seconds, 0);
    return {
      loaded: Math.min(sum, duration),
      total: duration,
      ...(language && { language }),
      segments: [],
      attempt: 1,
    };
  }
}
