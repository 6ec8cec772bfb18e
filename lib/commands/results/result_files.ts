/** The results of one recording: a file for each format. */
import {
  type FormatOptions,
  formatTranscription,
  type OutputFormat,
  type Transcript,
} from "../../writers/format_transcription.ts";
import { keepOutputFiles } from "./output_files.ts";

/**
 * Gives the paths of the files.
 *
 * @param results Their path without an ending.
 */
export function resultPaths(results: string, formats: readonly OutputFormat[]): string[] {
  return formats.map((format) => `${results}.${format}`);
}

/**
 * Writes the files, all of them or none. Requires what `keepOutputFiles` does.
 *
 * @param results Their path without an ending.
 * @throws {OutputError} when they cannot be written at their place; its message says where they are.
 */
export async function writeResults(
  results: string,
  formats: readonly OutputFormat[],
  transcript: Transcript,
  options?: FormatOptions,
): Promise<void> {
  const texts = formats.map((format) => formatTranscription(transcript, format, options));
  await keepOutputFiles(new Map(resultPaths(results, formats).map((path, i) => [path, texts[i]])));
}
