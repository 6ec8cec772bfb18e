/** Which tests are quick: those that neither load a model nor start a program, as their imports tell. */
import { loadedWith } from "../check_imports.ts";

/** What leads to a model, or to a process of its own. */
const SLOW = ["mod.ts", "lib/load_model.ts", "lib/loaded_model.ts", "ffi/library.ts", "node:child_process"];

/** It starts programs only to see whether they are there. */
const HARNESS = "tests/harness.ts";

/**
 * Tells whether a file of tests is quick.
 *
 * @param file Its path from the top of the tree, with `/` between folders.
 * @param read Gives the text of a file by such a path.
 */
export function isFast(file: string, read: (file: string) => string): boolean {
  const loaded = loadedWith(file, (path) => path === HARNESS ? "" : read(path));
  return !loaded.some((path) => SLOW.includes(path));
}
