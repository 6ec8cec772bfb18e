import process from "node:process";

/**
 * The command that runs a program of an npm package. On Windows `npx` is a script, which only the system's shell starts.
 *
 * @param args The words after `npx`.
 * @param platform A name as `process.platform` has them.
 */
export function npxCommand(args: readonly string[], platform: string = process.platform): string[] {
  return platform === "win32" ? ["cmd.exe", "/d", "/c", "npx.cmd", ...args] : ["npx", ...args];
}
