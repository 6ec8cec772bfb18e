/** The kinds of values that flags take. After the types in `cli` of openai/whisper's `transcribe.py`. */
import { type Device, DEVICES, isDevice } from "../../../ffi/execution_provider.ts";
import { nearest } from "../../options/nearest.ts";
import { adviseRegrouping, isRegrouping, type Regrouping } from "../../regroup/regrouping.ts";
import type { SpeakerOptions } from "../../speakers/speaker_options.ts";
import type { Flag } from "./parse_flags.ts";

/** What a flag of a kind still needs. */
type FlagText = Pick<Flag<unknown>, "help" | "short" | "option" | "turnsOn" | "requires">;

/** How many letters a choice may be misspelt by: two that were swapped are two. */
const MAX_SLIPS = 2;

/** A flag that takes any text. */
export function text<Default extends string | undefined>(
  placeholder: string,
  value: Default,
  flag: FlagText,
): Flag<string | Default> {
  return { ...flag, placeholder, default: value, parse: (text) => text };
}

/** A flag that takes the folder of results. They are files: `-` would be one that is called so. */
export function outputFolder(flag: Pick<FlagText, "help" | "requires">): Flag<string> {
  const parse = (text: string) => text === "-" ? undefined : text;
  const advise = () =>
    "results are files, and what sotto AUDIO hears is printed on standard output as it comes; a folder of that name " +
    "is ./-";
  return { ...flag, short: "o", placeholder: "DIR", default: ".", parse, advise };
}

/** A flag that may be given several times. */
export function list(placeholder: string, flag: FlagText): Flag<readonly string[]> {
  return { ...flag, placeholder, default: [], several: true, parse: (text, before) => [...before, text] };
}

/** A flag that takes one of some words. */
export function choice<Choice extends string, Default extends Choice | undefined>(
  choices: readonly Choice[],
  value: Default,
  flag: FlagText,
): Flag<Choice | Default> {
  const parse = (text: string) => choices.find((choice) => choice === text);
  const advise = (text: string) => {
    const meant = nearest(text, choices, MAX_SLIPS);
    return meant === undefined ? "" : `did you mean ${meant}?`;
  };
  return { ...flag, placeholder: choices.join("|"), default: value, parse, advise };
}

/** A flag that takes a device. */
export function device(value: Device, flag: FlagText): Flag<Device> {
  const placeholder = DEVICES.map((name) => name === "cuda" ? "cuda[:N]" : name).join("|");
  return { ...flag, placeholder, default: value, parse: (text) => isDevice(text) ? text : undefined };
}

/** What people write for `True` and `False`, beside those. */
const TRUE = ["true", "yes", "1", "on", "t", "y"];
const FALSE = ["false", "no", "0", "off", "f", "n"];

/** A flag that takes `True` or `False`, or stands alone for `True`. */
export function boolean(value: boolean, flag: FlagText): Flag<boolean> {
  const parse = (text: string) => {
    const word = text.toLowerCase();
    return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
  };
  return { ...flag, placeholder: "True|False", default: value, parse, bare: true };
}

/** A flag that takes a number. */
export function number(value: number, flag: FlagText): Flag<number> {
  return { ...flag, placeholder: "NUMBER", default: value, parse: parseNumber };
}

/** A flag that takes what is heard of several channels. */
export function channel(value: "mix" | "split" | number, flag: FlagText): Flag<"mix" | "split" | number> {
  const parse = (text: string) => text === "mix" || text === "split" ? text : parseInteger(text);
  return { ...flag, placeholder: "mix|split|N", default: value, parse };
}

/** A flag that takes a number or `None`, or stands alone for a usual one. */
export function threshold(usual: number, flag: FlagText): Flag<number | null> {
  return { ...flag, placeholder: "NUMBER|None", default: null, parse: orNone(parseNumber), bare: usual };
}

