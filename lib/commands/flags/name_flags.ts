/**
 * The library's messages in the words of a command line. They call an option as a program does, `beamSize`; who typed
 * `--beam_size` is to read that.
 */
import type { FlagTable } from "./parse_flags.ts";

/** What is skipped: what is being done, up to the first colon, and texts in quotes. They hold names of files and values. */
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const HEAD = new RegExp(`^Cannot (?:${QUOTED}|[^"])*?: `);

/** A text, or a word that is no part of a path, of a flag or of an object. */
const QUOTED_OR_WORD = new RegExp(String.raw`${QUOTED}|(?<![\w./\\-])[A-Za-z]+(?![\w/\\(-]|\.\w|: )`, "g");

/** What follows an option that is called by a word of English: `patience is 0`, `device "cuda"`, `leave speakers out`. */
const AFTER_OPTION = /^ (?:is|was|has|cuts|needs|out)\b|^ "|^ -?\d/;
/** The second of two that do not go together: `leave speakers out, or channel`. */
const BEFORE_OPTION = / out, or $/;

/**
 * Says a message with the flags in the place of the options that they set. A name in camel case is an option's wherever it
 * stands; the options called by a word of English (`patience`, `device`) are looked for in a message about options only.
 *
 * @param isAboutOptions Whether the message refuses an option. Then `null`, too, is called `None`.
 */
export function nameFlags(message: string, flags: FlagTable, isAboutOptions = false): string {
  const flagOf = flagsByOption(flags);
  const [head = ""] = HEAD.exec(message) ?? [];
  const rest = message.slice(head.length);
  return head + rest.replaceAll(QUOTED_OR_WORD, (word, at: number) => {
    const before = rest.slice(0, at), after = rest.slice(at + word.length);
    if (isAboutOptions && word === "null") return "None";
    const isNamed = /[A-Z]/.test(word) ||
      (isAboutOptions && (AFTER_OPTION.test(after) || BEFORE_OPTION.test(before)));
    return isNamed ? flagOf.get(word) ?? word : word;
  }).replaceAll(/\bthe (\w+) option\b/g, (phrase, name: string) => flagOf.get(name) ?? phrase);
}

/** Gives the flags by the options that they set. */
export function flagsByOption(flags: FlagTable): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(flags).map(([name, { option = toCamelCase(name) }]) => [option, `--${name}`]),
  );
}

function toCamelCase(name: string): string {
  return name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
