#!/usr/bin/env -S deno run --allow-read --allow-write --allow-ffi --allow-env --allow-sys
/**
 * Measures what transcribing a long recording takes above the model (Linux): `measure_memory.ts RECORDING [MODEL
 * [PRECISION [SECONDS]]]`, the model being the embedded tiny.en in int8, and SECONDS where to stop. The peak is the
 * kernel's own, set back when the model has been loaded: whoever looked at it in between would leave garbage of his own,
 * of Deno's peak a tenth. Pages of the checkpoint's file count as far as they were used.
 */
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadModel } from "../../mod.ts";

const embedded = fileURLToPath(new URL("../../tests/fixtures/tiny.en.pt", import.meta.url));

const [path, name = embedded, precision = "int8", seconds = "Infinity"] = process.argv.slice(2);

/** A line of the process's status, in megabytes. */
function memory(line: "VmRSS" | "VmHWM"): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`^${line}:\\s*(\\d+)`, "m").exec(status)?.[1]) / 1024;
}

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

using model = await loadModel(name, { precision: precision === "int8" ? "int8" : "float32", device: "cpu" });
const loaded = memory("VmRSS");
writeFileSync("/proc/self/clear_refs", "5");
const start = processorSeconds();
let end = 0;
let first: number | undefined;
for await (const segment of model.segments(path, { language: "en" })) {
  first ??= processorSeconds() - start;
  end = segment.end;
  if (end >= Number(seconds)) break;
}
process.stdout.write(
  `${end.toFixed()} s: ${(processorSeconds() - start).toFixed()} s of processor time, ${
    first?.toFixed(1)
  } to the ` +
    `first segment; ${
      (memory("VmHWM") - loaded).toFixed()
    } MB more at the peak than the ${loaded.toFixed()} when ` +
    "the model was loaded\n",
);
