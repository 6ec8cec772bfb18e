/**
 * Terminates workers at random moments of loading and transcribing; the main thread lives on and works.
 *
 *     terminate_workers.ts MODEL AUDIO TIMES
 */
import process from "node:process";
import { loadModel } from "../../mod.ts";
import { seededUniform } from "../seeded_random.ts";

const [path, audio, times] = process.argv.slice(2);

function fail(message: string): void {
  console.error(message);
  process.exit(1);
}

/** Starts a worker; gives it once it is at work, with a promise of its being done. */
async function start(inMemory: boolean): Promise<{ worker: Worker; done: Promise<void> }> {
  const worker = new Worker(new URL("./transcribing_worker.ts", import.meta.url), { type: "module" });
  worker.onerror = ({ message }) => fail(message);
  const reached = { ready: Promise.withResolvers<void>(), started: Promise.withResolvers<void>() };
  const done = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<"ready" | "started" | "done">) =>
    (data === "done" ? done : reached[data]).resolve();
  await reached.ready.promise;
  worker.postMessage({ model: path, audio, inMemory });
  await reached.started.promise;
  return { worker, done: done.promise };
}

async function transcribe(): Promise<string> {
  using model = await loadModel(path, { device: "cpu" });
  return (await model.transcribe(audio, { temperature: 0 })).text;
}

const first = await start(false);
const before = performance.now();
await first.done;
first.worker.terminate();
const duration = performance.now() - before;
const random = seededUniform(Number(times));
for (let i = 0; i < Number(times); i++) {
  const { worker } = await start(i % 4 === 3);
  await new Promise((resolve) => setTimeout(resolve, random() * duration));
  worker.terminate();
}
const text = await transcribe();
console.log(JSON.stringify({ same: text === await transcribe(), characters: text.length }));
