/** Where a program is, on systems that would also run one that lies in the working directory. */
import { existsSync } from "node:fs";
import process from "node:process";
import { missingPermission } from "../../../ffi/permission.ts";

/** What finding a program depends on; tests give their own. */
export interface ProgramPlaces {
  readonly platform: string;
  /** The environment variable `PATH`. */
  readonly path: string | undefined;
  readonly exists: (file: string) => boolean;
}

/**
 * Gives what to start for a program's name. On Windows a bare name is looked up in the absolute entries of
 * `PATH` only: the working directory, where a download may lie, is not among them.
 *
 * @returns The path of the program, or `undefined` if there is none. Names with a folder, and on other systems
 * all names, come back as they are; one that Deno may not look up comes with its extension.
 */
export function findProgram(name: string, places: ProgramPlaces = thisSystem()): string | undefined {
  if (places.platform !== "win32" || /[\\/:]/.test(name)) return name;
  const files = /\.(exe|com)$/i.test(name) ? [name] : [`${name}.exe`, `${name}.com`];
  const folders = (places.path ?? "").split(";").map((folder) => folder.replaceAll('"', ""));
  try {
    for (const folder of folders.filter((folder) => /^([a-z]:[\\/]|\\\\)/i.test(folder))) {
      const found = files.map((file) => `${folder.replace(/[\\/]$/, "")}\\${file}`).find(places.exists);
      if (found !== undefined) return found;
    }
  } catch (error) {
    if (missingPermission(error) === undefined) throw error;
    // Deno, which alone denies this look, starts no program of the working directory.
    return files[0];
  }
}

function thisSystem(): ProgramPlaces {
  return { platform: process.platform, path: process.env.PATH, exists: existsSync };
}
