/** README.md and the pages beside the code do what they say: their examples run on a clip, with the embedded model. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { loadModel, type WhisperModel } from "../../mod.ts";
import { align } from "../../lib/commands/align.ts";
import { command as evalCommand } from "../../lib/commands/eval.ts";
import { plot } from "../../lib/commands/plot.ts";
import { transcribeFiles } from "../../lib/commands/transcribe.ts";
import { fakeTerminal } from "../lib/commands/terminal/fake_terminal.ts";
import { describe, fixture, isEmulated, it, itNeeds } from "../harness.ts";
import { type Example, examplesIn, wordsOf } from "./examples.ts";
import { NOT_RUN } from "./not_run.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (path: string) => readFile(new URL(path, ROOT), "utf8");
const PAGES = ["README.md", ...await pagesUnder("ffi"), ...await pagesUnder("lib")];
const examples = onlyOnce((await Promise.all(PAGES.map(examplesOf))).flat());
const { exports } = JSON.parse(await read("deno.json")) as { exports: Record<string, string> };

/** The pages that lie beside the code. */
async function pagesUnder(folder: string): Promise<string[]> {
  const files = await readdir(new URL(folder, ROOT), { recursive: true });
  return files.filter((file) => basename(file) === "README.md").map((file) => `${folder}/${file}`).sort();
}

async function examplesOf(page: string): Promise<Example[]> {
  return examplesIn(await read(page)).map((example) => ({ ...example, place: `${page}, ${example.place}` }));
}

/** What stands on two pages is run once. */
function onlyOnce(all: readonly Example[]): Example[] {
  return [...new Map(all.map((example) => [example.text, example])).values()];
}

/** The headings of a page, as links name them. */
function headingsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\w\s-]/g, "").replaceAll(" ", "-")
  );
}

/** Seconds of the clip. */
const CLIP = 2.5;

/** The files that the examples name. */
const TEXTS: Readonly<Record<string, string>> = {
  "talk.txt": "And Mr. John Dashwood had then leisure.\n",
  "said.txt": "And Mr. John Dashwood had then leisure.\n",
  "talk.srt": "1\n00:00:00,000 --> 00:00:03,000\nAnd Mr. John Dashwood had then leisure\n\n",
};

/** Where examples are run. */
interface Scene {
  readonly folder: string;
  readonly model: WhisperModel;
}

/** What modules of README take from around them. */
const SURROUNDINGS: Readonly<Record<string, string>> = {
  loadModel: 'import { loadModel } from "jsr:@sotto/whisper";',
  model: 'import type { WhisperModel } from "jsr:@sotto/whisper";\n' +
    "const { model } = globalThis as unknown as { model: WhisperModel };",
  process: 'import process from "node:process";',
  join: 'import { dirname, join } from "node:path";',
  key: "declare const key: string;",
  app:
    "declare const app: { all(path: string, answer: (context: { req: { raw: Request } }) => unknown): void };",
};

/** The module that an example is, whole, importing the sources instead of the registry. */
function moduleOf({ text }: Example): string {
  const around = Object.entries(SURROUNDINGS).filter(([name]) =>
    new RegExp(`(?<![.\\w"])${name}\\b`).test(text) &&
    !new RegExp(`(?:import|const|using|let)(?:(?! of )[^=;])*\\b${name}\\b`).test(text)
  );
  const whole = [...around.map(([, line]) => line), text, "export {};"].join("\n");
  return whole.replaceAll(/"jsr:@sotto\/whisper(\/[\w-]+)?"/g, (_, entry = "") => {
    return JSON.stringify(new URL(exports[`.${entry}`], ROOT).href);
  });
}

function reasonNotToRun({ text }: Example): string | undefined {
  return NOT_RUN.entries().find(([part]) => text.includes(part))?.[1];
}

/** A recording of two channels, under the names that README gives recordings. */
async function writeClip(folder: string): Promise<void> {
  const { buffer } = new Uint8Array(await readFile(fixture("sense.wav")));
  const mono = new Int16Array(buffer, 44, CLIP * 16_000);
  const stereo = Int16Array.from({ length: 2 * mono.length }, (_, i) => mono[i >> 1]);
  const wav = new Uint8Array(44 + stereo.byteLength);
  const view = new DataView(wav.buffer);
  wav.set(new Uint8Array(buffer, 0, 44));
  view.setUint32(4, wav.length - 8, true);
  view.setUint16(22, 2, true);
  view.setUint32(28, 64_000, true);
  view.setUint16(32, 4, true);
  view.setUint32(40, stereo.byteLength, true);
  wav.set(new Uint8Array(stereo.buffer), 44);
  for (const name of ["talk.mp3", "interview.mp3", "interview.wav"]) await writeFile(join(folder, name), wav);
}

