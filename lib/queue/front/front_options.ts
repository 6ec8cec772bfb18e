/** What a server is told that sends its work to the workers of a queue. */
import { checkOptions, COUNT, type OptionRules, PATH, TEXT } from "../../options/check_options.ts";
import { wrongArgument } from "../../errors.ts";
import { QUEUE_DEFAULTS, QUEUE_RULES, type QueueOptions } from "../queue_options.ts";

/** Where a server sends its work. */
export interface FrontOptions extends Omit<QueueOptions, "signal" | "connectTimeout"> {
  /**
   * The folder that this server and all workers see. An upload lies in its folder `received`, under a name that nobody
   * guesses, until its request is over.
   */
  readonly soundFolder: string;
  /**
   * The models that the workers have, by the names that requests use. The first is what `whisper-1` means, and no name
   * at all. Default: any, which a worker then has or has not, and its first where none is named.
   */
  readonly models?: readonly string[];
  /** Transcribes in parts of about so many seconds, on as many workers as are free. Default: in one. */
  readonly partSeconds?: number;
  /**
   * Seconds in which Redis must answer. Beyond, so does the server: with 503.
   *
   * @default {2}
   */
  readonly connectTimeout?: number;
}

/** The same, with defaults. */
export type FrontSettings =
  & Required<Pick<FrontOptions, "redis" | "queue" | "soundFolder" | "models" | "connectTimeout">>
  & Pick<FrontOptions, "partSeconds">;

const { signal: _signal, ...WHICH_QUEUE } = QUEUE_RULES;

const RULES: OptionRules<FrontOptions> = {
  ...WHICH_QUEUE,
  soundFolder: PATH,
  models: [
    "a list of names",
    (value) => Array.isArray(value) && value.every((name) => TEXT[1](name) && name !== ""),
  ],
  partSeconds: COUNT,
};

const DEFAULTS = { ...QUEUE_DEFAULTS, connectTimeout: 2, models: [] } as const;

/**
 * Checks what a server was told.
 *
 * @throws {TypeError | RangeError} when an option is unknown, wrong or missing.
 */
export function frontSettings(options: FrontOptions): FrontSettings {
  const { soundFolder, ...given } = checkOptions("send work to a queue", options, RULES);
  if (soundFolder === undefined) {
    throw wrongArgument(
      "INVALID_OPTION",
      "Cannot send work to a queue: wanted soundFolder, the folder that all workers see",
    );
  }
  return { ...DEFAULTS, ...given, soundFolder };
}
