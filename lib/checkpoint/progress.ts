/**
 * Progress of a load: how many bytes are done, how fast it goes and how long it will take.
 */

/** What `onProgress` is told. */
export interface LoadProgress {
  /**
   * What is being done: hashing a file that is there, downloading one, making a prepared model, or building the model.
   */
  readonly phase: "verify" | "download" | "prepare" | "load";
  /** Bytes done; a resumed download begins with the bytes it already has. */
  readonly loaded: number;
  /** Bytes in all, where that is known: a server need not say it. */
  readonly total?: number;
  /** Bytes a second, averaged over the last few seconds. */
  readonly rate?: number;
  /** Seconds left at this rate. */
  readonly eta?: number;
}

/** Milliseconds between two reports. */
const INTERVAL = 100;

/** Seconds the rate is averaged over: short enough to follow a network, long enough to be read. */
const SMOOTHING = 3;

/** Turns byte counts into at most ten reports a second, with rate and time left. */
export class ProgressMeter {
  readonly #phase: LoadProgress["phase"];
  readonly #report: ((progress: LoadProgress) => void) | undefined;
  readonly #now: () => number;
  #total: number | undefined;
  #loaded: number;
  #time: number;
  #rate: number | undefined;

  /**
   * Reports the beginning.
   *
   * @param report What to call, if anything.
   * @param start The bytes that are done already, the bytes in all, and a clock in milliseconds.
   */
  constructor(
    phase: LoadProgress["phase"],
    report: ((progress: LoadProgress) => void) | undefined,
    start: { loaded?: number; total?: number; now?: () => number } = {},
  ) {
    this.#phase = phase;
    this.#report = report;
    this.#now = start.now ?? (() => performance.now());
    this.#total = start.total;
    this.#loaded = start.loaded ?? 0;
    this.#time = this.#now();
    this.#emit();
  }

  /** Takes note of the bytes done so far, and reports them if the last report is old enough. */
  update(loaded: number, total: number | undefined = this.#total): void {
    this.#total = total;
    const elapsed = this.#now() - this.#time;
    if (elapsed < INTERVAL) return;
    const rate = (loaded - this.#loaded) / (elapsed / 1000);
    const weight = 1 - Math.exp(-elapsed / 1000 / SMOOTHING);
    this.#rate = this.#rate === undefined ? rate : this.#rate + (rate - this.#rate) * weight;
    this.#time += elapsed;
    this.#loaded = loaded;
    this.#emit();
  }

  /** Reports the end. */
  finish(loaded: number): void {
    this.#loaded = loaded;
    this.#emit();
  }

  #emit(): void {
    const { phase, loaded, total, rate } = {
      phase: this.#phase,
      loaded: this.#loaded,
      total: this.#total,
      rate: this.#rate,
    };
    const eta = total !== undefined && rate !== undefined && rate > 0
      ? Math.max(0, total - loaded) / rate
      : undefined;
    this.#report?.({
      phase,
      loaded,
      ...(total !== undefined && { total }),
      ...(rate !== undefined && { rate }),
      ...(eta !== undefined && { eta }),
    });
  }
}
