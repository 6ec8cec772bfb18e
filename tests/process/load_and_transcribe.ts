/**
 * Loads a model, transcribes with it and says so.
 *
 *     load_and_transcribe.ts MODEL AUDIO
 */
import process from "node:process";
import { loadModel } from "../../mod.ts";

const [path, audio] = process.argv.slice(2);
using model = await loadModel(path, { device: "cpu" });
const { text } = await model.transcribe(audio, { temperature: 0 });
// What telemetry does, it does a little later.
await new Promise((resolve) => setTimeout(resolve, 1000));
console.log(JSON.stringify(text));
