/** A transcription that has of everything: two channels, unsure words, a window that was decoded again, hostile text. */
import type { Segment, Transcription, Word } from "../../../../lib/transcription/segments.ts";

/** What must stay text. */
export const HOSTILE = `</script><img src=x onerror="alert(1)">&amp;'\u0000\ud800`;

const SCORES = {
  seek: 0,
  tokens: [],
  temperature: 0,
  avgLogprob: -0.2,
  compressionRatio: 1,
  noSpeechProb: 0,
};

/** A segment of words that last half a second each. */
export function segmentOf(
  id: number,
  start: number,
  words: readonly (readonly [string, number])[],
  more: Partial<Segment> = {},
): Segment {
  const timed: Word[] = words.map(([word, probability], i) => ({
    word,
    start: start + i / 2,
    end: start + i / 2 + 0.4,
    probability,
  }));
  const text = words.map(([word]) => word).join("");
  return { ...SCORES, id, start, end: start + words.length / 2, text, words: timed, ...more };
}

/** It. */
export const RESULT: Transcription = {
  text: "",
  language: "en",
  segments: [
    segmentOf(0, 1, [[" Good", 0.95], [" morning,", 0.6], [" Ann.", 0.2]], { channel: 0 }),
    segmentOf(1, 4, [[` ${HOSTILE}`, 0.4], [" Bob", 0.9]], { channel: 1 }),
  ],
  windows: [{
    seek: 0,
    start: 0,
    end: 27,
    prompt: "",
    attempts: [
      {
        temperature: 0,
        text: ` again again ${HOSTILE}`,
        avgLogprob: -1.2,
        noSpeechProb: 0.1,
        compressionRatio: 3,
        retryReasons: ["compressionRatio"],
      },
      {
        temperature: 0.2,
        text: " Good morning",
        avgLogprob: -0.2,
        noSpeechProb: 0.1,
        compressionRatio: 1,
        retryReasons: [],
      },
    ],
    used: 1,
    outcome: "transcribed",
    discarded: [{ reason: "hallucination", start: 20, end: 22, text: ` Thanks ${HOSTILE}` }],
    segments: 2,
    nextSeek: 2700,
  }],
  silences: [{ start: 8, end: 20 }],
};
