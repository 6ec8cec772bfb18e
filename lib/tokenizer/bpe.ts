/**
 * Byte-pair encoding by a list of merges: text is cut into pieces, and the bytes of a piece are merged two by
 * two, lowest token first, until no two neighbours merge. Gives what `tiktoken` gives with the vocabularies of
 * openai/whisper (`tokenizer.py`). Sennrich et al., "Neural Machine Translation of Rare Words with Subword
 * Units" (2016), on bytes as in GPT-2.
 */
import { type MergedToken, mergePiece } from "./merge_piece.ts";

/** The tokens of single bytes, which come first. */
const SINGLE_BYTES = 256;

/**
 * Cuts text into the pieces that are encoded on their own: `pat_str` of openai/whisper. Its `\s` is Unicode's
 * `White_Space`; JavaScript's `\s` has U+FEFF besides and lacks U+0085.
 */
const PIECES =
  /'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** A byte-pair encoding: text to tokens and back. */
export class BytePairEncoding {
  /** Number of tokens. */
  readonly size: number;
  readonly #merges: Uint16Array;
  readonly #byteOfToken = bytesInTokenOrder();
  readonly #tokenOfByte = invert(this.#byteOfToken);
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #mergedToken: MergedToken | undefined;

  /**
   * Makes an encoding from the merges of its vocabulary.
   *
   * @param merges The two tokens that token `256 + i` is made of, for each `i`: `(count, 2)`, row-major.
   * @param size Number of tokens. Those after the last merge are empty.
   */
  constructor(merges: Uint16Array, size: number) {
    this.#merges = merges;
    this.size = size;
  }

  /** Encodes text. A lone surrogate counts as U+FFFD. */
  encode(text: string): number[] {
    const mergedToken = this.#mergedToken ??= indexMerges(this.#merges);
    const tokens: number[] = [];
    for (const [piece] of text.matchAll(PIECES)) {
      const bytes = Array.from(this.#encoder.encode(piece), (byte) => this.#tokenOfByte[byte]);
      for (const token of mergePiece(bytes, mergedToken)) tokens.push(token);
    }
    return tokens;
  }

  /**
   * Decodes the bytes of all tokens together. What is not UTF-8 becomes U+FFFD, as with Python's
   * `errors="replace"`.
   *
   * @throws {RangeError} when a token is not one of this vocabulary.
   */
  decode(tokens: readonly number[]): string {
    const bytes: number[] = [];
    for (const token of tokens) {
      if (!Number.isInteger(token) || token < 0 || token >= this.size) {
        throw new RangeError(`Cannot decode token ${token}: the tokens of text are 0 to ${this.size - 1}`);
      }
      this.#appendBytes(token, bytes);
    }
    return this.#decoder.decode(new Uint8Array(bytes));
  }

  #appendBytes(token: number, bytes: number[]): void {
    const pair = 2 * (token - SINGLE_BYTES);
    if (pair < 0) {
      bytes.push(this.#byteOfToken[token]);
    } else if (pair < this.#merges.length) {
      this.#appendBytes(this.#merges[pair], bytes);
      this.#appendBytes(this.#merges[pair + 1], bytes);
    }
  }
}

/** GPT-2 numbers the bytes that are visible characters of Latin-1 first, then the others. */
function bytesInTokenOrder(): number[] {
  const bytes = Array.from({ length: SINGLE_BYTES }, (_, byte) => byte);
  const isVisible = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return [...bytes.filter(isVisible), ...bytes.filter((byte) => !isVisible(byte))];
}

/** The inverse of a permutation. */
function invert(permutation: readonly number[]): number[] {
  const inverse: number[] = [];
  permutation.forEach((value, index) => inverse[value] = index);
  return inverse;
}

/** Makes the lookup for the pairs that merge. */
function indexMerges(merges: Uint16Array): MergedToken {
  const merged = new Map<number, number>();
  for (let i = 0; i < merges.length; i += 2) {
    merged.set((merges[i] << 16) | merges[i + 1], SINGLE_BYTES + i / 2);
  }
  return (left, right) => merged.get((left << 16) | right);
}
