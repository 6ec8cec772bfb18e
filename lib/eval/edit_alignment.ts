/**
 * What was said beside what was heard: the fewest insertions, deletions and substitutions between two lists of words, in
 * linear memory. Levenshtein (1966); Hirschberg (1975).
 */

/** A word said, a word heard, or both, by their places in the lists. Both are there for a match and a substitution. */
export interface AlignedPair {
  /** The place in the reference; `undefined` for an insertion. */
  readonly reference: number | undefined;
  /** The place in the hypothesis; `undefined` for a deletion. */
  readonly hypothesis: number | undefined;
  /** Whether both are there and the same. */
  readonly isMatch: boolean;
}

/** What an edit costs. */
export interface EditCosts {
  /** Of one word for another; a deletion and an insertion cost 1 each. */
  readonly substitution: number;
}

/** What a word of the reference costs beside a blank, where there was time to say it. Sums of it are exact, and can be compared. */
const BESIDE_BLANK = 0.5;

/** Cells of the largest table that is kept whole. */
const WHOLE_TABLE = 1 << 20;

/**
 * Aligns two lists of words.
 *
 * @param hypothesis An `undefined` in it is a blank, where a word may have been said that was not heard: deletions prefer
 * such places, and it costs nothing where there is none.
 * @param costs A substitution that costs 2 or more is never made. Default: it costs 1, as in word error rates.
 * @param wholeTable Cells of the largest table that is kept whole; what needs more is halved. Default: 8 MB of them.
 */
export function alignWords(
  reference: readonly string[],
  hypothesis: readonly (string | undefined)[],
  costs: EditCosts = { substitution: 1 },
  wholeTable: number = WHOLE_TABLE,
): AlignedPair[] {
  const numbers = new Map<string, number>();
  const numbered = (words: readonly (string | undefined)[]) =>
    Int32Array.from(words, (word) => {
      if (word === undefined) return BLANK;
      const known = numbers.get(word);
      if (known !== undefined) return known;
      numbers.set(word, numbers.size);
      return numbers.size - 1;
    });
  const table = new EditTable(numbered(reference), numbered(hypothesis), costs.substitution, wholeTable);
  table.align(0, reference.length, 0, hypothesis.length);
  return table.pairs;
}

/** The number of a blank. */
const BLANK = -1;

/** Aligns ranges of two lists, halving those that are large. */
class EditTable {
  readonly pairs: AlignedPair[] = [];
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  readonly #substitution: number;
  readonly #wholeTable: number;

  constructor(a: Int32Array, b: Int32Array, substitution: number, wholeTable: number) {
    this.#a = a;
    this.#b = b;
    this.#substitution = substitution;
    this.#wholeTable = wholeTable;
  }

  align(a0: number, a1: number, b0: number, b1: number): void {
    // What both begin and end with is the same.
    while (a0 < a1 && b0 < b1 && this.#a[a0] === this.#b[b0]) this.#push(a0++, b0++);
    let same = 0;
    while (a0 < a1 - same && b0 < b1 - same && this.#a[a1 - same - 1] === this.#b[b1 - same - 1]) same++;
    this.#alignInside(a0, a1 - same, b0, b1 - same);
    for (let i = same; i > 0; i--) this.#push(a1 - i, b1 - i);
  }

  #alignInside(a0: number, a1: number, b0: number, b1: number): void {
    if (a0 === a1 || b0 === b1) {
      for (let i = a0; i < a1; i++) this.#push(i, undefined);
      for (let j = b0; j < b1; j++) this.#push(undefined, j);
    } else if ((a1 - a0 + 1) * (b1 - b0 + 1) <= this.#wholeTable || a1 - a0 === 1) {
      this.#alignWhole(a0, a1, b0, b1);
    } else {
      const middle = (a0 + a1) >> 1;
      const before = this.#lastRow(a0, middle, b0, b1, 1);
      const after = this.#lastRow(middle, a1, b0, b1, -1);
      const width = b1 - b0;
      let cut = 0;
      for (let j = 1; j <= width; j++) {
        if (before[j] + after[width - j] < before[cut] + after[width - cut]) cut = j;
      }
      this.align(a0, middle, b0, b0 + cut);
      this.align(middle, a1, b0 + cut, b1);
    }
  }

  /** The costs of a range of `a` beside each beginning, or end, of one of `b`. */
  #lastRow(a0: number, a1: number, b0: number, b1: number, direction: 1 | -1): Float64Array {
    const width = b1 - b0;
    let row = new Float64Array(width + 1);
    const others = this.#b.slice(b0, b1);
    if (direction === -1) others.reverse();
    for (let j = 0; j < width; j++) row[j + 1] = row[j] + insertionOf(others[j]);
    let next = new Float64Array(width + 1);
    for (let i = 0; i < a1 - a0; i++) {
      const word = direction === 1 ? this.#a[a0 + i] : this.#a[a1 - 1 - i];
      next[0] = i + 1;
      for (let j = 0; j < width; j++) {
        const other = others[j];
        const both = row[j] + this.#costOf(word, other);
        const deletion = row[j + 1] + 1, insertion = next[j] + insertionOf(other);
        const one = deletion < insertion ? deletion : insertion;
        next[j + 1] = both < one ? both : one;
      }
      [row, next] = [next, row];
    }
    return row;
  }

  #alignWhole(a0: number, a1: number, b0: number, b1: number): void {
    const height = a1 - a0, width = b1 - b0;
    const stride = width + 1;
    const costs = new Float64Array((height + 1) * stride);
    for (let j = 1; j <= width; j++) costs[j] = costs[j - 1] + insertionOf(this.#b[b0 + j - 1]);
    for (let i = 1; i <= height; i++) {
      costs[i * stride] = i;
      for (let j = 1; j <= width; j++) {
        const other = this.#b[b0 + j - 1];
        const both = costs[(i - 1) * stride + j - 1] + this.#costOf(this.#a[a0 + i - 1], other);
        const deletion = costs[(i - 1) * stride + j] + 1;
        const insertion = costs[i * stride + j - 1] + insertionOf(other);
        costs[i * stride + j] = Math.min(both, deletion, insertion);
      }
    }
    const found: (readonly [number | undefined, number | undefined])[] = [];
    for (let i = height, j = width; i > 0 || j > 0;) {
      const cost = costs[i * stride + j];
      if (
        i > 0 && j > 0 &&
        cost === costs[(i - 1) * stride + j - 1] + this.#costOf(this.#a[a0 + i - 1], this.#b[b0 + j - 1])
      ) found.push([a0 + --i, b0 + --j]);
      else if (i > 0 && cost === costs[(i - 1) * stride + j] + 1) found.push([a0 + --i, undefined]);
      else found.push([undefined, b0 + --j]);
    }
    for (const [reference, hypothesis] of found.reverse()) this.#push(reference, hypothesis);
  }

  #costOf(word: number, other: number): number {
    return word === other ? 0 : other === BLANK ? BESIDE_BLANK : this.#substitution;
  }

  #push(reference: number | undefined, hypothesis: number | undefined): void {
    const isMatch = reference !== undefined && hypothesis !== undefined &&
      this.#a[reference] === this.#b[hypothesis];
    this.pairs.push({ reference, hypothesis, isMatch });
  }
}

function insertionOf(word: number): number {
  return word === BLANK ? 0 : 1;
}
