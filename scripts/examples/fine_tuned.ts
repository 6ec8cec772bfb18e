/**
 * A fine-tuned model as Hugging Face's trainer saves it: a folder with `config.json`, `model.safetensors` and the files of
 * the tokenizer. Nothing is converted. A folder of the hub's cache (`models--…`) is taken as well.
 *
 *     deno run -A fine_tuned.ts whisper-small-swiss-german talk.wav        (or: bun fine_tuned.ts …)
 */
import process from "node:process";
import { CheckpointFormatError, loadModel } from "@sotto/whisper";

const [folder, recording] = process.argv.slice(2);
if (!recording) {
  console.error("Usage: fine_tuned.ts FOLDER RECORDING");
  process.exit(2);
}

try {
  using model = await loadModel(folder, { onWarning: console.warn });
  console.log(`${model.numLanguages} languages, ${model.dims.nTextLayer} layers`);
  const { language, text } = await model.transcribe(recording);
  console.log(`${language}: ${text.trim()}`);
} catch (error) {
  // Which file it is, and what is wrong with it.
  if (!(error instanceof CheckpointFormatError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
