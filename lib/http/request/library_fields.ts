/**
 * The options of the library that a request may give beside OpenAI's fields, by the library's own names. Programs,
 * paths and callbacks are not among them.
 */
import { nearestName } from "../../options/nearest.ts";
import { badRequest } from "../api_error.ts";

/** How the text of a field is read. */
type FieldKind = "number" | "boolean" | "text" | "word" | "json";

/**
 * The options and how their fields are written; a word may be a number, and lists, `null` and objects are JSON. How
 * much memory one recording takes (`batchSize`) is the server's business.
 */
export const LIBRARY_FIELDS: Readonly<Record<string, FieldKind>> = {
  bestOf: "number",
  beamSize: "number",
  patience: "number",
  lengthPenalty: "number",
  sampleLen: "number",
  suppressTokens: "json",
  suppressBlank: "boolean",
  maxInitialTimestamp: "json",
  seed: "number",
  strictParity: "boolean",
  compressionRatioThreshold: "json",
  logprobThreshold: "json",
  noSpeechThreshold: "json",
  conditionOnPreviousText: "boolean",
  carryInitialPrompt: "boolean",
  wordTimestamps: "boolean",
  prependPunctuations: "text",
  appendPunctuations: "text",
  clipTimestamps: "json",
  audioContext: "text",
  hallucinationSilenceThreshold: "json",
  vad: "json",
  speakers: "json",
  hotwords: "json",
  boost: "json",
  explain: "boolean",
  audioTrack: "number",
  channel: "word",
};

/** Bytes of JSON that a field may have: the longest is a list of clips. */
const MAX_JSON = 1 << 14;

/**
 * Reads a field; what its value must be is checked with the options themselves.
 *
 * @throws {ApiError} when it cannot be read as what it is.
 */
export function readLibraryField(name: string, text: string): unknown {
  switch (LIBRARY_FIELDS[name]) {
    case "number":
      return readNumber(name, text);
    case "boolean":
      return readBoolean(name, text);
    case "word":
      return /^\d+$/.test(text) ? Number(text) : text;
    case "json":
      return readJson(name, text);
    default:
      return text;
  }
}

/** Reads a number. */
export function readNumber(name: string, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw badRequest(`${name} must be a number`, name);
}

/** Reads `true` or `false`, as clients in several languages write it. */
export function readBoolean(name: string, text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word === "true" || word === "1") return true;
  if (word === "false" || word === "0") return false;
  throw badRequest(`${name} must be true or false`, name);
}

function readJson(name: string, text: string): unknown {
  try {
    if (text.length <= MAX_JSON) return JSON.parse(text.trim().toLowerCase() === "none" ? "null" : text);
  } catch {
    // The error below says it.
  }
  throw badRequest(`${name} must be JSON: a number, null, true, a list or an object`, name);
}

/** Makes the error of a field that there is not, and names the one that was meant. */
export function unknownField(name: string, known: readonly string[]): Error {
  const camelCase = name.replaceAll(/[_-]+(.)/g, (_, letter: string) => letter.toUpperCase());
  const meant = nearestName(camelCase, [...known, ...Object.keys(LIBRARY_FIELDS)]);
  const shown = JSON.stringify(name.slice(0, 64));
  const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
  return badRequest(`There is no field ${shown}${advice}`, undefined, "unknown_parameter");
}
