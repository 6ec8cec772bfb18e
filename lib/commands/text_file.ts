/** Files of text that a command line names: plain text, subtitles, or a transcription's JSON. */
import { readFile } from "node:fs/promises";
import { expandHome } from "../checkpoint/cache/cache_paths.ts";
import { textLines } from "../text/text_lines.ts";
import { UsageError } from "./command.ts";

/**
 * Reads the lines of a text, without empty ones. Requires `--allow-read` permission for the file.
 *
 * @throws {UsageError} when it cannot be read.
 */
export async function readLines(path: string): Promise<string[]> {
  try {
    return textLines(await readFile(expandHome(path), "utf8"));
  } catch (cause) {
    throw new UsageError(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}
