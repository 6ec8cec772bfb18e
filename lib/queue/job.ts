/**
 * What a job says: which recording, how it is transcribed, and who is told. It travels as JSON through Redis, between
 * programs of different versions; the sound itself never does.
 */
import type { Segment, TranscribeOptions, Transcription } from "../../mod.ts";

/** The version of what a job says. A worker does no job of a newer one: it would leave out what it does not know. */
export const JOB_VERSION = 1;

/** A file in the folder that all workers see. */
export interface FolderSound {
  /** The kind. */
  readonly kind: "folder";
  /** Its path inside that folder, with `/` between its parts, as `"2026/talk.mp3"`. */
  readonly path: string;
  /** The SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string;
}

/** A file at an address. */
export interface UrlSound {
  /** The kind. */
  readonly kind: "url";
  /** `http://` or `https://`. */
  readonly url: string;
  /** The SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string;
}

/** An object in S3-compatible storage. Where that is and who may read it, a worker knows. */
export interface S3Sound {
  /** The kind. */
  readonly kind: "s3";
  /** The bucket. */
  readonly bucket: string;
  /** The object's key in it. */
  readonly key: string;
  /** The SHA-256 of its bytes, in hexadecimal. */
  readonly sha256: string;
}

/** Where a recording lies. */
export type SoundReference = FolderSound | UrlSound | S3Sound;

/** The options of `transcribe` that JSON has. */
export type JobOptions = Omit<
  TranscribeOptions,
  | "signal"
  | "resume"
  | "onProgress"
  | "onLanguage"
  | "onSegment"
  | "onSilences"
  | "onWindow"
  | "onState"
  | "onWarning"
>;

/** Who is told of the end of a job. The secret that signs it is the workers', and never in Redis. */
export interface JobWebhook {
  /** `http://` or `https://`. */
  readonly url: string;
  /** The name of the secret, where workers have several. */
  readonly secretName?: string;
}

/** The part of a recording that a child job transcribes. */
export interface PartWindow {
  /** Which part, from 0. */
  readonly index: number;
  /** How many there are. */
  readonly count: number;
  /** Seconds from the start of the recording. */
  readonly start: number;
  /** Seconds from the start of the recording. */
  readonly end: number;
}

/** How a recording is done in parts. */
export interface RecordingPlan {
  /** Tells its parts from those of another plan of the same job. */
  readonly key: string;
  readonly windows: readonly PartWindow[];
  /** Seconds of the recording. */
  readonly duration: number;
  /** What is heard of it. */
  readonly channel: "mix" | number;
  /** The code of its language, if it was detected. */
  readonly language?: string;
}

/** What a job says. */
export interface JobData {
  /** {@linkcode JOB_VERSION} of the program that made it. */
  readonly version: number;
  /** Where the recording lies. */
  readonly sound: SoundReference;
  /** The name of the model. Default: the first that a worker has. */
  readonly model?: string;
  /** How it is transcribed. */
  readonly options: JobOptions;
  /** Who is told of the end. */
  readonly webhook?: JobWebhook;
  /** Seconds of a part, if the recording may be transcribed in parts by several workers. */
  readonly partSeconds?: number;
  /** The part that this job is, if it is one. */
  readonly part?: PartWindow;
  /** Its parts, once a worker has planned them. */
  readonly plan?: RecordingPlan;
  /** Whether the file is removed from the folder once the job is done, or has failed for good. */
  readonly removeSound?: boolean;
  /** Seconds that the result is kept. */
  readonly keepResult?: number;
  /** Seconds that a job that has failed is kept. */
  readonly keepFailure?: number;
}

/** What a job gives, as JSON: a transcription, and how long the recording is. */
export interface JobResult extends Transcription {
  /** Seconds of the recording. */
  readonly duration: number;
  /** What the user should know. */
  readonly warnings: readonly string[];
}

/** What a job gives that is a part: its times are from the start of that. */
export interface PartResult extends JobResult {
  /** The part. */
  readonly part: PartWindow;
}

/** How far a job is. */
export interface JobProgress {
  /** Seconds of audio behind. */
  readonly loaded: number;
  /** Seconds of audio in all; `undefined` for a recording that does not say it. */
  readonly total?: number;
  /** The code of the language, once it is known. */
  readonly language?: string;
  /** The segments that came since the last time. */
  readonly segments: readonly Segment[];
  /** How often the job was begun before: segments start anew with each attempt. */
  readonly attempt: number;
}
