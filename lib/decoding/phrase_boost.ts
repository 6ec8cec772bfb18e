/**
 * Raises the logits of the tokens that begin or go on with phrases a caller expects: shallow fusion with a prefix tree, as
 * the field biases its decoders towards a vocabulary.
 */
import { isNotNegative, OBJECT, type OptionRule, show } from "../options/check_options.ts";
import type { WholeLogits } from "./token_logits.ts";

/** Phrases and by how much the logits of their tokens are raised: a weight of 2 makes each 7 times as probable. */
export type PhraseBoost = Readonly<Record<string, number>>;

/** A place in the tree: what may follow, and by how much it is raised. */
interface Branch {
  readonly next: Map<number, Branch>;
  weight: number;
}

/** The largest weight: with it a phrase is written whatever is said. */
const MOST = 20;

/** What boosting must be. */
export const BOOST: OptionRule = [
  `an object of phrases with weights from 0 to ${MOST}, as { "Dashwood": 4 }`,
  (value) => OBJECT[1](value) && wrongEntry(value as object) === undefined,
  (value) => {
    const [phrase, weight] = OBJECT[1](value) ? wrongEntry(value as object)! : [];
    if (phrase === undefined) return "";
    return phrase.trim() === "" ? "a phrase of it is empty" : `the weight of "${phrase}" is ${show(weight)}`;
  },
];

/** A phrase that is none, or has no weight. */
function wrongEntry(boost: object): [phrase: string, weight: unknown] | undefined {
  return Object.entries(boost).find(([phrase, weight]) =>
    phrase.trim() === "" || !isNotNegative(weight) || weight > MOST
  );
}

/** The tree of the phrases' tokens. */
export class BoostTree {
  readonly #root: Branch = { next: new Map(), weight: 0 };
  #depth = 0;

  /** @param encode Turns text into tokens. */
  constructor(boost: PhraseBoost, encode: (text: string) => readonly number[]) {
    for (const [phrase, weight] of Object.entries(boost)) {
      if (weight > 0) this.#add(encode(` ${phrase.trim()}`), weight);
    }
  }

  #add(tokens: readonly number[], weight: number): void {
    this.#depth = Math.max(this.#depth, tokens.length);
    let branch = this.#root;
    for (const token of tokens) {
      const next = branch.next.get(token) ?? { next: new Map(), weight: 0 };
      next.weight = Math.max(next.weight, weight);
      branch.next.set(token, next);
      branch = next;
    }
  }

  /**
   * Raises the logits of what may come after the tokens sampled so far. What rules forbid stays forbidden.
   *
   * A token that begins a phrase and one that goes on with it are raised alike; where both may be, by the larger weight.
   */
  raise(logits: Pick<WholeLogits, "raise">, sampled: readonly number[]): void {
    const weights = new Map<number, number>();
    for (let length = Math.min(sampled.length, this.#depth); length >= 0; length--) {
      let branch: Branch | undefined = this.#root;
      for (let i = sampled.length - length; i < sampled.length && branch !== undefined; i++) {
        branch = branch.next.get(sampled[i]);
      }
      for (const [token, { weight }] of branch?.next ?? []) {
        weights.set(token, Math.max(weight, weights.get(token) ?? 0));
      }
    }
    for (const [token, weight] of weights) logits.raise(token, weight);
  }
}
