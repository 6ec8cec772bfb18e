/** What openai/whisper's timing code gives for made-up inputs: written by scripts/reference/make_timing_reference.py. */
import { readFileSync } from "node:fs";
import { fixture } from "../../harness.ts";

type ReferenceWord = readonly [word: string, start: number, end: number];

/** The content of tests/fixtures/timing/reference.json. */
export interface TimingReference {
  readonly alignments: readonly {
    readonly heads: number;
    readonly text: number;
    readonly positions: number;
    readonly numFrames: number;
    readonly seed: number;
    readonly words: readonly (readonly [start: number, end: number, probability: number])[];
  }[];
  readonly words: readonly {
    readonly seek: number;
    readonly last: number;
    readonly alignment: readonly (readonly [word: string, tokens: number, start: number, end: number])[];
    readonly segments: readonly (readonly [start: number, end: number, tokens: number])[];
    readonly expected: readonly (readonly [start: number, end: number, words: readonly ReferenceWord[]])[];
  }[];
  readonly windows: readonly {
    readonly threshold: number | null;
    readonly seek: number;
    readonly size: number;
    readonly nextSeek: number;
    readonly singleTimestampEnding: boolean;
    readonly contentFrames: number;
    readonly lastSpeechTimestamp: number;
    readonly segments: readonly (readonly [
      start: number,
      end: number,
      words: readonly (readonly [word: string, start: number, end: number, probability: number])[],
    ])[];
    /** `seek` and `lastSpeechTimestamp` are null after the last window. */
    readonly expected: {
      readonly kept: number;
      readonly seek: number | null;
      readonly lastSpeechTimestamp: number | null;
    };
  }[];
}

/** Reads the reference. */
export function timingReference(): TimingReference {
  return JSON.parse(readFileSync(fixture("timing/reference.json"), "utf8"));
}

/** A segment of which only the times, the words and the window matter. */
export function bareSegment(seek: number, start: number, end: number, tokens: number[] = []) {
  return {
    id: 0,
    seek,
    start,
    end,
    text: "",
    tokens,
    temperature: 0,
    avgLogprob: 0,
    compressionRatio: 0,
    noSpeechProb: 0,
  };
}
