/** Several signals as one, and waiting no longer than a signal allows. */

/** Gives a signal that is aborted as soon as one of those is that there are. */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}

/**
 * Waits for work that may not heed a signal. When that is aborted the work goes on, and nobody waits for it.
 *
 * @throws the signal's reason when it is aborted before the work is done.
 */
export async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  try {
    return await Promise.race([aborted.promise, work]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
