/** What the commands are called, and what else people call them. */
import { nearest } from "../options/nearest.ts";

/** The commands, in the order in which the help lists them. */
export const COMMAND_NAMES = [
  "transcribe",
  "listen",
  "models",
  "download",
  "prepare",
  "verify",
  "remove",
  "cache",
  "doctor",
  "serve",
  "worker",
  "submit",
  "queue",
  "align",
  "eval",
  "plot",
] as const;

/** The name of a command. */
export type CommandName = typeof COMMAND_NAMES[number];

/** What other programs call the commands. */
const SYNONYMS: Readonly<Record<string, string>> = {
  list: "models",
  ls: "models",
  pull: "download",
  fetch: "download",
  get: "download",
  install: "download",
  check: "verify",
  rm: "remove",
  delete: "remove",
  uninstall: "remove",
  dir: "cache dir",
  live: "listen",
  stream: "listen",
  microphone: "listen",
  server: "serve",
  version: "--version",
  wer: "eval",
  evaluate: "eval",
  score: "eval",
  draw: "plot",
  report: "plot",
};

/** How many letters a command may be misspelt by. */
const MAX_SLIPS = 2;

/** Tells whether a word calls a command. */
export function isCommandName(word: string | undefined): word is CommandName {
  return COMMAND_NAMES.some((name) => name === word);
}

/** Gives what to write for a word that is no command but may well mean one. */
export function meantCommand(word: string): string | undefined {
  return Object.hasOwn(SYNONYMS, word)
    ? SYNONYMS[word]
    : nearest(word, [...COMMAND_NAMES, "help"], MAX_SLIPS);
}
