#!/usr/bin/env -S deno run -A
/**
 * Tries Sotto on Windows as Wine has it: the suite on Deno and Bun, and a transcription whose text must be this
 * machine's. Everything is made in a folder, from npm's and Debian's packages alone: Wine of Debian's release trixie
 * (older ones do not start the runtimes), the runtimes' and ONNX Runtime's builds for Windows.
 *
 *     deno run -A scripts/try_windows.ts [--folder DIR] [--only deno|bun] [--all] [--resume] [FILE…]
 *
 * `--all` takes the long tests too, `--resume` leaves out the files that ran well before in that folder, files of tests
 * are run instead of the suite. Needs Linux on x64, git, tar and npm, and root or apt's mmdebstrap installed. Takes some
 * ten minutes. Exits with 1 where a failure is not Wine's own.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { makeDebianRoot } from "./platforms/debian_root.ts";
import { unpackNpm } from "./platforms/npm_packages.ts";
import { BUN_PACKAGES, type RuntimeName, VERSIONS } from "./platforms/runtimes.ts";
import { run, say } from "./platforms/steps.ts";
import { trySuite } from "./platforms/suite.ts";
import { tryTranscription } from "./platforms/transcription.ts";
import { LEFT_UNDER_WINE, WINE_FAILURES } from "./platforms/wine_failures.ts";
import { copyClone, fetchPackages, stateOfClone, testFilesOf } from "./platforms/working_copy.ts";

/** What takes longer than all others together, and asks nothing of a system. */
const LONG = ["leak_test.ts", "long_recording_test.ts", "responsiveness_test.ts"];

/** Seconds that some files of the suite and a transcription may take. */
const SUITE_LIMIT = 900, TRANSCRIPTION_LIMIT = 300;

/** What is transcribed. */
const CLIP = { name: "27 s of speech", flags: [] };

/** What Wine sees of the folder: a mount at `/work`. */
const INSIDE = "Z:\\work";

const inside = (path: string) => `${INSIDE}\\${path.replaceAll("/", "\\")}`;

/** Names and certificates for those who ask a registry. */
const NETWORK_FILES = ["/etc/resolv.conf", "/etc/hosts", "/etc/ssl/certs/ca-certificates.crt"];

function makeWine(folder: string): string {
  const root = makeDebianRoot(join(folder, "wine"), {
    release: "trixie",
    packages: ["wine64", "libwine", "libc-bin"],
  });
  for (const name of ["proc", "sys", "dev", "work", "home"]) mkdirSync(join(root, name), { recursive: true });
  for (const file of NETWORK_FILES.filter((file) => existsSync(file))) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(file, join(root, file));
  }
  return root;
}

/** Takes away what earlier tests left behind, which Bun under Wine cannot: gigabytes in a few runs. */
function emptyTemporaryFolder(folder: string): void {
  const temporary = join(folder, "wine/home/wine/drive_c/windows/temp");
  if (!existsSync(temporary)) return;
  for (const name of readdirSync(temporary)) rmSync(join(temporary, name), { recursive: true });
}

/** The command that runs a Windows program: in namespaces of its own, whose end ends all that it started. */
function wineCommand(folder: string, program: string, args: readonly string[]): string[] {
  const certificates = "Z:\\etc\\ssl\\certs\\ca-certificates.crt";
  const environment = {
    HOME: "/home",
    LC_ALL: "C.UTF-8",
    NO_COLOR: "1",
    WINEDEBUG: "-all",
    WINEPREFIX: "/home/wine",
    WINESERVER: "/usr/lib/wine/wineserver64",
    // Where the scripts of Debian's packages would have put a library that Wine needs.
    WINEPATH: "Z:\\usr\\x86_64-w64-mingw32\\lib",
    DENO_DIR: inside("deno_dir"),
    DENO_CERT: certificates,
    NODE_EXTRA_CA_CERTS: certificates,
    // For those that tests start too.
    BUN_OPTIONS: `--preload=${inside("sotto/scripts/platforms/bun_under_wine.ts").replaceAll("\\", "/")}`,
  };
  const script = `cd "$1" && shift &&
mount -t proc proc wine/proc && mount --rbind /dev wine/dev && mount --rbind /sys wine/sys &&
mount --bind . wine/work && exec unshare --root=wine --wd=/work/sotto "$@"`;
  return [
    ...["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"],
    ...["env", "-i", ...Object.entries(environment).map(([name, value]) => `${name}=${value}`)],
    ...["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "sh", "-c", script, "sh", folder],
    ...["/usr/lib/wine/wine64", program, ...args],
  ];
}

function unpackRuntimes(folder: string): Record<RuntimeName, string> {
  const npm = join(folder, "npm");
  const place = (spec: string, file: string) =>
    inside(`${unpackNpm(npm, spec).slice(folder.length + 1)}/${file}`);
  return {
    deno: place(`@deno/win32-x64@${VERSIONS.deno}`, "deno.exe"),
    bun: place(`@oven/bun-windows-x64@${VERSIONS.bun}`, "bin/bun.exe"),
  };
}

/** Gives Bun its packages. */
function installPackages(folder: string): void {
  const npm = join(folder, "npm"), modules = join(folder, "sotto", "node_modules");
  mkdirSync(modules, { recursive: true });
  const library = unpackNpm(npm, `onnxruntime-node@${VERSIONS.onnxruntime}`, ["bin/napi-v6/win32/x64"]);
  cpSync(library, join(modules, "onnxruntime-node"), { recursive: true });
  for (const spec of BUN_PACKAGES) {
    const [name] = spec.split("@"), unpacked = unpackNpm(npm, spec);
    cpSync(unpacked, join(modules, name), { recursive: true });
    // Under Wine, Bun reads no manifest of a package: it takes what is called the index.
    const { main } = JSON.parse(readFileSync(join(unpacked, "package.json"), "utf8"));
    writeFileSync(
      join(modules, name, "index.js"),
      `module.exports = require("./${main.replace("./", "")}");\n`,
    );
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      folder: { type: "string" },
      only: { type: "string" },
      all: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const folder = resolve(values.folder ?? join(tmpdir(), "sotto-windows"));
  mkdirSync(folder, { recursive: true });
  makeWine(folder);
  emptyTemporaryFolder(folder);
  const programs = unpackRuntimes(folder);
  const clone = copyClone(join(folder, "sotto")), tree = stateOfClone();
  installPackages(folder);
  fetchPackages(clone, join(folder, "deno_dir"), ["mod.ts", ...testFilesOf(clone)]);
  const files = positionals.length > 0 ? positionals : testFilesOf(clone, values.all ? [] : LONG);
  let isWell = true;
  for (const runtime of ["deno", "bun"] as const) {
    if (values.only !== undefined && values.only !== runtime) continue;
    say(run(wineCommand(folder, programs[runtime], ["--version"])).trim().split("\n")[0]);
    const command = (args: readonly string[]) => wineCommand(folder, programs[runtime], args);
    const trial = { folder, runtime, command, inside };
    isWell = await tryTranscription({ ...trial, limit: TRANSCRIPTION_LIMIT }, CLIP) && isWell;
    const options = { tree, known: WINE_FAILURES, left: LEFT_UNDER_WINE, resume: values.resume };
    isWell = await trySuite({ ...trial, limit: SUITE_LIMIT }, files, options) && isWell;
  }
  return isWell ? 0 : 1;
}

process.exitCode = await main();
