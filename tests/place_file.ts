/** Files and folders that lie in two places. Links are made where they can be; on Windows those to files take rights. */
import { copyFileSync, cpSync, existsSync, symlinkSync } from "node:fs";
import process from "node:process";

/** Puts a file in a second place: a link to it, or a copy. */
export function placeFile(file: string, place: string): void {
  if (!isLinked(file, place, "file")) copyFileSync(file, place);
}

/** Puts a folder in a second place: a link to it, or a copy. */
export function placeFolder(folder: string, place: string): void {
  if (!isLinked(folder, place, "junction")) cpSync(folder, place, { recursive: true });
}

function isLinked(target: string, place: string, kind: "file" | "junction"): boolean {
  try {
    symlinkSync(target, place, kind);
  } catch (error) {
    if (process.platform !== "win32") throw error;
  }
  // Wine makes no links, and of those to files no error either.
  return process.platform !== "win32" || existsSync(place);
}
