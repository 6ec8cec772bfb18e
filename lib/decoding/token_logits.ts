/**
 * The logits of one row as the rules and the decoders look at them: whole, or with those of text summed up by the
 * decoder's graph. Both answer alike, but for the order in which sums of some 50,000 numbers are rounded.
 */
import type { TokenPicks } from "../model/types.ts";
import { argmax, logSumExp, sampleToken, topLogits } from "./log_probabilities.ts";

/** A token and how probable it is. */
export interface TokenLogprob {
  readonly token: number;
  readonly logprob: number;
}

/** A row of logits. Ranges of tokens are half open, `[start, end)`. */
export interface TokenLogits {
  /** The number of tokens. */
  readonly nVocab: number;
  /** The logit of a token that is not text. */
  logit(token: number): number;
  /** Forbids tokens: their logits become -Infinity. Those of text are forbidden already where they were picked from. */
  suppress(tokens: readonly number[]): void;
  /** Forbids the tokens of a range, by default of one token. */
  forbid(start: number, end?: number): void;
  /** The largest logit of a range; -Infinity if it is empty. */
  largest(start: number, end: number): number;
  /** `log(sum(exp(x)))` of the logits of a range, by default of all. */
  logSumExp(start?: number, end?: number): number;
  /** The `count` most probable tokens, most probable first; of equals, the lower token first. */
  top(count: number): TokenLogprob[];
  /** Draws a token from `softmax(logits / temperature)`; `random` gives numbers in [0, 1). */
  sample(temperature: number, random: () => number): TokenLogprob;
}

/** All logits, `(nVocab)`, which are written to. */
export class WholeLogits implements TokenLogits {
  readonly #row: Float32Array;

  constructor(row: Float32Array) {
    this.#row = row;
  }

  get nVocab(): number {
    return this.#row.length;
  }

  logit(token: number): number {
    return this.#row[token];
  }

  suppress(tokens: readonly number[]): void {
    for (const token of tokens) this.#row[token] = -Infinity;
  }

  /** Makes a token more probable; a forbidden one stays forbidden. */
  raise(token: number, by: number): void {
    this.#row[token] += by;
  }

  forbid(start: number, end = start + 1): void {
    this.#row.fill(-Infinity, start, end);
  }

  largest(start: number, end: number): number {
    return start < end ? this.#row[argmax(this.#row, start, end)] : -Infinity;
  }

  logSumExp(start = 0, end = this.nVocab): number {
    return logSumExp(this.#row, start, end, this.largest(start, end));
  }

  top(count: number): TokenLogprob[] {
    const total = this.logSumExp();
    return topLogits(this.#row, count).map((token) => ({ token, logprob: this.#row[token] - total }));
  }

  sample(temperature: number, random: () => number): TokenLogprob {
    const token = sampleToken(this.#row, temperature, random);
    return { token, logprob: this.#row[token] - this.logSumExp() };
  }
}

/**
 * The logits of end of text and what follows it, which are written to, and a sum of those of text, which is allowed or
 * forbidden as a whole: single tokens of it are suppressed in the graph.
 */
export class PickedLogits implements TokenLogits {
  readonly #picks: TokenPicks;
  readonly #eot: number;
  #textAllowed = true;

  /** @param eot End of text, the first token that is not text. */
  constructor(picks: TokenPicks, eot: number) {
    this.#picks = picks;
    this.#eot = eot;
  }

  get nVocab(): number {
    return this.#eot + this.#picks.special.length;
  }

  logit(token: number): number {
    return this.#picks.special[token - this.#eot];
  }

  suppress(tokens: readonly number[]): void {
    for (const token of tokens) if (token >= this.#eot) this.#picks.special[token - this.#eot] = -Infinity;
  }

  forbid(start: number, end = start + 1): void {
    if (start === 0 && end >= this.#eot) this.#textAllowed = false;
    else this.#assertNoText(start, end);
    if (end > this.#eot) this.#picks.special.fill(-Infinity, Math.max(0, start - this.#eot), end - this.#eot);
  }

  largest(start: number, end: number): number {
    const { special } = this.#picks;
    const from = Math.max(0, start - this.#eot), to = end - this.#eot;
    const largest = from < to ? special[argmax(special, from, to)] : -Infinity;
    return this.#hasText(start, end) ? Math.max(this.#picks.logits[0], largest) : largest;
  }

  logSumExp(start = 0, end = this.nVocab): number {
    const { special, logSumExp: text } = this.#picks;
    const from = Math.max(0, start - this.#eot), to = end - this.#eot;
    const others = from < to ? logSumExp(special, from, to, special[argmax(special, from, to)]) : -Infinity;
    if (!this.#hasText(start, end) || text === -Infinity) return others;
    const larger = Math.max(text, others);
    return larger + Math.log1p(Math.exp(Math.min(text, others) - larger));
  }

  top(count: number): TokenLogprob[] {
    const total = this.logSumExp();
    const { tokens, logits, special } = this.#picks;
    const others = topLogits(special, count);
    const top: TokenLogprob[] = [];
    let text = this.#textAllowed ? 0 : tokens.length;
    let other = 0;
    while (top.length < count) {
      const ofText = text < tokens.length ? logits[text] : -Infinity;
      const ofOthers = other < others.length ? special[others[other]] : -Infinity;
      // Written so that NaN, as broken weights give it, counts as forbidden.
      if (!(ofText > -Infinity || ofOthers > -Infinity)) return this.#filledUp(top, count, total);
      top.push(
        ofText >= ofOthers
          ? { token: tokens[text++], logprob: ofText - total }
          : { token: this.#eot + others[other++], logprob: ofOthers - total },
      );
    }
    return top;
  }

  /** Not possible: every token's logit counts. */
  sample(): never {
    throw new TypeError("Cannot sample a token: only the most probable ones were picked");
  }

  /** Whether a range has text, all of it, and it is not forbidden. */
  #hasText(start: number, end: number): boolean {
    if (start === 0 && end >= this.#eot) return this.#textAllowed;
    this.#assertNoText(start, end);
    return false;
  }

  #assertNoText(start: number, end: number): void {
    if (start >= this.#eot || start === end) return;
    throw new RangeError(
      `Cannot look at the tokens from ${start} to ${end}: the logits of text are summed up`,
    );
  }

  /** Adds forbidden tokens, the lowest first, when fewer are allowed than are wanted. */
  #filledUp(top: TokenLogprob[], count: number, total: number): TokenLogprob[] {
    const taken = new Set(top.map(({ token }) => token));
    for (let token = 0; top.length < count && token < this.nVocab; token++) {
      if (!taken.has(token)) top.push({ token, logprob: -Infinity - total });
    }
    return top;
  }
}
