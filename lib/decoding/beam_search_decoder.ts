/**
 * Beam search: follows the most probable hypotheses side by side. After `BeamSearchDecoder` of
 * openai/whisper's `decoding.py`, with its patience (arXiv 2204.05424).
 */
import { outOfRange } from "../errors.ts";
import { roundHalfEven } from "../python/round_half_even.ts";
import type { Hypothesis, TokenDecoder } from "./token_decoder.ts";
import type { TokenLogits } from "./token_logits.ts";

interface Continuation extends Hypothesis {
  /** Whether its last token is end of text. */
  readonly ended: boolean;
  readonly source: number;
}

/** Beam search with `beamSize` hypotheses. */
export class BeamSearchDecoder implements TokenDecoder {
  readonly #beamSize: number;
  readonly #eot: number;
  readonly #maxCandidates: number;
  readonly #finished: Hypothesis[] = [];
  /** Most probable first. */
  #hypotheses: readonly Hypothesis[] = [{ tokens: [], sumLogprob: 0 }];

  /**
   * @param options Decoding ends with `beamSize * patience` finished candidates.
   * @throws {RangeError} when that is less than one.
   */
  constructor(options: { beamSize: number; eot: number; patience?: number }) {
    const { beamSize, eot, patience = 1 } = options;
    this.#beamSize = beamSize;
    this.#eot = eot;
    this.#maxCandidates = roundHalfEven(beamSize * patience);
    if (this.#maxCandidates < 1) {
      throw outOfRange(
        "INVALID_OPTION",
        `Cannot decode: beamSize ${beamSize} with patience ${patience} ends before the first candidate, ` +
          "wanted a product of 1 or more",
      );
    }
  }

  /** One more token than hypotheses, so that enough remain if one is end of text. */
  get topCount(): number {
    return this.#beamSize + 1;
  }

  get hypotheses(): readonly Hypothesis[] {
    return this.#hypotheses;
  }

  get completed(): boolean {
    return this.#finished.length >= this.#maxCandidates;
  }

  update(logits: readonly TokenLogits[]): number[] {
    const continuations = this.#hypotheses.flatMap((hypothesis, row) =>
      this.#continue(hypothesis, row, logits[row])
    );
    continuations.sort((a, b) => b.sumLogprob - a.sumLogprob);
    const kept: Continuation[] = [];
    for (const continuation of continuations) {
      if (continuation.ended) {
        if (!this.completed) this.#finished.push(continuation);
      } else {
        kept.push(continuation);
        if (kept.length === this.#beamSize) break;
      }
    }
    this.#hypotheses = kept;
    return kept.map(({ source }) => source);
  }

  candidates(): Hypothesis[] {
    const missing = Math.max(0, this.#beamSize - this.#finished.length);
    return [...this.#finished, ...this.#hypotheses.slice(0, missing)];
  }

  #continue({ tokens, sumLogprob }: Hypothesis, source: number, logits: TokenLogits): Continuation[] {
    return logits.top(this.topCount).map(({ token, logprob }) => {
      const ended = token === this.#eot;
      return { tokens: ended ? tokens : [...tokens, token], sumLogprob: sumLogprob + logprob, ended, source };
    });
  }
}
