/**
 * WebVTT whose words light up as they are spoken, as karaoke does. Give it to a `<track>` beside the sound.
 *
 *     deno run -A karaoke.ts song.mp3 [model] > song.vtt        (or: bun karaoke.ts …)
 */
import process from "node:process";
import { loadModel } from "@sotto/whisper";
import { formatTranscription } from "@sotto/whisper/writers";

const [song, name = "base"] = process.argv.slice(2);
if (!song) {
  console.error("Usage: karaoke.ts SONG [MODEL] > song.vtt");
  process.exit(2);
}

using model = await loadModel(name);
const result = await model.transcribe(song, { wordTimestamps: true, regroup: { maxChars: 40, maxGap: 1 } });
console.log(formatTranscription(result, "vtt", { highlightWords: true }));
