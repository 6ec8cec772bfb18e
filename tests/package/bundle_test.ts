/** What bundlers make of a program with Sotto in it starts, and needs nothing of the clone. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { openLibrary } from "../../ffi/library.ts";
import { describe, fixture, itNeeds } from "../harness.ts";
import { placeFile } from "../place_file.ts";
import { installJsrPackage } from "./jsr_package.ts";

const isDeno = "Deno" in globalThis;
const onlyDeno = isDeno ? undefined : "it is Deno's bundler";
const onlyBun = isDeno ? "it is Bun's bundler" : undefined;

/** A program that transcribes two seconds. */
function program(module: string, library = "undefined"): string {
  return `
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadModel } from ${JSON.stringify(module)};
using model = await loadModel(${JSON.stringify(fixture("tiny.en.pt"))}, { library: ${library} });
const { text } = await model.transcribe(${
    JSON.stringify(fixture("sense.wav"))
  }, { clipTimestamps: [0, 2.5] });
console.log(text);`;
}

const SAID = /Mr\. John Dashwood/;

/** Runs the runtime of the tests, or a program. */
function run(cwd: string, args: string[], options: { file?: string; env?: object } = {}): Promise<string> {
  const { file = process.execPath, env } = options;
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** Calls `use` with an empty folder that has a program in it. */
async function withProgram(source: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sotto-bundle-"));
  try {
    writeFileSync(join(folder, "program.ts"), source);
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { href } = new URL("../../mod.ts", import.meta.url);
// Bun's bundler takes no addresses.
const MODULE = isDeno ? href : fileURLToPath(href);

describe("a bundle", () => {
  itNeeds(onlyDeno, "of deno bundle transcribes", () =>
    withProgram(program(MODULE), async (folder) => {
      // Where JSR cannot be reached the clone's own settings do not help.
      const imports = { "@std/path": "node:path", "@std/crypto": "node:crypto" };
      writeFileSync(join(folder, "deno.json"), JSON.stringify({ imports, lock: false }));
      await run(folder, ["bundle", "--quiet", "--output", "bundle.js", "program.ts"]);
      assert.match(await run(folder, ["run", "--quiet", "--allow-all", "--no-config", "bundle.js"]), SAID);
    }));

  itNeeds(onlyBun, "of bun build transcribes", () =>
    withProgram(program(MODULE), async (folder) => {
      await run(folder, ["build", "--target=bun", "--outfile=bundle.js", "program.ts"]);
      assert.match(await run(folder, ["bundle.js"]), SAID);
    }));

  itNeeds(
    onlyBun,
    "of bun build --compile transcribes with the library beside it, and fetches nothing",
    async () => {
      const { path: library } = await openLibrary();
      const beside = `join(dirname(process.execPath), ${JSON.stringify(basename(library))})`;
      await withProgram(program("@jsr/sotto__whisper", beside), async (folder) => {
        installJsrPackage(folder);
        const shipped = join(folder, "shipped");
        mkdirSync(shipped);
        const file = join(shipped, "program.exe");
        await run(folder, ["build", "--compile", `--outfile=${file}`, "program.ts"]);
        placeFile(library, join(shipped, basename(library)));
        rmSync(join(folder, "node_modules"), { recursive: true });
        const env = {
          BUN_CONFIG_REGISTRY: "http://127.0.0.1:1/",
          BUN_INSTALL_CACHE_DIR: join(folder, "no-cache"),
        };
        assert.match(await run(shipped, [], { file, env }), SAID);
      });
    },
  );
});
