/** Words with `*` and `?`. Elsewhere the shell has put the names of files in their place; on Windows none does. */
import { readdir } from "node:fs/promises";
import { parse } from "node:path";
import process from "node:process";
import { missingPermission } from "../../ffi/permission.ts";
import { expandHome } from "../checkpoint/cache/cache_paths.ts";
import { UsageError } from "./command.ts";

/** An address may have `?` in it. */
const ADDRESS = /^[a-z][a-z0-9+.-]+:\/\//i;

/**
 * Puts the files that they mean in the place of words whose last part has `*`, any letters, or `?`, one letter. A word
 * that means none stays as it is. Requires `--allow-read` permission for the folders.
 *
 * @param platform A name as `process.platform` has them. On others than `"win32"` all words stay.
 * @throws {UsageError} when Deno may not look into a folder.
 */
export async function expandWildcards(
  words: readonly string[],
  platform: string = process.platform,
): Promise<string[]> {
  if (platform !== "win32") return [...words];
  return (await Promise.all(words.map(filesMeantBy))).flat();
}

async function filesMeantBy(word: string): Promise<string[]> {
  const { dir, base } = parse(word);
  if (!/[*?]/.test(base) || ADDRESS.test(word)) return [word];
  const before = word.slice(0, word.lastIndexOf(base));
  const wanted = patternOf(base);
  const names = (await namesIn(dir || ".", word)).filter((name) => wanted.test(name)).sort();
  return names.length === 0 ? [word] : names.map((name) => before + name);
}

/** The files in a folder; of one that is not there, none. */
async function namesIn(folder: string, word: string): Promise<string[]> {
  try {
    const entries = await readdir(expandHome(folder), { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (cause) {
    const denied = missingPermission(cause);
    if (denied !== undefined) throw new UsageError(`Cannot look for ${word}: ${denied}`, { cause });
    return [];
  }
}

/** What names of Windows match: their case does not count. */
function patternOf(base: string): RegExp {
  const source = base.replace(/[\\^$.|+()[\]{}]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${source}$`, "isu");
}
