/**
 * Every recording of a folder, one after the other, with progress. One that fails is told, and the
 * others are done. Ctrl-C stops it; started again it goes on where it stopped, to the very text it would have given
 * where nothing is sampled.
 *
 *     deno run -A transcribe_folder.ts recordings [model]        (or: bun transcribe_folder.ts …)
 */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { loadModel, type TranscriptionState, type WhisperModel } from "@sotto/whisper";

const RECORDING = /\.(wav|mp3|m4a|flac|ogg|opus|webm|mp4|mkv)$/i;

const [folder, name = "base"] = process.argv.slice(2);
if (!folder) {
  console.error("Usage: transcribe_folder.ts FOLDER [MODEL]");
  process.exit(2);
}
const controller = new AbortController();
process.once("SIGINT", () => controller.abort());

async function readState(path: string): Promise<TranscriptionState | undefined> {
  return JSON.parse(await readFile(path, "utf8").catch(() => "null")) ?? undefined;
}

async function transcribe(model: WhisperModel, recording: string): Promise<void> {
  const unfinished = `${recording}.unfinished.json`;
  let state = await readState(unfinished);
  try {
    const { text } = await model.transcribe(recording, {
      signal: controller.signal,
      resume: state,
      onState: (now) => state = now,
      onProgress: ({ loaded, total }) =>
        console.log(`${recording}: ${loaded.toFixed(0)} of ${total?.toFixed(0)} s`),
    });
    await writeFile(`${recording}.txt`, `${text.trim()}\n`);
    await rm(unfinished, { force: true });
  } catch (error) {
    if (state) await writeFile(unfinished, JSON.stringify(state));
    throw error;
  }
}

const files = await readdir(folder);
const todo = files.filter((file) => RECORDING.test(file) && !files.includes(`${file}.txt`)).sort();
try {
  using model = await loadModel(name, { signal: controller.signal });
  for (const [index, file] of todo.entries()) {
    console.log(`${index + 1} of ${todo.length}`);
    await transcribe(model, join(folder, file)).catch((error) => {
      controller.signal.throwIfAborted();
      console.error(`${join(folder, file)}: ${error.message}`);
      process.exitCode = 1;
    });
  }
} catch (error) {
  if (!controller.signal.aborted) throw error;
  console.error("Stopped. Started again, it goes on from here.");
  process.exitCode = 130;
}
