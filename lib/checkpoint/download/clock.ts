/**
 * The waiting and the chance of the download, in one value that tests replace.
 */

/** How long things wait, in milliseconds, and how. */
export interface Clock {
  /** Waits; rejects with the signal's reason when that fires first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** A number from 0 to 1, 1 excluded. */
  random(): number;
  /** Between two signs of life of a lock's owner. */
  readonly beat: number;
  /** After how long without a sign of life a lock is taken over. */
  readonly stale: number;
  /** Between two looks at a lock that somebody else holds. */
  readonly poll: number;
}

/** The clock of real downloads. */
export const REAL_CLOCK: Clock = { sleep, random: Math.random, beat: 1_000, stale: 10_000, poll: 200 };

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    }
  });
}
