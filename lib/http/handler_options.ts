/** What a server may be told, the defaults and what each must be. */
import type { LoadModelOptions, OfficialName, TranscribeOptions } from "../../mod.ts";
import { transcribeSettings } from "../transcription/transcribe_settings.ts";
import { availableModels } from "../checkpoint/registry.ts";
import { wrongArgument } from "../errors.ts";
import { checkLoadOptions } from "../loading/load_options.ts";
import {
  BOOLEAN,
  CALLBACK,
  checkOptions,
  COUNT,
  isAboveZero,
  OBJECT,
  type OptionRule,
  type OptionRules,
  SECONDS_ABOVE_ZERO,
  TEXT,
} from "../options/check_options.ts";
import type { LogEntry } from "./operation/log_entry.ts";
import type { ModelSource } from "./work/served_models.ts";

/** What a server may be told. */
export interface HandlerOptions {
  /**
   * The models that requests may name: official names, or an object from names to what `loadModel` takes or gave. The
   * first is what `whisper-1` means, and no name at all. One that is loaded already stays its owner's.
   *
   * @default {all official names, `"base"` first}
   */
  readonly models?: readonly OfficialName[] | Readonly<Record<string, ModelSource>>;
  /** How models are loaded: device, precision, threads, the cache. */
  readonly load?: Omit<LoadModelOptions, "signal" | "onProgress" | "sha256" | "alignmentHeads">;
  /**
   * Whether the first model is loaded at once. The server is not ready before.
   *
   * @default {false}
   */
  readonly preload?: boolean;
  /**
   * Seconds after which a model that nobody asks for is unloaded; `null` for never.
   *
   * @default {null}
   */
  readonly idleUnload?: number | null;
  /**
   * Models that are loaded at a time. For another, the one that was not used for longest is unloaded.
   *
   * @default {2}
   */
  readonly maxModels?: number;
  /** How to transcribe where a request does not say it, as `{ vad: true }`. */
  readonly transcribe?: TranscribeOptions;
  /**
   * Keys of which a request must have one, as `Authorization: Bearer KEY`.
   *
   * @default {[] anybody may ask}
   */
  readonly apiKeys?: readonly string[];
  /**
   * Origins whose pages may ask, as `"https://example.com"`, or `"*"` for all.
   *
   * @default {[] none but its own}
   */
  readonly corsOrigins?: readonly string[];
  /**
   * Names that the server is called by, without port; requests to others are refused. On loopback that keeps pages out
   * whose name was made to lead here.
   *
   * @default {undefined any}
   */
  readonly hosts?: readonly string[];
  /**
   * Bytes of an upload.
   *
   * @default {268_435_456}
   */
  readonly maxUpload?: number;
  /**
   * Seconds of a recording; `null` for no limit.
   *
   * @default {14_400}
   */
  readonly maxDuration?: number | null;
  /**
   * Recordings that are at work at the same time. Their windows are decoded together, eight at a time, while those of
   * the others are made ready; the rest wait for their turn, which comes after a window, not after a recording.
   *
   * @default {16}
   */
  readonly concurrency?: number;
  /**
   * Transcriptions that are taken in at a time, uploads and those that wait for a turn among them. Beyond, the answer
   * is 429.
   *
   * @default {64}
   */
  readonly maxRequests?: number;
  /**
   * Live sessions that are held at a time, over WebSockets. Beyond, the answer is 429.
   *
   * @default {16}
   */
  readonly maxLiveSessions?: number;
  /**
   * Seconds after which a live session is ended whose client says nothing.
   *
   * @default {60}
   */
  readonly liveTimeout?: number;
  /**
   * Seconds without a byte after which an upload is given up.
   *
   * @default {30}
   */
  readonly bodyTimeout?: number;
  /**
   * Whether `/` is a page for people: a recording is dropped there or made, transcribed, heard and corrected.
   *
   * @default {true}
   */
  readonly page?: boolean;
  /** Called with what happens, for a log. Nothing of a recording or of its text is in it. */
  readonly onLog?: (entry: LogEntry) => void;
}

/** What a server was told, with the defaults filled in. */
export interface HandlerSettings extends
  Omit<
    Required<HandlerOptions>,
    "models" | "hosts" | "onLog"
  > {
  readonly models: ReadonlyMap<string, ModelSource>;
  readonly hosts: readonly string[] | undefined;
  readonly onLog: ((entry: LogEntry) => void) | undefined;
}

const DEFAULTS = {
  load: {},
  preload: false,
  idleUnload: null,
  maxModels: 2,
  transcribe: {},
  apiKeys: [],
  corsOrigins: [],
  maxUpload: 256 << 20,
  maxDuration: 14_400,
  concurrency: 16,
  maxRequests: 64,
  maxLiveSessions: 16,
  liveTimeout: 60,
  bodyTimeout: 30,
  page: true,
} as const satisfies HandlerOptions;

const TEXTS: OptionRule = [
  "a list of texts that are not empty",
  (value) => Array.isArray(value) && value.every((text) => TEXT[1](text) && text !== ""),
];
const SECONDS_OR_NULL: OptionRule = [
  "seconds above 0, or null for no limit",
  (value) => value === null || isAboveZero(value),
];

const RULES: OptionRules<HandlerOptions> = {
  models: ["a list of official names, or an object from names to models", isModels],
  load: OBJECT,
  preload: BOOLEAN,
  idleUnload: SECONDS_OR_NULL,
  maxModels: COUNT,
  transcribe: OBJECT,
  apiKeys: TEXTS,
  corsOrigins: TEXTS,
  hosts: TEXTS,
  maxUpload: COUNT,
  maxDuration: SECONDS_OR_NULL,
  concurrency: COUNT,
  maxRequests: COUNT,
  maxLiveSessions: COUNT,
  liveTimeout: SECONDS_ABOVE_ZERO,
  bodyTimeout: SECONDS_ABOVE_ZERO,
  page: BOOLEAN,
  onLog: CALLBACK,
};

/** The model that is meant where the server was told of none. */
const DEFAULT_MODEL: OfficialName = "base";

/**
 * Checks what a server was told.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function handlerSettings(options: HandlerOptions): HandlerSettings {
  const { models, hosts, onLog, ...given } = checkOptions("make a handler", options, RULES);
  const settings = { ...DEFAULTS, ...given, hosts, onLog, models: modelMap(models) };
  // Models are loaded when one is asked for: nobody is there then to read what is wrong.
  checkLoadOptions(settings.load);
  transcribeSettings(settings.transcribe);
  return settings;
}

function modelMap(models: HandlerOptions["models"]): ReadonlyMap<string, ModelSource> {
  const names = models ?? [DEFAULT_MODEL, ...availableModels() as OfficialName[]];
  if (!Array.isArray(names)) return new Map(Object.entries(names));
  const unknown = names.find((name) => !availableModels().includes(name));
  if (unknown !== undefined) {
    throw wrongArgument(
      "INVALID_OPTION",
      `Cannot make a handler: models has ${
        JSON.stringify(unknown)
      }, which is no official name; give a path a name: ` +
        `{ name: ${JSON.stringify(unknown)} }`,
    );
  }
  return new Map(names.map((name) => [name, name]));
}

function isModels(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(TEXT[1]);
  return typeof value === "object" && value !== null && Object.keys(value).length > 0 &&
    Object.values(value).every((source) =>
      TEXT[1](source) || source instanceof URL || typeof Object(source).segments === "function"
    );
}
