/** The segments of a job as they are told, each once and in order, and its result. */
import type { Segment, TranscribeProgress } from "../../../mod.ts";
import type { JobProgress, JobResult } from "../job.ts";
import type { QueuedJob } from "../transcription_queue.ts";

/** Who watches a job. */
export interface JobWatcher {
  /** Stops watching. The job goes on. */
  readonly signal: AbortSignal;
  /** Told after each window. */
  readonly onProgress: (progress: TranscribeProgress) => void;
}

/**
 * Yields the segments, and returns the result. A job whose worker was lost is begun anew and tells its segments again:
 * those that were given are passed over. What is told out of order, or not at all, is given from the result.
 *
 * @throws {JobFailedError} when the job fails for good.
 * @throws the signal's reason when it is aborted.
 */
export async function* segmentsOf(
  job: Pick<QueuedJob, "result">,
  { signal, onProgress }: JobWatcher,
): AsyncGenerator<Segment, JobResult, undefined> {
  const arrived: Segment[] = [];
  /** The number of the next segment. */
  let next = 0;
  let outcome: { result: JobResult } | { error: unknown } | undefined;
  let news = Promise.withResolvers<void>();
  const tell = () => news.resolve();
  const take = ({ loaded, total, segments }: JobProgress) => {
    for (const segment of segments) {
      if (segment.id !== next) continue;
      arrived.push(segment);
      next++;
    }
    onProgress({ loaded, total });
    tell();
  };
  signal.addEventListener("abort", tell);
  job.result({ signal, onProgress: take })
    .then((result) => void (outcome = { result }), (error) => void (outcome = { error }))
    .finally(tell);
  try {
    for (;;) {
      while (arrived.length > 0) yield arrived.shift()!;
      signal.throwIfAborted();
      if (outcome !== undefined) break;
      await news.promise;
      news = Promise.withResolvers();
    }
    if ("error" in outcome) throw outcome.error;
    const { result } = outcome;
    yield* result.segments.slice(next);
    return result;
  } finally {
    signal.removeEventListener("abort", tell);
  }
}
