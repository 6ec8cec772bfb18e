/** Writes the results of one recording, all of them or none. */
import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { join, parse } from "node:path";

/** Gives the name that the results of a recording have, without extension. */
export function outputStem(directory: string, audio: string): string {
  return join(directory, parse(audio).name);
}

/**
 * Writes texts to files, each complete or not there: under a temporary name first, which is taken away if any
 * of them fails.
 *
 * Requires `--allow-read` and `--allow-write` permission for their folders.
 *
 * @param texts The text of each path.
 */
export async function writeOutputFiles(texts: ReadonlyMap<string, string>): Promise<void> {
  const written = new Map<string, string>();
  try {
    for (const [path, text] of texts) {
      const temporary = `${path}.${randomUUID()}.partial`;
      written.set(path, temporary);
      await writeFile(temporary, text, { flag: "wx" });
    }
    for (const [path, temporary] of written) {
      await rename(temporary, path);
      written.delete(path);
    }
  } finally {
    for (const temporary of written.values()) await rm(temporary, { force: true });
  }
}
