#!/usr/bin/env -S deno run -A
/**
 * Runs README's two commands as on a machine that has Node and npm and nothing else: in a home without caches, without Deno,
 * Bun and ffmpeg on the path, in a clone whose path has spaces, an apostrophe and an accent. Then the first one again: as it
 * is, without a network, and in a home that cannot be written to. Says how long each took, downloads included.
 *
 *     deno run -A scripts/release/try_empty_home.ts [--folder DIR]
 *
 * Needs Linux with user namespaces, git, tar and npm; takes 700 MB in the folder, which is removed. Of the suite some files are
 * run. Exits with 1 where something fails.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { runLong, say } from "../platforms/steps.ts";
import { copyClone } from "../platforms/working_copy.ts";

/** What the machine has. */
const PROGRAMS = ["node", "npm", "npx", "sh", "env"];

/** What the steps themselves are run with. */
const OURS = ["timeout", "nice", "unshare", "mount"];

/** What is left of the surroundings: where caches are, and which versions are wanted, comes from them too. */
const LEFT_OUT = /^(?:XDG_|DENO_|BUN_|ORT_|SOTTO_|HF_|npm_config_cache$)/;

/** Seconds that one command may take. */
const LIMIT = 1800;

/** Runs what follows without a network, and in a home that cannot be written to. */
const OFFLINE = ["unshare", "--map-root-user", "--net"];
const READ_ONLY = [
  ...["unshare", "--map-root-user", "--mount", "sh", "-c"],
  'mount --bind "$HOME" "$HOME" && mount -o remount,ro,bind "$HOME" && exec "$@"',
  "sh",
];

const DEMO = ["npx", "-y", "deno", "task", "demo"];
const TESTS = [
  "tests/ffi/session_test.ts",
  "tests/lib/decoding/decoding_task_test.ts",
  "tests/lib/cli_test.ts",
];

/** A command and what must be in what it prints. */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly says: RegExp;
}

const SAID = /John Dashwood had then leisure/;
const STEPS: readonly Step[] = [
  { name: "the demo, from nothing", command: DEMO, says: SAID },
  {
    name: `the tests (${TESTS.length} files)`,
    command: ["npx", "-y", "deno", "task", "test", ...TESTS],
    says: /^[1-9]\d* passed, 0 failed$/m,
  },
  { name: "the demo again", command: DEMO, says: SAID },
  { name: "the demo without a network", command: [...OFFLINE, ...DEMO], says: SAID },
  { name: "the demo in a read-only home", command: [...READ_ONLY, ...DEMO], says: SAID },
  {
    name: "the demo in a read-only home without a network",
    command: [...OFFLINE, ...READ_ONLY, ...DEMO],
    says: SAID,
  },
];

/** A folder for the path with nothing in it but the programs. */
function makePath(folder: string): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  for (const name of [...PROGRAMS, ...OURS]) {
    const found = process.env.PATH!.split(delimiter).map((place) => join(place, name)).find(existsSync);
    if (found === undefined) throw new Error(`Cannot try an empty home: ${name} is not on this machine`);
    symlinkSync(found, join(bin, name));
  }
  return bin;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { folder: { type: "string" } } });
  const folder = mkdtempSync(join(resolve(values.folder ?? tmpdir()), "sotto-home-"));
  try {
    const clone = copyClone(join(folder, "Mes entrevues d'été", "sotto"));
    const home = join(folder, "home of å"), temporary = join(folder, "tmp");
    for (const made of [home, temporary]) mkdirSync(made);
    const kept = Object.entries(process.env).filter(([name]) => !LEFT_OUT.test(name));
    const env = {
      ...Object.fromEntries(kept),
      ...{ HOME: home, PATH: makePath(folder), TMPDIR: temporary, NO_COLOR: "1" },
    };
    let isWell = true;
    for (const { name, command, says } of STEPS) {
      const { code, seconds, output } = await runLong(command, {
        log: join(folder, "log"),
        limit: LIMIT,
        cwd: clone,
        env,
      });
      const works = code === 0 && says.test(output);
      isWell &&= works;
      say(`${works ? "works" : "FAILS"}: ${name}, ${seconds} s`);
      if (!works) say(output.slice(-2000));
    }
    return isWell ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
