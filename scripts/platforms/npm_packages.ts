/** Packages of npm for any system, unpacked: nothing of them runs. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { needProgram, run, say } from "./steps.ts";

/**
 * Unpacks a package, unless it is there.
 *
 * @param spec Its name and version, as `"pako@3.0.3"`.
 * @param only The folders of it that are wanted. Default: all.
 * @returns Its folder.
 */
export function unpackNpm(folder: string, spec: string, only: readonly string[] = []): string {
  const target = join(folder, spec.replace("/", "+"));
  if (existsSync(join(target, "package.json"))) return target;
  needProgram("npm");
  say(`Unpacking npm's ${spec}`);
  mkdirSync(target, { recursive: true });
  const archive = join(target, run(["npm", "pack", "--silent", spec], { cwd: target }).trim());
  const wanted = only.length === 0 ? [] : ["package.json", ...only].map((path) => `package/${path}`);
  run(["tar", "-xzf", archive, "-C", target, "--strip-components=1", ...wanted]);
  rmSync(archive);
  return target;
}
