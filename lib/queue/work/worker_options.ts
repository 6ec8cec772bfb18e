/** What a worker may be told, the defaults and what each must be. */
import type { LoadModelOptions, OfficialName, TranscribeOptions } from "../../../mod.ts";
import type { ModelSource } from "../../http/work/served_models.ts";
import { wrongArgument } from "../../errors.ts";
import { checkLoadOptions } from "../../loading/load_options.ts";
import {
  CALLBACK,
  checkOptions,
  COUNT,
  OBJECT,
  type OptionRule,
  type OptionRules,
  SECONDS,
  TEXT,
} from "../../options/check_options.ts";
import { transcribeSettings } from "../../transcription/transcribe_settings.ts";
import { SOUND_RULES, type SoundOptions, type SoundSettings, soundSettings } from "../sound/sound_options.ts";
import type { WebhookSecrets } from "./webhook_deliveries.ts";
import { QUEUE_DEFAULTS, QUEUE_RULES, type QueueOptions } from "../queue_options.ts";

/** What a worker says of itself. Nothing of a recording or of its text is in it. */
export interface WorkerLogEntry {
  /** When, as ISO 8601 has it. */
  readonly time: string;
  /** How much it matters. */
  readonly level: "info" | "warn" | "error";
  /** What happened: `"job done"`, `"job failed"`, `"job retried"`, `"redis"`, `"model loaded"` and its like. */
  readonly event: string;
  /** Which job. */
  readonly job?: string;
  /** Which model. */
  readonly model?: string;
  /** How long it took. */
  readonly seconds?: number;
  /** The code of what went wrong. */
  readonly code?: string;
  /** What went wrong, in words. */
  readonly error?: string;
}

/** What a worker may be told. */
export interface WorkerOptions extends Omit<QueueOptions, "connectTimeout">, SoundOptions {
  /**
   * The models that jobs may name: official names, or an object from names to what `loadModel` takes or gave. The first
   * is loaded before a job is taken, and meant where a job names none.
   */
  readonly models: readonly OfficialName[] | Readonly<Record<string, ModelSource>>;
  /** How models are loaded: device, precision, threads, the cache. */
  readonly load?: Omit<LoadModelOptions, "signal" | "onProgress" | "sha256" | "alignmentHeads">;
  /** How to transcribe where a job does not say it, and with which `ffmpeg`. */
  readonly transcribe?: TranscribeOptions;
  /**
   * Jobs at work at the same time. Their windows are decoded together.
   *
   * @default {4}
   */
  readonly concurrency?: number;
  /**
   * Models that are loaded at a time. For another, the one that was not used for longest is unloaded.
   *
   * @default {2}
   */
  readonly maxModels?: number;
  /**
   * Seconds after which a model that no job asks for is unloaded; `null` for never.
   *
   * @default {null}
   */
  readonly idleUnload?: number | null;
  /**
   * Seconds of a recording; `null` for no limit.
   *
   * @default {14_400}
   */
  readonly maxDuration?: number | null;
  /**
   * Seconds after which a job whose worker says nothing is given to another.
   *
   * @default {30}
   */
  readonly lockSeconds?: number;
  /**
   * How often a job may lose its worker before it has failed: one that kills whoever works on it ends there.
   *
   * @default {3}
   */
  readonly maxStalls?: number;
  /**
   * Seconds in which Redis must be reached at first; `null` to wait for it. Later, it is always waited for.
   *
   * @default {null}
   */
  readonly connectTimeout?: number | null;
  /**
   * What webhooks are signed with, by the names that jobs use; `default` is for those that name none. Receivers must be
   * among `allowedHosts`. Without it this worker leaves webhooks to others.
   */
  readonly webhookSecrets?: WebhookSecrets;
  /** Called with what happens, for a log. */
  readonly onLog?: (entry: WorkerLogEntry) => void;
}

/** What a worker was told, with the defaults filled in. */
export interface WorkerSettings extends
  Omit<
    Required<WorkerOptions>,
    "models" | "signal" | "onLog" | "webhookSecrets" | keyof SoundOptions
  > {
  readonly models: ReadonlyMap<string, ModelSource>;
  /** Where it may have sound from. */
  readonly sound: SoundSettings;
  readonly webhookSecrets?: WebhookSecrets;
  readonly onLog: ((entry: WorkerLogEntry) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

const DEFAULTS = {
  redis: QUEUE_DEFAULTS.redis,
  queue: QUEUE_DEFAULTS.queue,
  load: {},
  transcribe: {},
  concurrency: 4,
  maxModels: 2,
  idleUnload: null,
  maxDuration: 14_400,
  lockSeconds: 30,
  maxStalls: 3,
  connectTimeout: null,
} as const satisfies Partial<WorkerOptions>;

const OR_NULL: OptionRule = [
  "seconds from 0 up, or null for no limit",
  (value) => value === null || SECONDS[1](value),
];

const RULES: OptionRules<WorkerOptions> = {
  ...QUEUE_RULES,
  models: [
    "a list of official names, or an object from names to models",
    (value) => typeof value === "object" && value !== null && Object.keys(value).length > 0,
  ],
  load: OBJECT,
  transcribe: OBJECT,
  concurrency: COUNT,
  maxModels: COUNT,
  idleUnload: OR_NULL,
  ...SOUND_RULES,
  maxDuration: OR_NULL,
  lockSeconds: ["seconds from 1 up", (value) => Number.isFinite(value) && value as number >= 1],
  maxStalls: COUNT,
  connectTimeout: OR_NULL,
  webhookSecrets: [
    'an object from names to secrets, as { default: "whsec_…" }',
    (value) => typeof value === "object" && value !== null && Object.values(value).flat().every(TEXT[1]),
  ],
  onLog: CALLBACK,
};

/**
 * Checks what a worker was told.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong, or there is no model.
 */
export function workerSettings(options: WorkerOptions): WorkerSettings {
  const { models, onLog, signal, ...given } = checkOptions("create a worker", options, RULES);
  const isSound = (name: string) => Object.hasOwn(SOUND_RULES, name);
  const entries = Object.entries(given);
  const sources = Array.isArray(models)
    ? models.map((name): [string, ModelSource] => [name, name])
    : Object.entries(models ?? {});
  if (sources.length === 0) {
    throw wrongArgument("INVALID_OPTION", "Cannot create a worker: it has no models");
  }
  const settings = { ...DEFAULTS, ...Object.fromEntries(entries.filter(([name]) => !isSound(name))) };
  // They are first used when Redis is reached and a job has come.
  checkLoadOptions(settings.load);
  transcribeSettings(settings.transcribe);
  return {
    ...settings,
    sound: soundSettings("create a worker", Object.fromEntries(entries.filter(([name]) => isSound(name)))),
    models: new Map(sources),
    onLog,
    signal,
  };
}
