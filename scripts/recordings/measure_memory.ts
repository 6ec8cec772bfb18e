#!/usr/bin/env -S deno run --allow-read --allow-write --allow-ffi --allow-env --allow-sys
/**
 * Measures what transcribing a long recording takes above the model (Linux): `measure_memory.ts RECORDING [MODEL
 * [PRECISION [SECONDS]]]`, the model being the embedded tiny.en in int8, and SECONDS where to stop. The peak is the
 * kernel's own, set back when the model has been loaded; pages of the checkpoint's file count as far as they were used.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadModel } from "../../mod.ts";

const embedded = fileURLToPath(new URL("../../tests/fixtures/tiny.en.pt", import.meta.url));
/** Names of files that are mapped for their weights. */
const WEIGHTS = /\.(pt|bin|data|onnx|safetensors|weights)$/;

/** The process's memory at one time, in megabytes. */
interface Sample {
  readonly all: number;
  readonly own: number;
  readonly weights: number;
}

const [path, name = embedded, precision = "int8", seconds = "Infinity"] = process.argv.slice(2);

/** A line of the process's status, in megabytes. */
function memory(line: string): number {
  return megabytes(readFileSync("/proc/self/status", "utf8"), line);
}

function megabytes(status: string, line: string): number {
  const kilobytes = new RegExp(`^${line}:\\s*(\\d+)`, "m").exec(status)?.[1];
  return Number(kilobytes) / 1024;
}

/** Pages in memory of mapped files that hold weights: the checkpoint, or what was prepared of it. */
function mappedWeights(): number {
  return readFileSync("/proc/self/smaps", "utf8").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
    .filter((mapping) => WEIGHTS.test(mapping.slice(0, mapping.indexOf("\n"))))
    .reduce((sum, mapping) => sum + megabytes(mapping, "Rss"), 0);
}

function sample(): Sample {
  return { all: memory("VmRSS"), own: memory("RssAnon"), weights: mappedWeights() };
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

using model = await loadModel(name, { precision: precision === "int8" ? "int8" : "float32", device: "cpu" });
const loaded = sample();
writeFileSync("/proc/self/clear_refs", "5");
const start = processorSeconds();
let peak = loaded;
const watch = setInterval(() => {
  if (memory("VmRSS") > peak.all) peak = sample();
}, 100);
let end = 0;
let first: number | undefined;
for await (const segment of model.segments(path, { language: "en" })) {
  first ??= processorSeconds() - start;
  end = segment.end;
  if (end >= Number(seconds)) break;
}
clearInterval(watch);
const more = (of: keyof Sample) => (peak[of] - loaded[of]).toFixed();
process.stdout.write(
  `${end.toFixed()} s: ${(processorSeconds() - start).toFixed()} s of processor time, ${
    first?.toFixed(1)
  } to the ` +
    `first segment; ${(memory("VmHWM") - loaded.all).toFixed()} MB more at the peak than the ` +
    `${loaded.all.toFixed()} when the model was loaded (${more("all")} as sampled: ${
      more("own")
    } of the process's ` +
    `own, ${more("weights")} mapped weights)\n`,
);
