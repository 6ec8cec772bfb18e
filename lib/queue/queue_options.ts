/** Which queue is meant, and how a job is done: the options of what sends jobs, and what each must be. */
import {
  BOOLEAN,
  COUNT,
  OBJECT,
  type OptionRule,
  type OptionRules,
  SECONDS,
  SIGNAL,
  TEXT,
  wholeWithin,
} from "../options/check_options.ts";
import type { JobOptions, JobWebhook } from "./job.ts";

/** Which queue is meant. */
export interface QueueOptions {
  /**
   * Where Redis is: `redis://`, or `rediss://` with TLS, with a user and a password if need be.
   *
   * @default {"redis://127.0.0.1:6379"}
   */
  readonly redis?: string;
  /**
   * The name of the queue. Workers with other models have a queue of their own.
   *
   * @default {"transcriptions"}
   */
  readonly queue?: string;
  /**
   * Seconds in which Redis must be reached.
   *
   * @default {10}
   */
  readonly connectTimeout?: number;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
}

/** How a job is done. */
export interface EnqueueOptions {
  /** The model, by a name that the workers have. Default: their first. */
  readonly model?: string;
  /** How to transcribe: the options of `transcribe` that are no functions. */
  readonly transcribe?: JobOptions;
  /**
   * Jobs with lower numbers go first, from 1 up to 2_097_151; those without go before all with one.
   *
   * @default {0}
   */
  readonly priority?: number;
  /**
   * How often the job is tried before it has failed, where another try may go better.
   *
   * @default {3}
   */
  readonly attempts?: number;
  /**
   * Seconds before the second try; twice as many before each one after it.
   *
   * @default {5}
   */
  readonly backoff?: number;
  /**
   * Seconds that the result is kept. Soon after that a worker removes it; whoever waits for it has it even so.
   *
   * @default {86_400}
   */
  readonly keepResult?: number;
  /**
   * Seconds that a job that has failed is kept, with its error.
   *
   * @default {604_800}
   */
  readonly keepFailure?: number;
  /** Who is told of the end. */
  readonly webhook?: JobWebhook;
  /** Transcribes in parts of about so many seconds, on as many workers as are free. Default: in one. */
  readonly partSeconds?: number;
  /**
   * Its key: a job whose key is in the queue is not sent again, and what is done is not done again. Default: a digest of
   * the recording's content, the model and the options.
   */
  readonly key?: string;
  /**
   * Whether the file is removed from the shared folder once the job is done, or has failed for good.
   *
   * @default {false}
   */
  readonly removeSound?: boolean;
}

/** What is filled in. */
export const QUEUE_DEFAULTS = {
  redis: "redis://127.0.0.1:6379",
  queue: "transcriptions",
  connectTimeout: 10,
} as const satisfies QueueOptions;

/** What is filled in. */
export const ENQUEUE_DEFAULTS = {
  priority: 0,
  attempts: 3,
  backoff: 5,
  keepResult: 86_400,
  keepFailure: 604_800,
} as const satisfies EnqueueOptions;

/** Jobs of a priority above it BullMQ does not take. */
const LAST_PRIORITY = 2_097_151;

/** A rule for the address of Redis. */
const REDIS_URL: OptionRule = [
  "an address as redis://user:password@host:6379",
  (value) => typeof value === "string" && /^rediss?:\/\/./.test(value) && URL.canParse(value),
];

/** A rule for the name of a queue or of a job. */
const NAME: OptionRule = [
  "a name of letters, digits, -, _ and . that is no number",
  (value) => typeof value === "string" && /^[\w.-]{1,200}$/.test(value) && !/^-?\d+$/.test(value),
];

/** The rules. */
export const QUEUE_RULES: OptionRules<QueueOptions> = {
  redis: REDIS_URL,
  queue: NAME,
  connectTimeout: SECONDS,
  signal: SIGNAL,
};

/** The rules. */
export const ENQUEUE_RULES: OptionRules<EnqueueOptions> = {
  model: TEXT,
  transcribe: OBJECT,
  priority: wholeWithin(0, LAST_PRIORITY),
  attempts: COUNT,
  backoff: SECONDS,
  keepResult: SECONDS,
  keepFailure: SECONDS,
  webhook: OBJECT,
  partSeconds: COUNT,
  key: NAME,
  removeSound: BOOLEAN,
};
