/** What a job must be: before it is sent, and once more by the worker, for anybody may write to Redis. */
import type { TranscribeOptions } from "../../../mod.ts";
import { wrongArgument } from "../../errors.ts";
import { checkOptions, COUNT, type OptionRule, SHA256, TEXT } from "../../options/check_options.ts";
import { transcribeSettings } from "../../transcription/transcribe_settings.ts";
import { JobRefusedError } from "../errors.ts";
import { JOB_VERSION, type JobData, type JobOptions } from "../job.ts";
import { ENQUEUE_RULES, type EnqueueOptions } from "../queue_options.ts";

/** Options of `transcribe` that no job has: functions, and what goes on in one process. */
const NOT_IN_JOBS: Readonly<Record<Exclude<keyof TranscribeOptions, keyof JobOptions>, true>> = {
  signal: true,
  resume: true,
  onProgress: true,
  onLanguage: true,
  onSegment: true,
  onSilences: true,
  onWindow: true,
  onState: true,
  onWarning: true,
};

/** Options that would let a job run a program on a worker. */
const WORKERS_OWN = ["ffmpeg"];

const KEY: OptionRule = ["text that is not empty", (value) => TEXT[1](value) && value !== ""];

/** What a reference of each kind has. */
const REFERENCES: Readonly<Record<string, Readonly<Record<string, OptionRule>>>> = {
  folder: { kind: KEY, path: KEY, sha256: SHA256 },
  url: { kind: KEY, url: KEY, sha256: SHA256 },
  s3: { kind: KEY, bucket: KEY, key: KEY, sha256: SHA256 },
};

/**
 * Checks how a job is to be done, and how its recording is to be transcribed.
 *
 * @returns The options without those that are `undefined`.
 * @throws {TypeError | RangeError} when one is unknown, wrong, or cannot travel.
 */
export function checkEnqueueOptions(options: EnqueueOptions): Partial<EnqueueOptions> {
  const given = checkOptions("enqueue", options, ENQUEUE_RULES);
  checkJobOptions(given.transcribe ?? {});
  return given;
}

/**
 * Checks the options of a job.
 *
 * @throws {TypeError | RangeError} when one is unknown, wrong, or cannot travel.
 */
export function checkJobOptions(options: JobOptions): void {
  const { ...given } = options as Record<string, unknown>;
  for (const name of Object.keys(NOT_IN_JOBS)) {
    if (given[name] === undefined) continue;
    throw wrongArgument("INVALID_OPTION", `Cannot send a job: ${name} does not travel to a worker`);
  }
  for (const name of WORKERS_OWN) {
    if (given[name] === undefined) continue;
    throw wrongArgument("INVALID_OPTION", `Cannot send a job: ${name} is the worker's to say`);
  }
  transcribeSettings(options);
}

/**
 * Checks a reference to a recording.
 *
 * @throws {TypeError | RangeError} when it is none.
 */
export function checkSound(sound: JobData["sound"]): void {
  const rules = REFERENCES[sound?.kind];
  if (rules === undefined) {
    throw wrongArgument(
      "INVALID_INPUT",
      'Cannot send a job: the sound is of no known kind, wanted "folder", "url" or "s3"',
    );
  }
  const { ...fields } = sound as unknown as Record<string, unknown>;
  checkOptions("send a job", fields, rules);
  for (const name of Object.keys(rules)) {
    if (fields[name] !== undefined) continue;
    throw wrongArgument("INVALID_INPUT", `Cannot send a job: the sound has no ${name}`);
  }
}

/**
 * Checks what a worker was given.
 *
 * @throws {JobRefusedError} when the job is newer than this worker, or no job.
 * @throws {TypeError | RangeError} when its options are wrong.
 */
export function checkJob(data: JobData): void {
  const { version } = Object(data) as Partial<JobData>;
  if (typeof version !== "number" || typeof data.options !== "object" || data.options === null) {
    throw new JobRefusedError("Cannot do this job: it was not made by Sotto", "WRONG_JOB");
  }
  if (version > JOB_VERSION) {
    throw new JobRefusedError(
      `Cannot do this job: it is of version ${version}, and this worker knows ${JOB_VERSION}; update the workers ` +
        "before what sends to them",
      "NEWER_JOB",
    );
  }
  checkSound(data.sound);
  checkJobOptions(data.options);
  if (data.partSeconds !== undefined) {
    checkOptions("do a job", { partSeconds: data.partSeconds }, { partSeconds: COUNT });
  }
}
