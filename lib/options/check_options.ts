/**
 * Checks options against a table of rules, one an option: a misspelt option that is silently ignored is a
 * wrong result, and so is a value nobody thought of.
 */
import { outOfRange, wrongArgument } from "../errors.ts";
import { nearestName } from "./nearest.ts";

/** What an option must be: in words, for the message, and as a test; and what else to say of a value that is not. */
export type OptionRule = readonly [
  wanted: string,
  accepts: (value: unknown) => boolean,
  advise?: (value: unknown) => string,
];

/** A rule for every option of `Options`. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/**
 * Checks `options` and gives them without those that are `undefined`, so that spreading them over defaults
 * keeps the defaults.
 *
 * @param action What is being done, for the message: `"transcribe"`.
 * @param elsewhere Names that are not options here, each with what to do instead.
 * @throws {TypeError} when the options are no object, when there is an option without a rule (the message names the
 * one that was meant), or a value of another type than wanted.
 * @throws {RangeError} when a number is not one of those wanted.
 */
export function checkOptions<Options extends object>(
  action: string,
  options: Options,
  rules: OptionRules<Options>,
  elsewhere: Readonly<Record<string, string>> = {},
): Partial<Options> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const message = `Cannot ${action}: the options are ${show(options)}, wanted an object of options`;
    throw wrongArgument("INVALID_OPTION", message);
  }
  const given = new Map<string, unknown>();
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(rules, name)) {
      const advice = Object.hasOwn(elsewhere, name)
        ? elsewhere[name]
        : adviseOption(name, Object.keys(rules));
      const message = `Cannot ${action}: "${name}" is not an option${advice && `: ${advice}`}`;
      throw wrongArgument("UNKNOWN_OPTION", message);
    }
    const [wanted, accepts, advise] = rules[name as keyof Options];
    if (!accepts(value)) {
      const advice = advise?.(value) ?? "";
      const message = `Cannot ${action}: ${name} is ${show(value)}, wanted ${wanted}${
        advice && `; ${advice}`
      }`;
      const isOut = typeof value === "number" && SOME_NUMBERS.some(accepts);
      throw (isOut ? outOfRange : wrongArgument)("INVALID_OPTION", message);
    }
    given.set(name, value);
  }
  return Object.fromEntries(given) as Partial<Options>;
}

/** What takes none of them takes no numbers: another one is of the wrong type, and not out of range. */
const SOME_NUMBERS = [0, 1, -1, 0.5, 10, 100, 1000];

/** A rule for `true` or `false`. */
export const BOOLEAN: OptionRule = ["true or false", (value) => typeof value === "boolean"];

/** A rule for text. */
export const TEXT: OptionRule = ["text", (value) => typeof value === "string"];

/** A rule for an object whose parts are checked by themselves. */
export const OBJECT: OptionRule = [
  "an object of options",
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
];

/** A rule for a SHA-256. */
export const SHA256: OptionRule = [
  "64 hexadecimal digits",
  (value) => typeof value === "string" && /^[0-9a-f]{64}$/i.test(value),
];

/** A rule for the path of a file or a folder. */
export const PATH: OptionRule = ["a path", (value) => typeof value === "string" && value !== ""];

/** A rule for a program. */
export const PROGRAM: OptionRule = [
  "the name or the path of a program",
  (value) => typeof value === "string" && value !== "",
];

/** A rule for a number of things, or the place of one. */
export const FROM_ZERO: OptionRule = [
  "a whole number from 0 up",
  (value) => Number.isSafeInteger(value) && value as number >= 0,
];

/** A rule for what of several channels is heard. */
export const HEARING: OptionRule = [
  '"mix" or the number of a channel, from 0 up',
  (value) => value === "mix" || FROM_ZERO[1](value),
];

/** A rule for a function. */
export const CALLBACK: OptionRule = ["a function", (value) => typeof value === "function"];

/** A rule for a signal that stops the work. */
export const SIGNAL: OptionRule = ["an AbortSignal", (value) => value instanceof AbortSignal];

/** A rule for a count of at least one. */
export const COUNT: OptionRule = [
  "a whole number from 1 up",
  (value) => Number.isSafeInteger(value) && value as number >= 1,
];

/** A rule for seconds. */
export const SECONDS: OptionRule = ["seconds from 0 up", isNotNegative];

/** A rule for seconds that are more than none. */
export const SECONDS_ABOVE_ZERO: OptionRule = ["seconds above 0", isAboveZero];

/** A rule for a whole number within limits. */
export function wholeWithin(least: number, most: number): readonly [OptionRule[0], OptionRule[1]] {
  return [
    `a whole number from ${least} to ${most}`,
    (value) => Number.isSafeInteger(value) && value as number >= least && value as number <= most,
  ];
}

/** A rule for one of some words. */
export function oneOf(words: readonly string[]): OptionRule {
  const wanted = words.map((word) => `"${word}"`).join(", ").replace(/, ([^,]*)$/, " or $1");
  return [wanted, (value) => words.includes(value as string)];
}

/** A rule for a number, or `null` for none. */
export const NUMBER_OR_NULL: OptionRule = [
  "a number, or null to turn it off",
  (value) => value === null || Number.isFinite(value),
];

/** Whether a value is a number from 0 up. */
export function isNotNegative(value: unknown): boolean {
  return Number.isFinite(value) && value as number >= 0;
}

/** Whether a value is a number above 0. */
export function isAboveZero(value: unknown): boolean {
  return Number.isFinite(value) && value as number > 0;
}

/** Whether a value is an array of whole numbers. */
export function isIntegerList(value: unknown): boolean {
  return Array.isArray(value) && value.every(Number.isSafeInteger);
}

/** The most characters of a list or an object in a message. */
const SHOWN = 80;

/** Spells a value for a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object") return String(value);
  const isPlain = Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
  try {
    const text = isPlain ? JSON.stringify(value) : `an object of ${value.constructor.name}`;
    return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  } catch {
    // Not everything can be JSON.
    return Array.isArray(value) ? "a list" : "an object";
  }
}

/** Names the option meant; openai/whisper's `beam_size` is as near to `beamSize` as can be. */
function adviseOption(name: string, known: readonly string[]): string {
  const camelCase = name.replaceAll(/[_-]+(.)/g, (_, letter: string) => letter.toUpperCase());
  const meant = nearestName(camelCase, known);
  return meant === undefined ? "" : `did you mean "${meant}"?`;
}
