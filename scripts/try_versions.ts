#!/usr/bin/env -S deno run -A
/**
 * Tries the `library` option with releases of ONNX Runtime, by its wheels from PyPI: each transcribes a recording, in float32
 * and int8, to the text of the npm package's version, or says which version is wanted.
 *
 *     deno run -A scripts/try_versions.ts [--folder DIR] [VERSION…]
 *
 * Versions are `1.24` (its last patch) or `newest`. Needs Python's pip and unzip. Exits with 1 where one does neither.
 */
import { mkdirSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { LibraryLoadError, loadModel } from "../mod.ts";
import { run, say } from "./platforms/steps.ts";

/** The oldest that may be asked about, the oldest that is taken, one between, and the last. */
const VERSIONS = ["1.20", "1.22", "1.24", "newest"];

/** Which Python the wheels are for: their library is the same. */
const PYTHON = "3.12";

const fixture = (name: string) => fileURLToPath(new URL(`../tests/fixtures/${name}`, import.meta.url));

/** Fetches a release and gives the path of its shared library. */
function unpackWheel(folder: string, version: string): string {
  const target = join(folder, version);
  mkdirSync(target, { recursive: true });
  const library = () =>
    readdirSync(target, { recursive: true, encoding: "utf8" }).find((file) =>
      /(^|[\\/])(lib)?onnxruntime(\.so\.\d+\.\d+\.\d+|\.\d+\.\d+\.\d+\.dylib|\.dll)$/.test(file)
    );
  if (library() === undefined) {
    const wanted = version === "newest" ? "onnxruntime" : `onnxruntime==${version}.*`;
    const python = ["--no-deps", "--only-binary=:all:", `--python-version=${PYTHON}`];
    run(["python3", "-m", "pip", "download", "--quiet", ...python, `--dest=${target}`, wanted]);
    const wheel = readdirSync(target).find((file) => file.endsWith(".whl"))!;
    run(["unzip", "-q", join(target, wheel), "onnxruntime/capi/*onnxruntime*", "-d", target]);
  }
  return join(target, library()!);
}

type Outcome = { readonly texts: readonly string[]; readonly warnings: readonly string[] } | {
  readonly error: Error;
};

/** Transcribes with a library, in both precisions. */
async function tryLibrary(library: string | undefined): Promise<Outcome> {
  const texts: string[] = [], warnings: string[] = [];
  const onWarning = (text: string) => void warnings.push(text);
  try {
    for (const precision of ["float32", "int8"] as const) {
      const options = { library, precision, device: "cpu", onWarning } as const;
      using model = await loadModel(fixture("tiny.en.pt"), options);
      texts.push((await model.transcribe(fixture("sense.wav"), { wordTimestamps: true })).text);
    }
  } catch (error) {
    return { error: error as Error };
  }
  return { texts, warnings };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { folder: { type: "string" } },
    allowPositionals: true,
  });
  const folder = resolve(values.folder ?? join(tmpdir(), "sotto-versions"));
  const expected = await tryLibrary(undefined);
  if ("error" in expected) throw expected.error;
  let isWell = true;
  for (const version of positionals.length > 0 ? positionals : VERSIONS) {
    const library = unpackWheel(folder, version);
    const outcome = await tryLibrary(library);
    const name = `${version} (${library.split(/[\\/]/).at(-1)})`;
    if ("texts" in outcome) {
      const isSame = outcome.texts.map((text, i) => text === expected.texts[i]);
      const [float32, int8] = isSame.map((same) => same ? "the same text" : "another text");
      say(`${name}: works; float32 gives ${float32}, int8 ${int8}`);
      for (const warning of outcome.warnings) say(`  warning: ${warning}`);
      isWell &&= isSame[0];
    } else {
      const { error } = outcome;
      say(`${name}: ${error.name}: ${error.message}`);
      isWell &&= error instanceof LibraryLoadError && error.message.includes(`wanted`);
    }
  }
  return isWell ? 0 : 1;
}

process.exitCode = await main();
