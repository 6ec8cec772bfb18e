/**
 * Splits tokens into words, for word timestamps. After `split_tokens_on_unicode` and `split_tokens_on_spaces`
 * of openai/whisper's `tokenizer.py`.
 */
import { strip } from "../python/python_text.ts";

/** Words and the tokens of each. */
export interface WordTokens {
  /** The words, with the space before them. Together they are the text. */
  readonly words: string[];
  /** The tokens of each word. */
  readonly wordTokens: number[][];
}

/** Decodes tokens together, special ones included. */
export type Decode = (tokens: readonly number[]) => string;

/** What the bytes of a character are decoded to while some are missing. */
const REPLACEMENT = "\ufffd";

/** The next byte tells whether a character goes on. It is in the next token, or after the one empty token. */
const TOKENS_AHEAD = 2;

/** `string.punctuation` of Python. */
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/**
 * Splits between any two tokens that do not share a character. For languages that write no spaces.
 *
 * Differs from whisper: broken UTF-8 goes to the word it is in. There, the tokens after it can be lost or be
 * an IndexError, because a broken character has another length alone than among its neighbours.
 */
export function splitOnUnicode(tokens: readonly number[], decode: Decode): WordTokens {
  const words: string[] = [];
  const wordTokens: number[][] = [];
  let current: number[] = [];
  for (const [index, token] of tokens.entries()) {
    current.push(token);
    const word = decode(current);
    if (word.includes(REPLACEMENT)) {
      const ahead = tokens.slice(index + 1, index + 1 + TOKENS_AHEAD);
      const sharesCharacter = decode([...current, ...ahead]) !== word + decode(ahead);
      if (sharesCharacter) continue;
    }
    words.push(word);
    wordTokens.push(current);
    current = [];
  }
  return { words, wordTokens };
}

/** Starts a word at each space, each punctuation mark and each special token, which are those from `eot` on. */
export function splitOnSpaces(tokens: readonly number[], decode: Decode, eot: number): WordTokens {
  const parts = splitOnUnicode(tokens, decode);
  const words: string[] = [];
  const wordTokens: number[][] = [];
  for (const [index, part] of parts.words.entries()) {
    const partTokens = parts.wordTokens[index];
    // As a substring: "()" is punctuation, and so is nothing but space.
    const isPunctuation = PUNCTUATION.includes(strip(part));
    if (words.length === 0 || partTokens[0] >= eot || part.startsWith(" ") || isPunctuation) {
      words.push(part);
      wordTokens.push([...partTokens]);
    } else {
      words[words.length - 1] += part;
      wordTokens[words.length - 1].push(...partTokens);
    }
  }
  return { words, wordTokens };
}
