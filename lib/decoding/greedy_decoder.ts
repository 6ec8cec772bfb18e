/**
 * Takes the most probable token at temperature 0, and draws tokens for one or several independent candidates
 * above it. After `GreedyDecoder` of openai/whisper's `decoding.py`.
 */
import type { Hypothesis, TokenDecoder } from "./token_decoder.ts";
import type { TokenLogits } from "./token_logits.ts";

interface Candidate extends Hypothesis {
  readonly tokens: number[];
  sumLogprob: number;
}

/** Greedy decoding and sampling. */
export class GreedyDecoder implements TokenDecoder {
  readonly #temperature: number;
  readonly #eot: number;
  readonly #random: () => number;
  readonly #candidates: Candidate[];
  #unfinished: readonly Candidate[];
  #started = false;

  /**
   * @param options `count` independent candidates are drawn; `random` gives numbers in [0, 1).
   */
  constructor(options: { temperature: number; eot: number; count: number; random: () => number }) {
    this.#temperature = options.temperature;
    this.#eot = options.eot;
    this.#random = options.random;
    this.#candidates = Array.from({ length: options.count }, () => ({ tokens: [], sumLogprob: 0 }));
    this.#unfinished = this.#candidates;
  }

  get topCount(): number | undefined {
    return this.#temperature === 0 ? 1 : undefined;
  }

  get hypotheses(): readonly Hypothesis[] {
    return this.#started ? this.#unfinished : this.#unfinished.slice(0, 1);
  }

  get completed(): boolean {
    return this.#unfinished.length === 0;
  }

  update(logits: readonly TokenLogits[]): number[] {
    // All candidates start from the one row of the prompt.
    const rows = this.#unfinished.map((_, i) => this.#started ? i : 0);
    this.#started = true;
    const goesOn = this.#unfinished.map((candidate, i) => this.#extend(candidate, logits[rows[i]]));
    // A finished candidate leaves its row: what would be computed for it is not looked at.
    this.#unfinished = this.#unfinished.filter((_, i) => goesOn[i]);
    return rows.filter((_, i) => goesOn[i]);
  }

  candidates(): Hypothesis[] {
    return this.#candidates;
  }

  /** Adds a token to a candidate, and tells whether it goes on. */
  #extend(candidate: Candidate, logits: TokenLogits): boolean {
    const { token, logprob } = this.#temperature === 0
      ? logits.top(1)[0]
      : logits.sample(this.#temperature, this.#random);
    candidate.sumLogprob += logprob;
    if (token === this.#eot) return false;
    candidate.tokens.push(token);
    return true;
  }
}
