/** The package as a TypeScript project takes it that knows neither Deno nor the DOM: declarations, checked strictly. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, itNeeds } from "../harness.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PACKAGES = ["typescript@5.9.3", "@types/node@24"];

const { exports } = JSON.parse(await readFile(join(ROOT, "deno.json"), "utf8")) as {
  exports: Record<string, string>;
};

/** Runs a program in a folder; gives its exit code and what it prints. */
function run(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) => {
    execFile(program, [...args], { cwd, timeout: 240_000 }, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? (error ? -1 : 0), output: stdout + stderr });
    });
  });
}

/** A folder with TypeScript in it, or why there is none. */
async function folderWithTypescript(): Promise<{ folder: string; missing?: string }> {
  const folder = mkdtempSync(join(tmpdir(), "sotto-types-"));
  if (!("Deno" in globalThis)) {
    return { folder, missing: "types are the same on Bun, Deno's tests check them" };
  }
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const { code } = await run("npm", ["install", "--no-audit", "--no-fund", "--silent", ...PACKAGES], folder);
  return code === 0 ? { folder } : { folder, missing: "npm cannot fetch TypeScript" };
}

const { folder, missing } = await folderWithTypescript();

/** Runs TypeScript with these options. */
async function tsc(name: string, files: readonly string[], compilerOptions: object): Promise<string> {
  const config = {
    compilerOptions: { strict: true, target: "esnext", types: ["node"], ...compilerOptions },
    files,
  };
  await writeFile(join(folder, name), JSON.stringify(config));
  return (await run("node", [join(folder, "node_modules/typescript/bin/tsc"), "-p", name], folder)).output;
}

/** Writes the declarations of all entries, as a registry makes them. */
async function writeDeclarations(outDir: string): Promise<void> {
  await tsc("build.json", Object.values(exports).map((entry) => join(ROOT, entry)), {
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    declaration: true,
    emitDeclarationOnly: true,
    skipLibCheck: true,
    rootDir: ROOT,
    outDir,
  });
  for (const file of await readdir(outDir, { recursive: true })) {
    if (!file.endsWith(".d.ts")) continue;
    const path = join(outDir, file);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replaceAll(/(from |import\()"(\.[^"]*)\.ts"/g, '$1"$2.js"'));
  }
}

describe("the types of the package", () => {
  itNeeds(missing, "satisfy a strict project without the DOM that checks its libraries", async () => {
    const types = join(folder, "types");
    await writeDeclarations(types);
    const entry = (name: string) =>
      JSON.stringify(`./types/${exports[name].slice(2).replace(/\.ts$/, ".js")}`);
    assert.ok((await readdir(types)).includes("mod.d.ts"), `declarations in ${relative(folder, types)}`);
    await writeFile(
      join(folder, "consumer.ts"),
      `import { decodeAudio, loadModel, logMelSpectrogram, padOrTrim, type WhisperModel } from ${entry(".")};
import { listModels, prefetchModel } from ${entry("./cache")};
import { formatTranscription } from ${entry("./writers")};
import { main } from ${entry("./cli")};
export async function use(): Promise<string> {
  await prefetchModel("base", { headers: new Headers(), mirrors: [new URL("http://mirror.test/")] });
  await using model: WhisperModel = await loadModel("base", { device: "auto", headers: { authorization: "token" } });
  for await (const { text, words } of model.segments("a.wav", { language: "german" })) {
    console.log(text, words?.[0]?.probability);
  }
  const mel = await logMelSpectrogram(await decodeAudio("a.wav"), { nMels: model.dims.nMels });
  await model.decode(padOrTrim(mel, 2 * model.dims.nAudioCtx));
  const result = await model.transcribe(new Float32Array(16000), { language: "en", suppressTokens: [-1] });
  // @ts-expect-error results are read only
  result.segments[0].text = "";
  // @ts-expect-error samples are no spectrogram
  await model.decode(new Float32Array(80 * 3000));
  console.log(main, await listModels());
  return formatTranscription(result, "srt");
}
`,
    );
    const output = await tsc("consumer.json", ["consumer.ts"], {
      module: "nodenext",
      lib: ["esnext"],
      skipLibCheck: false,
      noEmit: true,
    });
    assert.equal(output, "");
  });
});
