#!/usr/bin/env -S deno run -A
/**
 * What models of every official size take on this machine: a random checkpoint of each is loaded twice in int8, as it came
 * and then as it was prepared, and once in float32, each in a process of its own that transcribes 27 s of speech to 100
 * tokens. Needs 8 GB of memory and of disk for large-v3, which takes minutes. Linux, whose kernel tells the peak.
 *
 *     deno run -A scripts/sizes/measure.ts [--bun] [tiny base small medium turbo large-v3]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { peakMemory } from "../bench/runners/peak_memory.ts";
import { formatTable, megabytes, seconds } from "../bench/table.ts";
import { loadModel } from "../../mod.ts";
import { SIZES, writeRandomCheckpoint } from "./random_checkpoint.ts";

/** How a checkpoint is loaded. */
interface Load {
  readonly path: string;
  readonly sha256: string;
  readonly precision: "int8" | "float32";
}

/** What it takes, in seconds of processor time and bytes. */
interface Cost {
  readonly load: number;
  readonly peakOfLoad?: number;
  readonly transcribe: number;
  readonly peak?: number;
}

const SPEECH = fileURLToPath(new URL("../../tests/fixtures/sense.wav", import.meta.url));
const TOKENS = 100;

/** Of the multilingual models' vocabularies: without it text goes on to its limit. */
const END_OF_TEXT = 50257;

/** Seconds of processor time that this process has taken: what else the machine does counts less in it than on a clock. */
function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function measure({ path, ...options }: Load): Promise<Cost> {
  const start = busy();
  using model = await loadModel(path, { ...options, prepared: options.precision === "int8", device: "cpu" });
  const loaded = busy(), peakOfLoad = peakMemory();
  await model.transcribe(SPEECH, {
    language: "en",
    temperature: 0,
    sampleLen: TOKENS,
    suppressTokens: [END_OF_TEXT],
    withoutTimestamps: true,
    noSpeechThreshold: null,
    logprobThreshold: null,
    compressionRatioThreshold: null,
  });
  return { load: loaded - start, peakOfLoad, transcribe: busy() - loaded, peak: peakMemory() };
}

/** Measures in a process of its own. */
function measureApart(load: Load, folder: string, onBun: boolean): Cost {
  const program = onBun ? ["bun"] : ["deno", "run", "-A", "--quiet"];
  const [command, ...args] = [...program, fileURLToPath(import.meta.url), "--load", JSON.stringify(load)];
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache") };
  const { status, stdout } = spawnSync(command, args, {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
  return JSON.parse(stdout);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { bun: { type: "boolean", default: false }, load: { type: "string" } },
  });
  if (values.load !== undefined) return console.log(JSON.stringify(await measure(JSON.parse(values.load))));
  const rows: (string | undefined)[][] = [];
  for (const size of positionals.length > 0 ? positionals : SIZES) {
    const folder = mkdtempSync(join(tmpdir(), "sotto-sizes-"));
    try {
      const path = join(folder, `${size}.safetensors`);
      const sha256 = await writeRandomCheckpoint(path, size);
      for (const [precision, what] of [["int8", "first"], ["int8", "prepared"], ["float32", ""]] as const) {
        const cost = measureApart({ path, sha256, precision }, folder, values.bun);
        const { load, peakOfLoad, transcribe, peak } = cost;
        const row = [seconds(load), megabytes(peakOfLoad), seconds(transcribe), megabytes(peak)];
        rows.push([size, `${precision} ${what}`.trim(), ...row]);
        console.error(rows.at(-1)!.join("  "));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const header = ["model", "loaded", "load, CPU-s", "peak, MB", "27 s of speech, CPU-s", "peak of all, MB"];
  console.log(formatTable(header, rows));
}

await main();
