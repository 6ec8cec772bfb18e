/** A folder with Debian packages unpacked in it, of any architecture and release: nothing is installed here. */
import { existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { needProgram, run, say } from "./steps.ts";

/** What is unpacked. */
export interface DebianPackages {
  /** The release, as `"trixie"`. */
  readonly release: string;
  readonly packages: readonly string[];
  /** As Debian names it. Default: this machine's. */
  readonly architecture?: string;
}

/** Unpacks packages, with what they depend on, unless the folder is there. */
export function makeDebianRoot(folder: string, { release, packages, architecture }: DebianPackages): string {
  if (existsSync(join(folder, "usr"))) return folder;
  needProgram("mmdebstrap");
  say(`Unpacking ${packages.join(", ")} of Debian's ${release}${architecture ? ` for ${architecture}` : ""}`);
  const foreign = architecture === undefined ? [] : [`--architectures=${architecture}`];
  try {
    // What it mounts as root ends with it, even if it is killed.
    const apart = process.getuid?.() === 0 ? ["unshare", "--mount"] : [];
    // Without the scripts of the packages, which would have to run: only files are wanted.
    const what = ["--variant=extract", ...foreign, `--include=${packages.join(",")}`];
    run([...apart, "mmdebstrap", ...what, release, folder]);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  // What those scripts would have made.
  for (const name of ["bin", "sbin", "lib", "lib64"]) {
    if (!existsSync(join(folder, name))) symlinkSync(`usr/${name}`, join(folder, name));
  }
  return folder;
}
