/** Files of text that a command line names: plain text, subtitles, or a transcription's JSON. */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { missingPermission } from "../../ffi/permission.ts";
import { sniffFormat } from "../audio/format.ts";
import { expandHome } from "../checkpoint/cache/cache_paths.ts";
import { segmentTexts, textLines } from "../text/text_lines.ts";
import { UsageError } from "./command.ts";

/**
 * Reads the lines of a text, without empty ones. Requires `--allow-read` permission for the file.
 *
 * @throws {UsageError} when it cannot be read, is no text, or JSON that is no transcription.
 */
export async function readLines(path: string): Promise<string[]> {
  const text = await readText(path);
  if (looksLikeJson(path, text) && segmentTexts(text) === undefined) {
    throw new UsageError(`Cannot read ${path}: it is not the JSON of a transcription`);
  }
  return textLines(text);
}

/**
 * Reads a text in UTF-8. Requires `--allow-read` permission for the file.
 *
 * @param action What is to be done with it, for the message: `"plot"`.
 * @throws {UsageError} when it cannot be read, or is no text.
 */
export async function readText(path: string, action = "read"): Promise<string> {
  const fail = (reason: string, cause?: unknown) =>
    new UsageError(`Cannot ${action} ${path}: ${reason}`, { cause });
  let bytes: Uint8Array;
  try {
    bytes = await readFile(expandHome(path));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    const isFolder = code === "EISDIR";
    const reason = isMissing ? "there is no such file" : isFolder ? "it is a folder, not a file" : message;
    throw fail(missingPermission(cause) ?? reason, cause);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // What it is instead is told below.
  }
  const format = sniffFormat(bytes);
  throw fail(
    format === undefined || format.name === "text"
      ? "it is no text in UTF-8"
      : `it looks like ${format.name}, not text in UTF-8`,
  );
}

/** Whether a file is meant to be JSON, by its name or by how it begins. */
function looksLikeJson(path: string, text: string): boolean {
  return extname(path).toLowerCase() === ".json" || /^\s*\{\s*"/.test(text);
}
