/** Times the decoding of formats in this process, round after round, and prints it as one line of JSON. */
import process from "node:process";
import { loadModel } from "../../../mod.ts";
import type { FormatsTask, FormatTimes } from "../formats.ts";
import { decodeAudio, hearAll } from "../internals.ts";

const task: FormatsTask = JSON.parse(process.argv[2]);

/** Seconds by the clock, and of processor time. */
async function took(work: () => Promise<unknown>): Promise<readonly [clock: number, processor: number]> {
  const processor = process.cpuUsage(), start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(processor);
  return [(performance.now() - start) / 1000, (user + system) / 1e6];
}

async function main(): Promise<void> {
  const [first] = Object.values(task.files);
  const { threads } = task;
  const precision = task.precision === "int8" ? "int8" : "float32";
  using model = await loadModel(task.model, { device: "cpu", threads, precision });
  const [, transcribe] = await took(() => model.transcribe(first, { language: "en" }));
  const formats: Record<string, FormatTimes> = {};
  for (let round = 0; round < task.rounds; round++) {
    for (const [name, path] of Object.entries(task.files)) {
      const [decode, processor] = await took(() => decodeAudio(path));
      const [, hear] = await took(() => hearAll(path, model.dims.nMels));
      const least = formats[name] ?? { decode, processor, hear };
      formats[name] = {
        decode: Math.min(decode, least.decode),
        processor: Math.min(processor, least.processor),
        hear: Math.min(hear, least.hear),
      };
    }
  }
  console.log(JSON.stringify({ transcribe, formats }));
}

await main();
