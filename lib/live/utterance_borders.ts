/**
 * Where utterances begin and end in sound that is still coming in: at the pauses, and in the best place there is where
 * somebody speaks on and on.
 */

/** When speech begins, ends and is cut. All lengths are in frames. */
export interface BorderSettings {
  /** The probability from which a frame is speech. */
  readonly threshold: number;
  /** The probability below which it is silence. */
  readonly negThreshold: number;
  /** Frames of speech without which there is no utterance. */
  readonly minSpeech: number;
  /** Frames of silence that end one. */
  readonly minSilence: number;
  /** Frames that are heard before and after speech. */
  readonly pad: number;
  /** Frames of the longest utterance. */
  readonly longest: number;
}

/** What a frame brings about, at a frame. */
export type Border =
  /** An utterance begins. */
  | { readonly kind: "start"; readonly frame: number }
  /** It ends in a pause. */
  | { readonly kind: "end"; readonly frame: number }
  /** It goes on as a new one from here. */
  | { readonly kind: "cut"; readonly frame: number };

/** Follows the probabilities of speech, frame by frame. */
export class UtteranceBorders {
  readonly #settings: BorderSettings;
  /** Frames heard. */
  #frame = 0;
  /** Where the last utterance ended. */
  #lastEnd = 0;
  /** Where speech began, before it is known to be an utterance. */
  #candidate: number | undefined;
  #voiced = 0;
  #silentSince: number | undefined;
  /** Where the open utterance begins, and the probabilities since. */
  #start: number | undefined;
  #heard: number[] = [];
  /** No utterance is cut before this frame. */
  #settled = 0;

  constructor(settings: BorderSettings) {
    this.#settings = settings;
  }

  /** Where the open utterance begins; nothing while there is none. */
  get openSince(): number | undefined {
    return this.#start;
  }

  /** The first frame that may still be in an utterance. */
  get needed(): number {
    return this.#start ?? Math.max(this.#lastEnd, (this.#candidate ?? this.#frame) - this.#settings.pad);
  }

  /** Is told that words are final up to a frame: no utterance is cut before it any more. */
  settle(frame: number): void {
    this.#settled = frame;
  }

  /** Takes the probability of speech in the next frame. */
  push(probability: number): Border[] {
    const frame = this.#frame++;
    const isSpeech = probability >= this.#settings.threshold;
    if (isSpeech) this.#silentSince = undefined;
    else if (probability < this.#settings.negThreshold) this.#silentSince ??= frame;
    return this.#start === undefined ? this.#closed(frame, isSpeech) : this.#open(frame, probability);
  }

  /** Ends the open utterance with the sound. */
  finish(): Border[] {
    if (this.#start === undefined) return [];
    return [this.#close(this.#frame)];
  }

  #closed(frame: number, isSpeech: boolean): Border[] {
    const { minSpeech, minSilence, pad } = this.#settings;
    if (isSpeech) {
      this.#candidate ??= frame;
      this.#voiced++;
    } else if (this.#silentSince !== undefined && frame + 1 - this.#silentSince >= minSilence) {
      // What was heard was too short.
      this.#candidate = undefined;
      this.#voiced = 0;
    }
    if (this.#candidate === undefined || this.#voiced < minSpeech) return [];
    this.#start = Math.max(this.#lastEnd, this.#candidate - pad);
    this.#heard = new Array(frame + 1 - this.#start).fill(1);
    return [{ kind: "start", frame: this.#start }];
  }

  #open(frame: number, probability: number): Border[] {
    const { minSilence, pad, longest } = this.#settings;
    this.#heard.push(probability);
    if (this.#silentSince !== undefined && frame + 1 - this.#silentSince >= minSilence) {
      return [this.#close(Math.min(frame + 1, this.#silentSince + pad))];
    }
    if (this.#heard.length < longest) return [];
    const cut = bestCut(this.#heard, this.#settled - this.#start!);
    this.#start! += cut;
    this.#heard = this.#heard.slice(cut);
    return [{ kind: "cut", frame: this.#start! }];
  }

  #close(frame: number): Border {
    this.#start = undefined;
    this.#candidate = undefined;
    this.#voiced = 0;
    this.#heard = [];
    this.#lastEnd = frame;
    return { kind: "end", frame };
  }
}

/** Frames over which silence is looked for: the shortest pause between two words that is worth the name, 0.1 s. */
const PAUSE = 3;

/**
 * The middle of the most silent stretch in the second half of what was heard, but for its end: who speaks on has not
 * ended the word there.
 *
 * @param settled It is not before this frame either.
 */
export function bestCut(heard: readonly number[], settled = 0): number {
  const from = Math.max(heard.length >> 1, settled), to = heard.length - 2 * PAUSE;
  let best = Math.min(heard.length, Math.max(from, to)), least = Infinity;
  for (let start = from; start + PAUSE <= to; start++) {
    const sum = heard.slice(start, start + PAUSE).reduce((sum, probability) => sum + probability, 0);
    if (sum <= least) [best, least] = [start + (PAUSE >> 1), sum];
  }
  return best;
}