/** A module says something; where it only makes values, having been loaded without an error is what it says. */
async function runModule(example: Example, { folder }: Scene, index: number): Promise<void> {
  const said: unknown[][] = [];
  Object.assign(globalThis, { readmeLog: (...values: unknown[]) => said.push(values) });
  const text = moduleOf(example)
    .replaceAll(
      "console.log(",
      "(globalThis as unknown as { readmeLog(...values: unknown[]): void }).readmeLog(",
    )
    .replaceAll(/"(talk|interview)\.(mp3|wav)"/g, (name) => JSON.stringify(join(folder, JSON.parse(name))))
    .replaceAll('"base"', JSON.stringify(fixture("tiny.en.pt")));
  const path = join(folder, `example${index}.ts`);
  await writeFile(path, text);
  await import(pathToFileURL(path).href);
  if (example.text.includes("console.log(") && !example.text.includes("if (")) {
    assert.match(said.flat().join(" "), /Dashwood/);
  }
}

async function runCommand({ text }: Example, { folder, model }: Scene): Promise<void> {
  const words = wordsOf(
    text.replace(/^(?:deno run -A jsr:@sotto\/whisper\/cli|bun \S+\/cli\.js)(?= )/, "sotto"),
  );
  assert.equal(words[0], "sotto", `${text} is no command of ours: name it in not_run.ts`);
  // What the examples name lies in the folder; the model is the one that is there.
  const args = words.slice(1).map((word) =>
    /^\w+\.(mp3|wav|txt|srt|json)$/.test(word) ? join(folder, word) : word
  );
  const load = () =>
    Promise.resolve({
      deviceReport: [],
      isMultilingual: false,
      transcribe: ((audio, options) =>
        model.transcribe(audio, { ...options, audioContext: "fit" })) as WhisperModel["transcribe"],
      align: ((audio, text, options) =>
        model.align(audio, text, options)) as WhisperModel["align"],
      [Symbol.dispose]() {},
    });
  const terminal = fakeTerminal();
  const placed = [...args.slice(1), "-o", folder];
  const code =
    await (args[0] === "align"
      ? align(placed, terminal, load)
      : args[0] === "plot"
      ? plot(placed, terminal, load)
      : args[0] === "eval"
      ? evalCommand.run(args.slice(1), terminal)
      : transcribeFiles([args[0], ...placed], terminal, load));
  assert.equal(code, 0, terminal.written.err);
}

async function runExpression({ text }: Example, { folder, model }: Scene): Promise<void> {
  const calls = text.startsWith("model.") ? text : `model.${text}`;
  const run = new Function("model", "audio", "text", `return ${calls}`);
  await run(model, join(folder, "talk.mp3"), TEXTS["talk.txt"]);
}

async function runOptions({ text }: Example, { folder, model }: Scene): Promise<void> {
  const options = new Function(`return ${text}`)();
  const { text: said } = await model.transcribe(join(folder, "talk.mp3"), {
    ...options,
    audioContext: "fit",
  });
  assert.match(said, /John/);
}

/** Runs all that can be run; gives what went wrong, by the example. */
async function runAll(): Promise<string[]> {
  const faults: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), "sotto-readme-"));
  using model = await loadModel(fixture("tiny.en.pt"));
  Object.assign(globalThis, { model });
  try {
    await writeClip(folder);
    for (const [name, text] of Object.entries(TEXTS)) await writeFile(join(folder, name), text);
    await runCommand({ place: "", kind: "command", text: "sotto talk.mp3 -f json --word_timestamps" }, {
      folder,
      model,
    });
    for (const [i, example] of examples.entries()) {
      if (reasonNotToRun(example) !== undefined) continue;
      const scene = { folder, model };
      try {
        await (example.kind === "module"
          ? runModule(example, scene, i)
          : example.kind === "command"
          ? runCommand(example, scene)
          : example.kind === "options"
          ? runOptions(example, scene)
          : runExpression(example, scene));
      } catch (error) {
        faults.push(`${example.place}: ${example.text}\n${(error as Error).message}`);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return faults;
}

describe("README.md and the pages beside the code", () => {
  it("have examples of every kind, and name no other as not to be run", () => {
    for (const kind of ["module", "command", "options", "expression"]) {
      assert.ok(examples.some((example) => example.kind === kind), kind);
    }
    for (const part of NOT_RUN.keys()) assert.ok(examples.some(({ text }) => text.includes(part)), part);
  });

  it("lead to files and headings that are there", async () => {
    for (const page of [...PAGES, "lib/python/from_python.md"]) {
      for (const [, link] of (await read(page)).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        const [path, heading] = link.split("#");
        const target = path === "" ? page : new URL(path, new URL(page, ROOT)).href.slice(ROOT.href.length);
        const text = await read(target);
        if (heading !== undefined) assert.ok(headingsIn(text).includes(heading), `${page}: ${link}`);
      }
    }
  });

  itNeeds(isEmulated ? "the processor is emulated" : undefined, "do what their examples say", async () => {
    assert.deepEqual(await runAll(), []);
  });

  const missing = "Deno" in globalThis ? undefined : "types are the same on Bun, Deno's tests check them";
  itNeeds(missing, "have code whose types are right, run or not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sotto-readme-types-"));
    const modules = examples.filter(({ kind }) => kind === "module");
    const paths = modules.map((_, i) => join(folder, `example${i}.ts`));
    for (const [i, path] of paths.entries()) await writeFile(path, moduleOf(modules[i]));
    try {
      const args = ["check", "--quiet", "--config", fileURLToPath(new URL("deno.json", ROOT)), ...paths];
      await promisify(execFile)(process.execPath, args);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
