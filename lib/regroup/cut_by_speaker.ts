/** Segments of one speaker each: those in which another takes over are cut there, and every word has its speaker. */
import { speakerIn, type SpeakerTurn } from "../speakers/speaker_turns.ts";
import type { Segment, Word } from "../transcription/segments.ts";
import { segmentOfWords } from "./regroup.ts";

/** Cuts segments by who speaks, as they come. */
export class SpeakerCutter {
  readonly #turns: readonly SpeakerTurn[];
  #id = 0;

  /** @param turns Who speaks when, in order. */
  constructor(turns: readonly SpeakerTurn[]) {
    this.#turns = turns;
  }

  /** Takes a segment, and gives one for each that speaks in it, in a row. */
  push(segment: Segment): Segment[] {
    const words = segment.words?.map((word) => ({ ...word, ...this.#speakerOf(word) }));
    if (words === undefined || words.length === 0) {
      return [{ ...segment, ...this.#speakerOf(segment), id: this.#id++ }];
    }
    const runs: (Word & { speaker?: number })[][] = [];
    for (const word of words) {
      const run = runs.at(-1);
      if (run !== undefined && run[0].speaker === word.speaker) run.push(word);
      else runs.push([word]);
    }
    return runs.map((run) => {
      const { speaker } = run[0], id = this.#id++;
      const cut = runs.length === 1 ? { ...segment, words, id } : segmentOfWords(
        run.map((word) => ({ word, segment })),
        id,
      );
      return { ...cut, ...(speaker !== undefined && { speaker }) };
    });
  }

  /** Nothing is left: every segment is cut at once. */
  finish(): Segment[] {
    return [];
  }

  /** Who speaks in most of a stretch; nobody where nobody was found to speak. */
  #speakerOf(stretch: { readonly start: number; readonly end: number }): { speaker?: number } {
    const speaker = speakerIn(this.#turns, stretch);
    return speaker === undefined ? {} : { speaker };
  }
}
