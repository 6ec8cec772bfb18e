/**
 * A long recording as a job whose parts are jobs of their own, done by whoever is free. The job plans them, makes room for
 * others while they are done, and is taken up again to merge what they gave.
 */
import type { AudioSource } from "../../../mod.ts";
import type { LazySpeechModel } from "../../vad/lazy_speech_model.ts";
import { JobRefusedError } from "../errors.ts";
import { readFailure } from "../failure.ts";
import type { JobData, JobResult, PartResult, RecordingPlan } from "../job.ts";
import { checkJob } from "../jobs/check_job.ts";
import { dropParts } from "../jobs/drop_parts.ts";
import { partId, partOf } from "../jobs/part_id.ts";
import { mergeParts } from "../parts/merge_parts.ts";
import { surveyRecording } from "../parts/part_audio.ts";
import { partOptions, whyNotInParts } from "../parts/part_options.ts";
import { planParts } from "../parts/plan_parts.ts";
import type { BullJob, BullQueue } from "../redis/bullmq.ts";
import type { QueuePackages } from "../redis/queue_packages.ts";
import { openSound } from "../sound/open_sound.ts";
import { doJob, type JobTools, type JobWatch, modelFor } from "./do_job.ts";

/** What doing jobs in parts needs beside what jobs need. */
export interface PartsTools extends JobTools {
  /** Tells speech from the rest. */
  readonly speechModel: Pick<LazySpeechModel, "detect">;
  /** Where the parts are put. */
  readonly queue: BullQueue;
  readonly packages: QueuePackages;
  /** Stops a part that is at work. */
  readonly cancel: (id: string) => Promise<void>;
  /** Whether a job was cancelled. */
  readonly isCancelled: (id: string) => Promise<boolean>;
}

/** Whether a job is one that may be done in parts. */
export function isForParts({ partSeconds, part, options }: JobData): boolean {
  return partSeconds !== undefined && part === undefined && whyNotInParts(options) === undefined;
}

/**
 * Does a job in parts: the first time it plans them, and when they are done it merges them. A recording that makes but one
 * part is done as it is.
 *
 * @throws WaitingChildrenError of BullMQ while the parts are not done.
 * @throws {JobFailedError} when one of them has failed: the failure of that part.
 */
export async function doInParts(
  job: BullJob,
  token: string,
  tools: PartsTools,
  watch: JobWatch,
): Promise<JobResult> {
  let { plan } = job.data;
  if (plan === undefined) {
    plan = await planJob(job.data, tools, watch);
    if (plan.windows.length === 1) return await doJob(job.data, tools, watch);
    // Whoever dies after this leaves a plan; all parts of it are put into the queue at once.
    await job.updateData({ ...job.data, plan });
  }
  const { isThere } = await partsOf(job, plan);
  if (!isThere) await addParts(job, plan, tools);
  watch.signal.throwIfAborted();
  if (await job.moveToWaitingChildren(token)) {
    // Who cancels it looks for parts after the mark, and this for the mark after the parts: one of them finds the other.
    if (await tools.isCancelled(job.id)) await dropParts(job, plan, tools);
    throw new tools.packages.WaitingChildrenError();
  }
  return await mergeResults(job, plan);
}

async function planJob(data: JobData, tools: PartsTools, { signal }: JobWatch): Promise<RecordingPlan> {
  checkJob(data);
  await using sound = await openSound(data.sound, tools.sound, { signal });
  const { options, partSeconds } = data;
  const { ffmpeg } = tools.transcribe;
  const channel = options.channel === "split" ? "mix" : options.channel;
  const hearing = { signal, channel, audioTrack: options.audioTrack, ...(ffmpeg && { ffmpeg }) };
  const survey = await surveyRecording(sound.audio, tools.speechModel, hearing);
  if (tools.maxDuration !== null && survey.duration > tools.maxDuration) {
    throw new JobRefusedError(
      `The recording is too long: at most ${tools.maxDuration} seconds are taken`,
      "RECORDING_TOO_LONG",
    );
  }
  await sound.assertUnchanged();
  const windows = planParts(survey.speech, survey.duration, partSeconds!);
  const language = windows.length > 1 && options.language === undefined
    ? await languageOf(sound.audio, survey.channel, data, tools, signal)
    : undefined;
  return {
    key: crypto.randomUUID().slice(0, 8),
    ...(language && { language }),
    windows,
    duration: survey.duration,
    channel: survey.channel,
  };
}

/** Detects the language once: a part may begin with what is taken for another. */
async function languageOf(
  audio: AudioSource,
  channel: "mix" | number,
  { model, options: { audioTrack } }: JobData,
  { models }: PartsTools,
  signal: AbortSignal,
): Promise<string | undefined> {
  using lease = await models.use(modelFor(model, models), signal);
  const { isMultilingual, detectLanguage } = lease.model;
  if (!isMultilingual || detectLanguage === undefined) return undefined;
  return (await detectLanguage.call(lease.model, audio, { channel, audioTrack, signal })).language;
}

async function addParts(
  { id, data, opts, queueQualifiedName }: BullJob,
  plan: RecordingPlan,
  { queue }: PartsTools,
) {
  const { version, sound, model } = data;
  await queue.addBulk(plan.windows.map((part) => ({
    name: "part",
    data: {
      version,
      sound,
      ...(model !== undefined && { model }),
      options: partOptions(data.options, plan),
      part,
    },
    opts: {
      jobId: partId(id, plan, part.index),
      parent: { id, queue: queueQualifiedName },
      continueParentOnFailure: true,
      priority: opts.priority,
      attempts: opts.attempts,
      backoff: opts.backoff,
      // What it gave, its parent has.
      removeOnComplete: true,
      removeOnFail: true,
    },
  })));
}

/** The parts of a plan: those of an earlier one, which failed, are known to Redis too. */
async function partsOf(job: BullJob, plan: RecordingPlan): Promise<{
  readonly isThere: boolean;
  readonly results: readonly PartResult[];
  readonly failures: readonly string[];
}> {
  const { processed = {}, unprocessed = [], failed = [], ignored = {} } = await job.getDependencies();
  const isOf = (key: string) => partOf(job.id, key.slice(key.lastIndexOf(":") + 1), plan) !== undefined;
  const of = <Value>(all: Readonly<Record<string, Value>>) =>
    Object.entries(all).filter(([key]) => isOf(key)).map(([, value]) => value);
  // A part gives nothing else.
  const results = of(processed) as PartResult[], failures = of(ignored);
  return {
    isThere: results.length + failures.length > 0 || [...unprocessed, ...failed].some(isOf),
    results,
    failures,
  };
}

async function mergeResults(job: BullJob, plan: RecordingPlan): Promise<JobResult> {
  const { results, failures } = await partsOf(job, plan);
  if (failures.length > 0) {
    throw failures.map((failure) => readFailure(failure, job.id)).find(({ code }) => code !== "CANCELLED") ??
      new JobRefusedError("The job was cancelled", "CANCELLED");
  }
  const parts = results.map((result) => ({ window: result.part, transcription: result }));
  const warnings = [...new Set(parts.flatMap(({ transcription }) => transcription.warnings))];
  return { ...mergeParts(parts), duration: plan.duration, warnings };
}
