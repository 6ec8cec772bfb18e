/**
 * Transcription by many machines: jobs in a queue on Redis or Valkey, and workers that do them. The queue is BullMQ's,
 * which survives the loss of any worker and a restart of Redis. Redis carries references to recordings, never sound.
 *
 * @example A worker
 * ```ts ignore
 * import { createWorker } from "jsr:@sotto/whisper/queue";
 *
 * await using worker = createWorker({ redis: "redis://queue:6379", models: ["base"], soundFolder: "/sound" });
 * await worker.ready;
 * ```
 *
 * @example A job
 * ```ts ignore
 * import { folderSoundOf, openQueue } from "jsr:@sotto/whisper/queue";
 *
 * await using queue = await openQueue({ redis: "redis://queue:6379" });
 * const job = await queue.enqueue(await folderSoundOf("/sound", "/sound/talk.mp3"), { transcribe: { language: "en" } });
 * const { text } = await job.result();
 * ```
 *
 * @module
 */
import type { EnqueueOptions, QueueOptions } from "./queue/queue_options.ts";
import type { SoundReference } from "./queue/job.ts";
import { TranscriptionQueue } from "./queue/transcription_queue.ts";
import { type QueueWorker, Worker } from "./queue/work/queue_worker.ts";
import { type WorkerOptions, workerSettings } from "./queue/work/worker_options.ts";

export { JobFailedError, QueueConnectionError, type RedisTrouble } from "./queue/errors.ts";
export type {
  FolderSound,
  JobOptions,
  JobProgress,
  JobResult,
  JobWebhook,
  S3Sound,
  SoundReference,
  UrlSound,
} from "./queue/job.ts";
export type { FollowOptions } from "./queue/jobs/follow.ts";
export { folderSoundOf } from "./queue/sound/folder_sound.ts";
export { SoundError, type SoundTrouble } from "./queue/sound/sound_error.ts";
export type { S3Credentials, S3Options, SoundOptions } from "./queue/sound/sound_options.ts";
export type { AddressOptions } from "./queue/address/address_rules.ts";
export type { JobState } from "./queue/redis/bullmq.ts";
export { type QueueModules, useQueueModules } from "./queue/redis/queue_packages.ts";
export type { QueuedJob, TranscriptionQueue } from "./queue/transcription_queue.ts";
export type { FailedJob } from "./queue/jobs/failed_jobs.ts";
export type { QueueFigures } from "./queue/jobs/queue_figures.ts";
export {
  type VerifiedWebhook,
  verifyWebhook,
  type VerifyWebhookOptions,
  WebhookVerificationError,
} from "./queue/webhook/verify_webhook.ts";
export type { WebhookSecrets } from "./queue/work/webhook_deliveries.ts";
export type { WorkerLogEntry } from "./queue/work/worker_options.ts";
export type { ModelSource, ServableModel } from "./http/work/served_models.ts";
export type { EnqueueOptions, QueueOptions, QueueWorker, WorkerOptions };

/**
 * Makes a worker, which takes jobs as soon as Redis is reached and its first model is loaded. The permissions are those
 * of `loadModel` and `transcribe`, and `--allow-net` for Redis.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function createWorker(options: WorkerOptions): QueueWorker {
  return new Worker(workerSettings(options), async (source, load) => {
    const { loadModel } = await import("../mod.ts");
    return await loadModel(source, load);
  });
}

/**
 * Opens a queue, to send jobs, to follow them and to look after them. Requires `--allow-net` permission.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 * @throws {QueueConnectionError} when Redis is not reached in time, or refuses.
 */
export function openQueue(options: QueueOptions = {}): Promise<TranscriptionQueue> {
  return TranscriptionQueue.open(options);
}

/** What sending one job may be told. */
export interface SendOptions extends QueueOptions, EnqueueOptions {}

/**
 * Sends one job over a connection of its own, and does not wait for its end.
 *
 * @returns Its key, by which `openQueue()` finds it: `queue.job(key).result()`.
 * @throws as `openQueue` and `enqueue` of a queue do.
 */
export async function enqueue(audio: SoundReference, options: SendOptions = {}): Promise<string> {
  const { redis, queue, connectTimeout, signal, ...how } = options;
  await using open = await openQueue({ redis, queue, connectTimeout, signal });
  const { id } = await open.enqueue(audio, how);
  return id;
}
