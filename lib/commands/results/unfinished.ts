/**
 * What is kept of a transcription that was stopped: its results so far, marked as partial, and beside them a file
 * `NAME.resume` from which `--resume` goes on. That holds what the recording was and how it was transcribed: only
 * the same goes on.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { TranscriptionState } from "../../../mod.ts";
import { transcribeSettings } from "../../transcription/transcribe_settings.ts";
import { formatTranscription, OUTPUT_FORMATS } from "../../writers/format_transcription.ts";
import { UsageError } from "../command.ts";
import { flagsByOption } from "../flags/name_flags.ts";
import type { TranscribeCommandSettings } from "../flags/transcribe_settings.ts";
import { TRANSCRIBE_FLAGS } from "../flags/whisper_flags.ts";
import { keepOutputFiles } from "./output_files.ts";
import { cutName } from "./result_names.ts";

/** A recording in a file, and the path of its results, without ending. */
export interface PlacedRecording {
  /** The word that names it. */
  readonly word: string;
  /** Its path. Another source cannot be gone on with. */
  readonly source: unknown;
  /** The path of its results. */
  readonly results: string;
}

/** The file beside the results. */
interface ResumeFile {
  /** The SHA-256 of the recording. */
  readonly recording: string;
  /** How it was transcribed. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How far it is. */
  readonly state: TranscriptionState;
}

/**
 * Reads how far the transcription of a recording got.
 *
 * @returns Nothing if it was not stopped.
 * @throws {UsageError} when it was another recording, or transcribed otherwise.
 */
export async function readUnfinished(
  recording: PlacedRecording,
  settings: TranscribeCommandSettings,
): Promise<TranscriptionState | undefined> {
  const path = resumePath(recording);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (text === undefined) return undefined;
  const refuse = (reason: string) => new UsageError(`Cannot go on with ${recording.word}: ${path} ${reason}`);
  let kept: ResumeFile;
  try {
    kept = JSON.parse(text, reviveNumber);
    if (kept.state === undefined || Object(kept.settings) !== kept.settings) {
      throw new SyntaxError("parts are missing");
    }
    transcribeSettings({ resume: kept.state, channel: kept.state.channels ? "split" : "mix" });
  } catch {
    throw refuse("is damaged; without --resume it starts from the beginning");
  }
  if (kept.recording !== await hashRecording(recording)) throw refuse("is of another recording");
  const wanted = await describeSettings(settings);
  const names = new Set([...Object.keys(wanted), ...Object.keys(kept.settings)]);
  const changed = [...names].filter((name) => !isDeepStrictEqual(wanted[name], kept.settings[name]));
  if (changed.length > 0) {
    const flagOf = flagsByOption(TRANSCRIBE_FLAGS);
    const others = changed.map((name) => SETTING_NAMES[name] ?? flagOf.get(name) ?? name);
    throw refuse(`was made with another ${others.join(", ")}; give the same, or leave out --resume`);
  }
  return kept.state;
}

/**
 * Keeps what there is of a recording's transcription.
 *
 * @returns The paths that were written, the one to go on from last.
 */
export async function keepUnfinished(
  recording: PlacedRecording,
  settings: TranscribeCommandSettings,
  state: TranscriptionState,
): Promise<string[]> {
  const { segments, language } = state;
  const result = { text: segments.map(({ text }) => text).join(""), segments, language };
  const texts = new Map(settings.formats.map((format) => {
    const options = { ...settings.subtitles, name: basename(recording.results) };
    return [partialPath(recording, format), formatTranscription(result, format, options)];
  }));
  if (typeof recording.source === "string") {
    const kept: ResumeFile = {
      recording: await hashRecording(recording),
      settings: await describeSettings(settings),
      state,
    };
    texts.set(resumePath(recording), JSON.stringify(kept, replaceNumber));
  }
  await keepOutputFiles(texts);
  return [...texts.keys()];
}

/** Removes what was kept of a recording that is now finished. */
export async function removeUnfinished(recording: PlacedRecording): Promise<void> {
  const paths = [resumePath(recording), ...OUTPUT_FORMATS.map((format) => partialPath(recording, format))];
  for (const path of paths) await rm(path, { force: true });
}

/** The file from which a recording's transcription goes on. */
function resumePath({ results }: PlacedRecording): string {
  return withEnding(results, ".resume");
}

function partialPath({ results }: PlacedRecording, format: string): string {
  return withEnding(results, `.partial.${format}`);
}

/** Where a name leaves no room for an ending, it is cut, and a part of its hash tells it from its like. */
function withEnding(results: string, ending: string): string {
  const name = basename(results);
  if (cutName(name, ending.length) === name) return results + ending;
  const hash = `-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
  return join(dirname(results), cutName(name, hash.length + ending.length) + hash + ending);
}

async function hashRecording({ source }: PlacedRecording): Promise<string> {
  if (typeof source !== "string") return "";
  const hash = createHash("sha256");
  for await (const piece of createReadStream(source)) hash.update(piece);
  return hash.digest("hex");
}

/** How messages call the settings that no flag is called by. */
const SETTING_NAMES: Readonly<Record<string, string>> = {
  modelFile: "file of the model",
  explain: "kind of --output_format",
};

/** All that the text depends on. A model given by its path may be another one by now. */
async function describeSettings(
  { model, transcribe }: TranscribeCommandSettings,
): Promise<Record<string, unknown>> {
  const file = await stat(model).catch(() => undefined);
  const settings = { model, modelFile: file && [file.size, file.mtimeMs], ...transcribe };
  return JSON.parse(JSON.stringify(settings));
}

/** The numbers that JSON does not have. */
const SPELT: ReadonlyMap<string, number> = new Map([
  ["number:NaN", NaN],
  ["number:Infinity", Infinity],
  ["number:-Infinity", -Infinity],
  ["number:-0", -0],
]);

function replaceNumber(_key: string, value: unknown): unknown {
  if (typeof value !== "number") return value;
  if (Object.is(value, -0)) return "number:-0";
  return Number.isFinite(value) ? value : `number:${value}`;
}

function reviveNumber(_key: string, value: unknown): unknown {
  return typeof value === "string" && SPELT.has(value) ? SPELT.get(value) : value;
}
