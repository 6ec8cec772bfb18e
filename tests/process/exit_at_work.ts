/**
 * Ends at a random moment of loading or transcribing, by `process.exit(5)` or by an error that nobody catches.
 *
 *     exit_at_work.ts exit|error MODEL AUDIO MILLISECONDS
 */
import process from "node:process";
import { loadModel } from "../../mod.ts";

const [how, path, audio, milliseconds] = process.argv.slice(2);

setTimeout(() => {
  if (how === "exit") process.exit(5);
  throw new Error("nobody catches this");
}, Number(milliseconds));

async function work(): Promise<void> {
  const model = await loadModel(path, { device: "cpu" });
  console.log("loaded");
  while (true) await model.transcribe(audio, { temperature: 0 });
}

// Not awaited: while Bun waits for a module, an error that nobody catches does not end it.
work();
