/**
 * Runs a job (`../job.ts`) with transformers.js on the weights that `../export/export_transformers_js.py` wrote. It runs
 * from the folder of the package, where `bench --setup` copies it, so that both runtimes find the package.
 */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import process from "node:process";

const job = JSON.parse(process.argv[2]);
const since = (start) => (performance.now() - start) / 1000;
const print = (answer) => console.log(JSON.stringify(answer));

function peakMemory() {
  const match = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"));
  return match === null ? undefined : Number(match[1]) * 1024;
}

/** The samples of a WAV file, mono, 16 bits. */
function readWav(path) {
  const bytes = readFileSync(path);
  return Float32Array.from(
    new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length)),
    (value) => value / 32768,
  );
}

async function measure() {
  const started = performance.now();
  const { env, pipeline } = await import("@huggingface/transformers");
  const imported = since(started);
  env.allowRemoteModels = false;
  env.localModelPath = dirname(job.model);
  const load = () =>
    pipeline("automatic-speech-recognition", basename(job.model), {
      dtype: job.precision === "int8" ? "q8" : "fp32",
      device: "cpu",
      session_options: { intraOpNumThreads: job.threads },
    });
  const start = performance.now();
  let transcriber = await load();
  const loaded = since(start);
  const samples = readWav(job.audio);
  const multilingual = transcriber.model.generation_config.is_multilingual;
  const options = {
    ...multilingual && { language: "en", task: "transcribe" },
    ...samples.length > 30 * 16000 && { chunk_length_s: 30 },
    ...job.beam > 1 && { num_beams: job.beam },
  };
  const transcribe = [];
  let text = "";
  for (let count = 0; count < job.repeat; count++) {
    const before = performance.now();
    text = (await transcriber(samples, options)).text.trim();
    transcribe.push(since(before));
    if (count === 0) print({ text });
  }
  const peakRss = peakMemory();
  let secondLoad;
  if (job.secondLoad) {
    await transcriber.dispose();
    const again = performance.now();
    transcriber = await load();
    secondLoad = since(again);
  }
  print({
    version: `transformers.js ${env.version} on ${"Deno" in globalThis ? "Deno" : "Bun"}`,
    import: imported,
    load: loaded,
    secondLoad,
    transcribe,
    text,
    peakRss,
  });
}

if (job.beam > 1 || job.batch > 0 || job.words) {
  print({ unsupported: "greedy, one window after the other, no word times" });
} else await measure();
process.exit();
