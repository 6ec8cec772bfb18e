/**
 * A phone call that was recorded with a side a channel: who said what, in order.
 *
 *     deno run -A phone_call.ts call.wav [model]        (or: bun phone_call.ts …)
 */
import process from "node:process";
import { loadModel } from "@sotto/whisper";

const SIDES = ["Agent", "Customer"];

const [call, name = "base"] = process.argv.slice(2);
if (!call) {
  console.error("Usage: phone_call.ts CALL [MODEL]");
  process.exit(2);
}

using model = await loadModel(name);
// On each side there is silence while the other speaks: only speech is transcribed.
const { segments } = await model.transcribe(call, { channel: "split", vad: true });
for (const { channel = 0, start, text } of segments) {
  console.log(`${start.toFixed(1).padStart(7)}  ${SIDES[channel]}: ${text.trim()}`);
}
