/** How many speakers are looked for: the option, its defaults and what it must be. */
import {
  BOOLEAN,
  checkOptions,
  COUNT,
  OBJECT,
  type OptionRule,
  type OptionRules,
} from "../options/check_options.ts";
import { wrongArgument } from "../errors.ts";

/** How many speakers there may be. */
export interface SpeakerOptions {
  /**
   * The fewest.
   *
   * @default {1}
   */
  readonly min?: number;
  /**
   * The most.
   *
   * @default {10}
   */
  readonly max?: number;
}

/** The options with their defaults filled in. */
export type SpeakerSettings = Required<SpeakerOptions>;

const DEFAULTS: SpeakerSettings = { min: 1, max: 10 };

const RULES: OptionRules<SpeakerOptions> = { min: COUNT, max: COUNT };

/** A rule for `true`, `false`, a number of speakers, or how many there may be. */
export const SPEAKERS: OptionRule = [
  "true, false, how many there are, or limits as { min: 2, max: 4 }",
  (value) => BOOLEAN[1](value) || COUNT[1](value) || OBJECT[1](value),
];

/**
 * Checks how many speakers are looked for.
 *
 * @param action What is being done, for messages.
 * @param speakers A number is that many; nothing is found out by ear.
 * @throws {TypeError | RangeError} when a limit is unknown or wrong, or there would be fewer at most than at least.
 */
export function speakerSettings(action: string, speakers: true | number | SpeakerOptions): SpeakerSettings {
  if (speakers === true) return DEFAULTS;
  if (typeof speakers === "number") return { min: speakers, max: speakers };
  const { min = DEFAULTS.min, max = Math.max(DEFAULTS.max, min) } = checkOptions(action, speakers, RULES);
  if (min <= max) return { min, max };
  throw wrongArgument(
    "INVALID_OPTION",
    `Cannot ${action}: speakers are at least ${min} and at most ${max}; wanted min not above max`,
  );
}
