/**
 * What a bot answers to a voice message. Messengers send Ogg Opus; its bytes are all that is needed. `answer` is what a
 * handler of Discord, Telegram or WhatsApp calls with the attachment it was given.
 *
 *     deno run -A voice_note.ts message.ogg [model]        (or: bun voice_note.ts …)
 */
import { readFile } from "node:fs/promises";
import process from "node:process";
import { AudioDecodeError, loadModel, type WhisperModel } from "@sotto/whisper";

/** Seconds that an answer may take. */
const LIMIT = 60;

async function answer(model: WhisperModel, attachment: Uint8Array): Promise<string> {
  try {
    const { text } = await model.transcribe(attachment, {
      vad: true,
      signal: AbortSignal.timeout(LIMIT * 1000),
    });
    return text.trim() || "I hear nobody speak.";
  } catch (error) {
    if (error instanceof AudioDecodeError) return "That is no recording I can open.";
    throw error;
  }
}

const [message, name = "base"] = process.argv.slice(2);
if (!message) {
  console.error("Usage: voice_note.ts MESSAGE [MODEL]");
  process.exit(2);
}
// One model serves all messages: those that come at the same time are decoded together.
using model = await loadModel(name, { precision: "auto" });
console.log(await answer(model, await readFile(message)));
