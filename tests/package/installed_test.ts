/** The package as strangers install it: from registries on loopback that answer as the public ones do. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { npxCommand } from "../../scripts/platforms/npx_command.ts";
import { describe, fixture, it, itNeeds, program } from "../harness.ts";
import { placeFile, placeFolder } from "../place_file.ts";
import { type JsrPackage, serveJsr } from "./jsr_registry.ts";
import { packModule, readTarball, serveNpm } from "./npm_registry.ts";
import { config, packedFiles } from "./packed_files.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const isDeno = "Deno" in globalThis;
const notDeno = isDeno ? undefined : "it is Deno's way to install";
const notBun = isDeno ? "it is Bun's way to install" : program("tar").missing;

/** What JSR takes at most. */
const JSR_LIMIT = 20_000_000;

/** Deno, wherever it comes from. */
const DENO = program("deno").missing ? npxCommand(["-y", "deno"]) : ["deno"];

const SAID = "Mr. John Dashwood had then";

/** What stands in for `@std` at the registries, so that one sees it is used. */
const STD = {
  path: 'export { basename, dirname, extname, isAbsolute, join, resolve } from "node:path";',
  crypto: 'export const crypto = globalThis.crypto; export { timingSafeEqual } from "node:crypto";',
};

/** A program that uses every part of a short transcription and tells it. */
const PROGRAM = `
import { loadModel } from "@sotto/whisper";
import { formatTranscription } from "@sotto/whisper/writers";
using model = await loadModel("tiny.en.pt");
const result = await model.transcribe("talk.wav", { clipTimestamps: [0, 2.5] });
console.log(formatTranscription(result, "txt"));`;

const CLI_ARGS = [
  "talk.wav",
  "--model",
  "tiny.en.pt",
  "--clip_timestamps",
  "0,2.5",
  "--output_format",
  "srt",
];

/** Runs a program in a folder; gives what it prints. */
function run(cwd: string, file: string, args: readonly string[], env: object = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { cwd, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** Calls `use` with a folder that has a recording and a checkpoint in it, and a name that people give folders. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), "sotto-installed-"));
  const folder = join(parent, "Mes entrevues d'été");
  try {
    mkdirSync(folder);
    placeFile(fixture("tiny.en.pt"), join(folder, "tiny.en.pt"));
    copyFileSync(fixture("sense.wav"), join(folder, "talk.wav"));
    await use(folder);
  } finally {
    rmSync(parent, { recursive: true });
  }
}

function jsrPackages(): JsrPackage[] {
  const std = Object.entries(STD).map(([name, source]) => ({
    name: `@std/${name}`,
    version: "1.0.0",
    exports: { ".": "./mod.ts" },
    files: new Map([["mod.ts", new TextEncoder().encode(source)]]),
  }));
  return [{ ...config, files: packedFiles() }, ...std];
}

/** Calls `use` with what runs this Deno in a folder, as one that knows no other JSR, and has nothing of it yet. */
async function withJsr(use: (folder: string, deno: Runner) => Promise<void>): Promise<void> {
  const cache = mkdtempSync(join(tmpdir(), "sotto-deno-"));
  await using registry = await serveJsr(jsrPackages());
  try {
    // What comes from npm is the public registry's, and large.
    placeFolder(join(await denoFolder(), "npm"), join(cache, "npm"));
    const env = { DENO_DIR: cache, JSR_URL: registry.url };
    await inFolder((folder) =>
      use(
        folder,
        (args, cwd = folder) => run(cwd, process.execPath, [args[0], "--quiet", ...args.slice(1)], env),
      )
    );
  } finally {
    rmSync(cache, { recursive: true });
  }
}

type Runner = (args: readonly string[], cwd?: string) => Promise<string>;

async function denoFolder(): Promise<string> {
  return JSON.parse(await run(ROOT, process.execPath, ["info", "--json"])).denoDir;
}

describe("the package", () => {
  it("is smaller than JSR takes", () => {
    const bytes = [...packedFiles().values()].reduce((sum, { length }) => sum + length, 0);
    assert.ok(bytes < JSR_LIMIT / 2, `${bytes} bytes`);
  });

  it("has neither tests nor scripts in it", () => {
    const tops = new Set([...packedFiles().keys()].map((path) => path.split("/")[0]));
    assert.deepEqual([...tops].sort(), ["README.md", "deno.json", "ffi", "lib", "mod.ts"]);
  });
});

describe("the package from JSR", () => {
  itNeeds(notDeno, "transcribes as a command in an empty folder", () =>
    withJsr(async (_, deno) => {
      assert.match(await deno(["run", "-A", `jsr:${config.name}/cli`, ...CLI_ARGS]), new RegExp(SAID));
    }));

  itNeeds(notDeno, "uses the true @std", () =>
    withJsr(async (_, deno) => {
      const report = await deno(["run", "-A", `jsr:${config.name}/cli`, "doctor", "--json"]);
      assert.deepEqual(JSON.parse(report).facts.std.value, { path: "@std", crypto: "@std" });
    }));

  itNeeds(
    notDeno,
    "is added to a project, and to a member of a workspace, whose types are checked",
    () =>
      withJsr(async (folder, deno) => {
        const member = join(folder, "talk");
        mkdirSync(member);
        writeFileSync(join(folder, "deno.json"), JSON.stringify({ workspace: ["talk"] }));
        writeFileSync(join(member, "deno.json"), "{}");
        writeFileSync(join(member, "talk.ts"), PROGRAM);
        await deno(["add", `jsr:${config.name}`], member);
        await deno(["check", join(member, "talk.ts")]);
        assert.equal((await deno(["run", "-A", join(member, "talk.ts")])).trim(), SAID);
      }),
  );
});

describe("the package from npm", () => {
  itNeeds(notBun, "is added to a project, transcribes, and has a command line", async () => {
    await inFolder(async (folder) => {
      const packed = join(dirname(folder), "packed.tgz");
      // The very file that `deno pack` makes for npm's registry.
      const [file, ...args] = [...DENO, "pack", "--quiet", "--allow-dirty", "--output", packed];
      await run(ROOT, file, args);
      const std = Object.entries(STD).map(([name, source]) =>
        packModule(`@jsr/std__${name}`, "1.0.0", source)
      );
      await using registry = await serveNpm([readTarball(packed), ...std]);
      writeFileSync(
        join(folder, ".npmrc"),
        `@sotto:registry=${registry.url}\n@jsr:registry=${registry.url}\n`,
      );
      writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
      await run(folder, process.execPath, ["add", "--silent", config.name]);
      writeFileSync(join(folder, "talk.ts"), PROGRAM);
      assert.equal((await run(folder, process.execPath, ["talk.ts"])).trim(), SAID);
      const [, cli] = /^bun (\S+) /m.exec(await readFile(join(ROOT, "README.md"), "utf8"))!;
      assert.match(await run(folder, process.execPath, [cli, ...CLI_ARGS]), new RegExp(SAID));
    });
  });
});
