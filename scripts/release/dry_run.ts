#!/usr/bin/env -S deno run --allow-run --allow-env
/**
 * Tries `deno publish` without publishing: tells in one line what is in the package and how large it is, or why it cannot be
 * published. Exits with 1 where it cannot.
 *
 *     deno task publish:dry
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { packageFiles, sumUp } from "./package_files.ts";

/** What JSR takes at most, in bytes. */
const LIMIT = 20_000_000;

const ROOT = new URL("../../", import.meta.url);

function main(): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["publish", "--dry-run", "--allow-dirty"], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  const output = stdout + stderr;
  const files = packageFiles(output, ROOT.href);
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (status !== 0 || files.length === 0 || bytes > LIMIT) console.error(output);
  if (files.length > 0) console.log(sumUp(files, LIMIT));
  return status !== 0 || files.length === 0 || bytes > LIMIT ? 1 : 0;
}

process.exitCode = main();
