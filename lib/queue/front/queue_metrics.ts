/** The figures of a queue, as Prometheus reads them. */
import { Counter, gauge } from "../../http/operation/metrics.ts";
import type { QueueFigures } from "../jobs/queue_figures.ts";

/**
 * Spells them.
 *
 * @param figures Nothing while Redis does not answer.
 */
export function spellQueueFigures(figures: QueueFigures | undefined): string {
  const isUp = gauge("sotto_queue_up", "Whether Redis answers.", [[{}, figures === undefined ? 0 : 1]]);
  if (figures === undefined) return isUp;
  const { counts, oldestWait, workers, done, failed, audioSeconds } = figures;
  const states = Object.entries(counts).map(([state, count]) => [{ state }, count] as const);
  return [
    isUp,
    gauge("sotto_queue_jobs", "Jobs in the queue by their state.", states),
    gauge("sotto_queue_oldest_wait_seconds", "Seconds that the oldest job that waits has waited.", [
      [{}, oldestWait],
    ]),
    gauge("sotto_queue_workers", "Workers that are connected.", [[{}, workers]]),
    total("sotto_queue_jobs_done_total", "Jobs done, parts of recordings among them.", done),
    total("sotto_queue_jobs_failed_total", "Jobs failed for good.", failed),
    total("sotto_queue_audio_seconds_total", "Seconds of audio transcribed by all workers.", audioSeconds),
  ].join("");
}

function total(name: string, help: string, value: number): string {
  const counter = new Counter(name, help);
  counter.add({}, value);
  return counter.toString();
}
