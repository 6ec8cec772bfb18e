/**
 * Names and terms that may be said, as context of every window: the way of faster-whisper. The decoder takes them for what
 * was said before, and so writes them as they are spelt; where nobody speaks, it may go on with them.
 */
import { strip } from "../../python/python_text.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";

/** The context of a window, with hotwords before it. */
export class Hotwords {
  readonly #tokens: readonly number[];
  readonly #words: ReadonlySet<string>;
  readonly #room: number;

  /** @param nTextCtx Positions of the decoder: hotwords take a quarter of them at most, and all context less than half. */
  constructor(words: readonly string[], tokenizer: Pick<Tokenizer, "encode">, nTextCtx: number) {
    const list = words.map(strip).filter((word) => word !== "");
    const tokens = list.length === 0 ? [] : tokenizer.encode(` ${list.join(", ")}`);
    this.#tokens = tokens.slice(0, nTextCtx >> 2);
    this.#words = new Set(list.flatMap(wordsOf));
    this.#room = (nTextCtx >> 1) - 1;
  }

  /** Whether there are any. */
  get isEmpty(): boolean {
    return this.#tokens.length === 0;
  }

  /** Puts them before the text that goes before a window, of which the last part stays. */
  before(prompt: readonly number[]): number[] {
    const left = this.#room - this.#tokens.length;
    return [...this.#tokens, ...left > 0 ? prompt.slice(-left) : []];
  }

  /** Whether a text has any of these words. */
  isIn(text: string): boolean {
    return wordsOf(text).some((word) => this.#words.has(word));
  }

  /** Whether a text is hardly more than these words: it may be an echo of the context, and nothing said. */
  mayBeEcho(text: string): boolean {
    const words = wordsOf(text);
    const echoed = words.filter((word) => this.#words.has(word)).length;
    return echoed > 0 && 2 * echoed >= words.length;
  }
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
}