/** A flag that gives phrases weights, and may be given several times. */
export function weights(placeholder: string, flag: FlagText): Flag<Readonly<Record<string, number>>> {
  const parse = (text: string, before: Readonly<Record<string, number>>) => {
    const at = text.lastIndexOf("=");
    const [phrase, weight] = [text.slice(0, at).trim(), parseNumber(text.slice(at + 1))];
    return at < 0 || phrase === "" || weight === undefined ? undefined : { ...before, [phrase]: weight };
  };
  return { ...flag, placeholder, default: {}, several: true, parse };
}

/** A flag that takes how many speakers there are, or stands alone for finding out. */
export function speakers(flag: FlagText): Flag<boolean | number | SpeakerOptions> {
  const truth = boolean(false, flag).parse;
  const parse = (text: string) => {
    const [, min, max] = /^(\d+)-(\d+)$/.exec(text) ?? [];
    if (min !== undefined) return { min: Number(min), max: Number(max) };
    // 1 is a number of speakers here, and 0 is none.
    const count = parseInteger(text);
    return count === undefined ? truth(text, false) : count > 0 ? count : undefined;
  };
  return { ...flag, placeholder: "True|False|N|N-M", default: false, parse, bare: true };
}

/** What the limits of regrouping are called on the command line. */
const LIMIT_NAMES = { chars: "maxChars", duration: "maxDuration", gap: "maxGap" } as const;

/** A flag that takes how segments are cut anew. */
export function regrouping(flag: FlagText): Flag<Regrouping | undefined> {
  const split = (text: string) => text.split(",").map((part) => part.split("=").map((word) => word.trim()));
  const parse = (text: string) => {
    if (text === "sentence") return text;
    const limits = split(text).map(([name, value = ""]): [string, unknown] => [
      Object.hasOwn(LIMIT_NAMES, name) ? LIMIT_NAMES[name as keyof typeof LIMIT_NAMES] : name,
      parseNumber(value),
    ]);
    const found = Object.fromEntries(limits);
    return limits.every(([, value]) => value !== undefined) && isRegrouping(found) ? found : undefined;
  };
  const advise = (text: string) => {
    if (!text.includes("=")) return adviseRegrouping(text);
    const limits = split(text).map(([name, value = ""]) => [name, parseNumber(value) ?? value]);
    return adviseRegrouping(Object.fromEntries(limits), Object.keys(LIMIT_NAMES));
  };
  return { ...flag, placeholder: "sentence|LIMITS", default: undefined, parse, advise };
}

/** A flag that takes numbers with commas between them, or nothing for none. */
export function numbers(
  placeholder: string,
  value: readonly number[],
  parse: (text: string) => number | undefined,
  flag: FlagText,
): Flag<readonly number[]> {
  return {
    ...flag,
    placeholder,
    default: value,
    parse(text) {
      const values = text.trim() === "" ? [] : text.split(",").map(parse);
      return values.includes(undefined) ? undefined : values as number[];
    },
  };
}

/** A flag that takes a number or `None`. */
export function optionalNumber(value: number | null, flag: FlagText): Flag<number | null> {
  return { ...flag, placeholder: "NUMBER|None", default: value, parse: orNone(parseNumber) };
}

/** A flag that takes a whole number or `None`. */
export function optionalInteger(value: number | null, flag: FlagText): Flag<number | null> {
  return { ...flag, placeholder: "INTEGER|None", default: value, parse: orNone(parseInteger) };
}

function orNone(parse: (text: string) => number | undefined): (text: string) => number | null | undefined {
  return (text) => text === "None" ? null : parse(text);
}

/** Reads a whole number. */
export function parseInteger(text: string): number | undefined {
  return /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** Reads a number from 0 up. */
export function parseSeconds(text: string): number | undefined {
  const seconds = parseNumber(text);
  return seconds !== undefined && seconds >= 0 ? seconds : undefined;
}

function parseNumber(text: string): number | undefined {
  // As Python's `float`: what may be of any length is told so.
  if (/^\s*[+-]?inf(inity)?\s*$/i.test(text)) return text.includes("-") ? -Infinity : Infinity;
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : undefined;
}
