/**
 * Captions of what a microphone hears, a line a sentence, shown in place while it is spoken.
 *
 *     arecord -q -f S16_LE -r 16000 -c 1 | deno run -A live_captions.ts [model]        (or: bun live_captions.ts …)
 */
import process from "node:process";
import { loadModel } from "@sotto/whisper";

const [name = "base.en"] = process.argv.slice(2);
const clearLine = process.stdout.isTTY ? "\r\x1b[K" : "";

using model = await loadModel(name, { precision: "auto" });
for await (const { isFinal, stableText, text } of model.stream(process.stdin, { language: "en" })) {
  if (isFinal) console.log(`${clearLine}${text.trim()}`);
  // What is stable does not change any more; the rest is still a guess.
  else if (clearLine) process.stdout.write(`${clearLine}${stableText.trim()} …`);
}
