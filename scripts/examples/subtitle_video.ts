/**
 * Subtitles for a video: a sentence a cue, two lines of 42 characters at most, shown long enough to be read.
 *
 *     deno run -A subtitle_video.ts film.mp4 [model]        (or: bun subtitle_video.ts …)
 */
import { writeFile } from "node:fs/promises";
import process from "node:process";
import { loadModel } from "@sotto/whisper";
import { formatTranscription } from "@sotto/whisper/writers";

const [video, name = "base"] = process.argv.slice(2);
if (!video) {
  console.error("Usage: subtitle_video.ts VIDEO [MODEL]");
  process.exit(2);
}

using model = await loadModel(name);
const result = await model.transcribe(video, { regroup: "sentence", vad: true });
const subtitles = formatTranscription(result, "srt", {
  maxLineWidth: 42,
  maxLineCount: 2,
  maxCharsPerSecond: 17,
  minGap: 0.08,
});
const file = video.replace(/\.\w+$/, "") + ".srt";
await writeFile(file, subtitles);
console.log(`${result.segments.length} sentences in ${file}`);
