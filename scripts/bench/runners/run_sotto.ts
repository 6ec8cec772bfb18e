/** Runs a job (`../job.ts`) with this library. */
import process from "node:process";
import type { Job, Measurement } from "../job.ts";
import { peakMemory } from "./peak_memory.ts";

const started = performance.now();
const { loadModel } = await import("../../../mod.ts");
const imported = since(started);

type Options = Record<string, unknown>;
type Model = Awaited<ReturnType<typeof loadModel>>;

/** A value that no option takes. */
const NONSENSE = "no such value";

function since(start: number): number {
  return (performance.now() - start) / 1000;
}

function print(answer: object): void {
  console.log(JSON.stringify(answer));
}

async function load(job: Job): Promise<Model> {
  const options: Options = { device: "cpu", threads: job.threads };
  if (job.verify !== undefined) options.verify = job.verify;
  if (job.precision !== "float32") options.precision = job.precision;
  return await loadModel(job.model, options);
}

/** Whether `loadModel` knows an option: one that it does not know is refused as such, or takes nonsense in silence. */
async function knowsLoadOption(job: Job, name: string): Promise<boolean> {
  try {
    using _model = await loadModel(job.model, { [name]: NONSENSE } as Options);
    return false;
  } catch (error) {
    const { message } = error as Error;
    return message.includes(name) && !/not an option/.test(message);
  }
}

function transcribeOptions({ beam, batch, words, audioContext }: Job): Options {
  return {
    language: "en",
    temperature: 0,
    ...beam > 1 && { beamSize: beam },
    ...batch > 0 && { batchSize: batch },
    ...words && { wordTimestamps: true },
    ...audioContext !== undefined && { audioContext },
  };
}

/** Transcribes once, by segments, so that the first is seen when it comes. */
async function transcribe(model: Model, job: Job): Promise<{ took: number; first: number; text: string }> {
  const start = performance.now();
  let first: number | undefined;
  let text = "";
  for await (const segment of model.segments(job.audio, transcribeOptions(job))) {
    first ??= since(start);
    text += segment.text;
  }
  const took = since(start);
  return { took, first: first ?? took, text: text.trim() };
}

async function measure(job: Job): Promise<Measurement> {
  const start = performance.now();
  let model = await load(job);
  const loaded = since(start);
  const transcribed = [];
  for (let count = 0; count < job.repeat; count++) {
    transcribed.push(await transcribe(model, job));
    if (count === 0) print({ text: transcribed[0].text });
  }
  const many: { oneAfterTheOther?: number; atOnce?: number } = {};
  if (job.atOnce !== undefined) {
    const recordings = Array.from({ length: job.atOnce });
    const before = performance.now();
    for (const _ of recordings) await transcribe(model, job);
    many.oneAfterTheOther = since(before);
    const together = performance.now();
    await Promise.all(recordings.map(() => transcribe(model, job)));
    many.atOnce = since(together);
  }
  const peakRss = peakMemory();
  if (job.hold) {
    print({ holding: true });
    for await (const _ of process.stdin) { /* until it ends */ }
  }
  let secondLoad: number | undefined;
  if (job.secondLoad) {
    model[Symbol.dispose]();
    const again = performance.now();
    model = await load(job);
    secondLoad = since(again);
  }
  model[Symbol.dispose]();
  return {
    version: "Deno" in globalThis ? "Sotto on Deno" : "Sotto on Bun",
    import: imported,
    load: loaded,
    secondLoad,
    firstText: Math.min(...transcribed.map(({ first }) => first)),
    transcribe: transcribed.map(({ took }) => took),
    ...many,
    text: transcribed[0].text,
    peakRss,
  };
}

const job: Job = JSON.parse(process.argv[2]);
try {
  if (job.precision !== "float32" && !await knowsLoadOption(job, "precision")) {
    print({ unsupported: `precision "${job.precision}": loadModel has no such option` });
  } else {
    print(await measure(job));
  }
} catch (error) {
  if (!/"\w+" is not an option/.test((error as Error).message)) throw error;
  print({ unsupported: (error as Error).message });
}
