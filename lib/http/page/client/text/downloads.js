// @ts-check
/**
 * A transcription as files. What the library's writers make of segments without words, character for character: they are
 * TypeScript, which no browser reads, and a test holds these against them.
 */

/**
 * @typedef {{ word: string, start: number, end: number }} Word
 * @typedef {{ id: number, start: number, end: number, text: string, words?: Word[], corrected?: boolean }} Segment
 * @typedef {{ task: string, language: string, duration: number, segments: readonly Segment[] }} Transcript
 */

/** The formats there are, with what each is said to be. */
export const FORMATS = /** @type {const} */ ({
  txt: "text/plain",
  srt: "application/x-subrip",
  vtt: "text/vtt",
  json: "application/json",
});

/**
 * Spells a transcription. A segment whose text was taken away is left out.
 *
 * @param {Transcript} transcript
 * @param {keyof typeof FORMATS} format
 * @returns {string}
 */
export function spellTranscript(transcript, format) {
  const segments = transcript.segments.filter(({ text }) => text.trim() !== "");
  switch (format) {
    case "txt":
      return segments.map(({ text }) => `${text.trim()}\n`).join("");
    case "srt":
      return segments.map((segment, i) => `${i + 1}\n${cue(segment, ",", true)}`).join("");
    case "vtt":
      return `WEBVTT\n\n${segments.map((segment) => cue(segment, ".", false)).join("")}`;
    case "json":
      return `${JSON.stringify({ ...transcript, text: wholeText(segments), segments }, null, 2)}\n`;
  }
}

/**
 * Joins the texts of segments.
 *
 * @param {readonly Segment[]} segments
 * @returns {string}
 */
export function wholeText(segments) {
  return segments.map(({ text }) => text).join("").trim();
}

/**
 * @param {Segment} segment
 * @param {string} mark What stands before the milliseconds.
 * @param {boolean} withHours Whether hours are spelt when there are none.
 */
function cue({ start, end, text }, mark, withHours) {
  // An arrow or an empty line would end the cue.
  const shown = text.trim().replaceAll(/-{2,}>/g, "->").replaceAll(/\n\s*\n/g, "\n");
  return `${timestamp(start, mark, withHours)} --> ${timestamp(end, mark, withHours)}\n${shown}\n\n`;
}

/** @type {(seconds: number, mark: string, withHours: boolean) => string} */
function timestamp(seconds, mark, withHours) {
  const all = roundHalfEven(seconds * 1000);
  const hours = Math.floor(all / 3_600_000);
  const clock = [Math.floor(all / 60_000) % 60, Math.floor(all / 1000) % 60];
  if (withHours || hours > 0) clock.unshift(hours);
  const digits = clock.map((part) => String(part).padStart(2, "0")).join(":");
  return `${digits}${mark}${String(all % 1000).padStart(3, "0")}`;
}

/** @param {number} value */
function roundHalfEven(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/**
 * Names a file after the recording.
 *
 * @param {string} recording The recording's file name.
 * @param {string} extension
 * @returns {string}
 */
export function fileName(recording, extension) {
  return `${recording.replace(/\.[^.]*$/, "") || "transcript"}.${extension}`;
}
