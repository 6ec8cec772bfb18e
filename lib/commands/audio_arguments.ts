/**
 * The recordings that a command line names: files, addresses and standard input. They are looked at before a model
 * is loaded, so that a slip of the pen does not start a download.
 */
import { open, stat } from "node:fs/promises";
import { parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { missingPermission } from "../../ffi/permission.ts";
import type { AudioSource } from "../../mod.ts";
import { SNIFF_LENGTH, sniffFormat } from "../audio/format.ts";
import { expandHome } from "../checkpoint/cache/cache_paths.ts";
import { findModel } from "../checkpoint/registry.ts";
import { type Terminal, UsageError } from "./command.ts";
import { meantCommand } from "./command_names.ts";

/** A recording that a word of the command line names. */
export interface AudioArgument {
  /** The word. */
  readonly word: string;
  /** What `transcribe` takes. */
  readonly source: AudioSource;
  /** Its name without folders, for people. */
  readonly title: string;
  /** Its name without folders and ending, for the files of its results. */
  readonly stem: string;
}

/** A word that names no recording. */
export interface MissingAudio {
  /** The word. */
  readonly word: string;
  /** Why, and what may have been meant. */
  readonly reason: string;
  /** Whether it may well mean a command. */
  readonly isLikeCommand?: boolean;
}

/** The words of a command line, looked at. */
export interface AudioArguments {
  /** The recordings, each once. */
  readonly found: readonly AudioArgument[];
  /** The words that name none. */
  readonly missing: readonly MissingAudio[];
}

/** The word for standard input. */
const STDIN = "-";

/**
 * Looks at the words that name recordings. Requires `--allow-read` permission for the files.
 *
 * @throws {UsageError} when standard input is a terminal, or an address cannot be read.
 */
export async function lookAtAudio(words: readonly string[], terminal: Terminal): Promise<AudioArguments> {
  const found = new Map<string, AudioArgument>();
  const missing: MissingAudio[] = [];
  for (const word of words) {
    const argument = word === STDIN
      ? found.get(STDIN) ?? readStdin(terminal)
      : parseAddress(word) ?? await lookAtFile(word);
    if ("reason" in argument) missing.push(argument);
    else if (!found.has(keyOf(argument))) found.set(keyOf(argument), argument);
  }
  return { found: [...found.values()], missing };
}

/** The same recording twice is transcribed once. */
function keyOf({ word, source }: AudioArgument): string {
  return typeof source === "string" ? resolve(source) : word;
}

function readStdin({ stdin }: Terminal): AudioArgument {
  if (stdin === undefined) throw new UsageError("Cannot read standard input: there is none");
  return { word: STDIN, source: stdin(), title: "standard input", stem: "stdin" };
}

/** Reads `scheme://…`; a drive's letter is no scheme. */
function parseAddress(word: string): AudioArgument | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(word)?.[1].toLowerCase();
  if (scheme === undefined || scheme === "file") return undefined;
  if ((scheme !== "http" && scheme !== "https") || !URL.canParse(word)) {
    throw new UsageError(
      `Cannot transcribe ${word}: it is not an address that is read; wanted http://, https:// or file://`,
    );
  }
  const url = new URL(word);
  const title = lastSegment(url) || url.hostname;
  return { word, source: url, title, stem: lastSegment(url) ? stemOf(title) : title };
}

/** The last part of an address's path, as a name that holds no separators. */
function lastSegment({ pathname }: URL): string {
  const last = pathname.split("/").findLast((part) => part !== "") ?? "";
  return decodeSegment(last).replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, "_");
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function lookAtFile(word: string): Promise<AudioArgument | MissingAudio> {
  let path: string;
  try {
    path = /^file:\/\//i.test(word) ? fileURLToPath(word) : word;
  } catch (cause) {
    throw new UsageError(`Cannot transcribe ${word}: ${(cause as Error).message}`, { cause });
  }
  for (const candidate of new Set([path, expandHome(path)])) {
    const stats = await stat(candidate).catch((error: NodeJS.ErrnoException) => error);
    if (stats instanceof Error) {
      if (stats.code === "ENOENT" || stats.code === "ENOTDIR") continue;
      return { word, reason: missingPermission(stats) ?? stats.message };
    }
    if (stats.isDirectory()) return { word, reason: "it is a folder, not a file" };
    const other = stats.isFile() ? await otherThanSound(candidate) : undefined;
    if (other !== undefined) return { word, reason: other };
    const { base } = parse(candidate);
    return { word, source: candidate, title: base, stem: stemOf(base) };
  }
  return { word, ...adviceFor(word) };
}

/** Why a file is no recording, as far as its first bytes tell. */
async function otherThanSound(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(new Uint8Array(SNIFF_LENGTH), 0, SNIFF_LENGTH, 0);
    if (bytesRead === 0) return "it is empty";
    const format = sniffFormat(buffer.subarray(0, bytesRead));
    return format?.audio === false ? `it looks like ${format.name}, not audio` : undefined;
  } catch (error) {
    return missingPermission(error) ?? (error as Error).message;
  }
}

function stemOf(base: string): string {
  return parse(base).name || base;
}

/** What may have been meant by a word that is no file. */
function adviceFor(word: string): Omit<MissingAudio, "word"> {
  const reason = "there is no such file";
  if (findModel(word) !== undefined) {
    return {
      reason: `${reason}; "${word}" is a model: write sotto AUDIO --model ${word}, or sotto download ${word}`,
    };
  }
  const command = /[./\\]/.test(word) ? undefined : meantCommand(word);
  if (command === undefined) return { reason };
  return { reason: `${reason}; did you mean the command sotto ${command}?`, isLikeCommand: true };
}
