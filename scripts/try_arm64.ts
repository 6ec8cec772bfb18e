#!/usr/bin/env -S deno run -A
/**
 * Tries Sotto on Linux with an ARM processor as QEMU has it: the tests of `ffi/`, of the tokenizer, of the spectrogram and
 * of int8 products, on Deno and Bun, and with `--full` two transcriptions, whose text must be this machine's.
 * Everything is made in a folder, from npm's and Debian's packages alone: QEMU and the libraries of Debian's release
 * trixie (older ones crash), the runtimes' and ONNX Runtime's builds for the processor.
 *
 *     deno run -A scripts/try_arm64.ts [--folder DIR] [--only deno|bun] [--full] [--resume] [FILE…]
 *
 * `--resume` leaves out the files that ran well before in that folder, files of tests are run instead of those named
 * above. Needs Linux 6.7 on x64, git, tar and npm, and root or apt's mmdebstrap installed. Exits with 1 where something
 * fails.
 */
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { makeDebianRoot } from "./platforms/debian_root.ts";
import { unpackNpm } from "./platforms/npm_packages.ts";
import { BUN_PACKAGES, type RuntimeName, VERSIONS } from "./platforms/runtimes.ts";
import { run, say } from "./platforms/steps.ts";
import { trySuite } from "./platforms/suite.ts";
import { tryTranscription } from "./platforms/transcription.ts";
import { copyClone, fetchPackages, stateOfClone, testFilesOf } from "./platforms/working_copy.ts";

/** The tests that depend on the processor: calls of native code, and numbers. */
const PROCESSOR_TESTS = [
  "tests/ffi/",
  "tests/lib/tokenizer/",
  "tests/lib/audio/log_mel",
  "tests/lib/audio/mel/",
  "tests/lib/model/byte_attention",
  "tests/lib/model/int8",
  "tests/lib/model/weights/quantized_linear",
];

/** Seconds that some of the tests and a transcription may take. */
const TESTS_LIMIT = 2000, TRANSCRIPTION_LIMIT = 3000;

/**
 * What is transcribed: no more than shows that the encoder, the decoder and their operators are right. int8 has other
 * operators there, and may decide close calls otherwise: of shorter pieces it does.
 */
const CLIPS = ["float32", "int8"].map((precision) => ({
  name: `7 s of speech in ${precision}`,
  flags: ["--clip_timestamps", "0,7", "--audio_context", "fit", "--precision", precision],
}));

/** What tells a program for 64-bit ARM: the beginning of its ELF header, and which bits of that count. */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, ...Array(9).fill(0), 2, 0, 0xb7, 0];
const MASK = [...Array(7).fill(0xff), 0, ...Array(8).fill(0xff), 0xfe, 0xff, 0xff, 0xff];

const escaped = (bytes: readonly number[]) =>
  bytes.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");

/** The command that runs a program for ARM and what it starts: QEMU is the kernel's way to run them, in this namespace. */
function armCommand(folder: string, program: string, args: readonly string[]): string[] {
  const script = `mount -t proc proc /proc && mount -t binfmt_misc none /proc/sys/fs/binfmt_misc &&
cat "$1/binfmt" > /proc/sys/fs/binfmt_misc/register && shift && exec "$@"`;
  const environment = [
    `QEMU_LD_PREFIX=${join(folder, "libraries")}`,
    `DENO_DIR=${join(folder, "deno_dir")}`,
    "NO_COLOR=1",
    // What takes seconds on a processor takes minutes here: tests ask for less.
    "SOTTO_TEST_EMULATED=1",
  ];
  return [
    ...["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"],
    ...["env", ...environment, "sh", "-c", script, "sh", folder, program, ...args],
  ];
}

function makeMachine(folder: string): void {
  const packages = ["libc6", "libgcc-s1", "libstdc++6"];
  makeDebianRoot(join(folder, "libraries"), { release: "trixie", architecture: "arm64", packages });
  const qemu = makeDebianRoot(join(folder, "qemu"), { release: "trixie", packages: ["qemu-user"] });
  // F: the program is opened now, wherever the namespace's root may be later.
  const rule = `:arm64:M::${escaped(MAGIC)}:${escaped(MASK)}:${join(qemu, "usr/bin/qemu-aarch64")}:F`;
  writeFileSync(join(folder, "binfmt"), rule);
}

function unpackRuntimes(folder: string): Record<RuntimeName, string> {
  const npm = join(folder, "npm");
  const programs = {
    deno: join(unpackNpm(npm, `@deno/linux-arm64-glibc@${VERSIONS.deno}`), "deno"),
    bun: join(unpackNpm(npm, `@oven/bun-linux-aarch64@${VERSIONS.bun}`), "bin/bun"),
  };
  for (const program of Object.values(programs)) chmodSync(program, 0o755);
  return programs;
}

/** Gives Bun its packages. */
function installPackages(folder: string): void {
  const npm = join(folder, "npm"), modules = join(folder, "sotto", "node_modules");
  mkdirSync(modules, { recursive: true });
  const library = unpackNpm(npm, `onnxruntime-node@${VERSIONS.onnxruntime}`, ["bin/napi-v6/linux/arm64"]);
  cpSync(library, join(modules, "onnxruntime-node"), { recursive: true });
  for (const spec of BUN_PACKAGES) {
    cpSync(unpackNpm(npm, spec), join(modules, spec.split("@")[0]), { recursive: true });
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      folder: { type: "string" },
      only: { type: "string" },
      full: { type: "boolean", default: false },
      resume: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const folder = resolve(values.folder ?? join(tmpdir(), "sotto-arm64"));
  mkdirSync(folder, { recursive: true });
  makeMachine(folder);
  const programs = unpackRuntimes(folder);
  const clone = copyClone(join(folder, "sotto")), tree = stateOfClone();
  installPackages(folder);
  fetchPackages(clone, join(folder, "deno_dir"), ["mod.ts", ...testFilesOf(clone)]);
  const files = positionals.length > 0
    ? positionals
    : testFilesOf(clone).filter((file) => PROCESSOR_TESTS.some((beginning) => file.startsWith(beginning)));
  let isWell = true;
  for (const runtime of ["deno", "bun"] as const) {
    if (values.only !== undefined && values.only !== runtime) continue;
    const command = (args: readonly string[]) => armCommand(folder, programs[runtime], args);
    say(`${runtime} ${run(command(["--version"])).trim().split("\n")[0]}`);
    const trial = { folder, runtime, command, inside: (file: string) => join(folder, file) };
    isWell = await trySuite({ ...trial, limit: TESTS_LIMIT }, files, { tree, resume: values.resume }) &&
      isWell;
    for (const clip of values.full ? CLIPS : []) {
      isWell = await tryTranscription({ ...trial, limit: TRANSCRIPTION_LIMIT }, clip) && isWell;
    }
  }
  return isWell ? 0 : 1;
}

process.exitCode = await main();
