/** Files that lie in two places. */
import { copyFileSync, existsSync, symlinkSync } from "node:fs";
import process from "node:process";

/** Puts a file in a second place: a link to it, or a copy on Windows, where making links of files takes rights. */
export function placeFile(file: string, place: string): void {
  try {
    symlinkSync(file, place);
  } catch (error) {
    if (process.platform !== "win32") throw error;
  }
  // Wine makes no links, and no error of it either.
  if (process.platform === "win32" && !existsSync(place)) copyFileSync(file, place);
}
