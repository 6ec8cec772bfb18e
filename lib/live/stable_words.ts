/**
 * Which words of an utterance stand while it is still spoken. Two hypotheses in a row that agree make words final (local
 * agreement; D. Liu, G. Spanakis and J. Niehues, "Low-Latency Sequence-to-Sequence Speech Recognition and Translation by
 * Partial Hypothesis Selection", 2020), and so does time. What is final is what every later hypothesis is made to begin
 * with.
 */

/** A word of a hypothesis. */
export interface HeardWord {
  /** The word with its leading space and its punctuation. */
  readonly word: string;
  /** Its tokens. */
  readonly tokens: readonly number[];
  /** Seconds from the start of the stream. */
  readonly start: number;
  /** Seconds from the start of the stream. */
  readonly end: number;
  /** Mean probability of its tokens. */
  readonly probability: number;
}

/** The words of one utterance, the first of which are final. */
export class StableWords {
  readonly #final: HeardWord[] = [];
  #rest: readonly HeardWord[] = [];

  /** The words that do not change any more. */
  get final(): readonly HeardWord[] {
    return this.#final;
  }

  /** The words of the last hypothesis that may still change. */
  get rest(): readonly HeardWord[] {
    return this.#rest;
  }

  /**
   * Takes what was heard after the final words.
   *
   * @param old Words that end before this time are final, whether or not they were heard before; in seconds.
   */
  hear(words: readonly HeardWord[], old: number): void {
    // The last word may be cut off by the end of the sound, and its mark be one of its end only.
    const most = words.length - 1;
    let count = 0;
    while (count < most && isSameWord(words[count], this.#rest[count])) count++;
    while (count < most && words[count].end <= old) count++;
    this.#final.push(...words.slice(0, count));
    this.#rest = words.slice(count);
  }

  /** Makes all words final: those that are, and what was heard after them. */
  end(words: readonly HeardWord[]): readonly HeardWord[] {
    this.#final.push(...words);
    this.#rest = [];
    return this.#final;
  }
}

/** Whether two words are one, whatever their case and their marks. */
export function isSameWord(word: HeardWord, other: HeardWord | undefined): boolean {
  return other !== undefined && spoken(word.word) === spoken(other.word);
}

function spoken(word: string): string {
  const letters = word.toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, "");
  return letters === "" ? word.trim() : letters;
}
