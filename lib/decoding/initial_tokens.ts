/**
 * What the decoder is given before it samples: the text that went before, what to do, and how the result
 * begins; and the tokens it may never sample. After `_get_initial_tokens` and `_get_suppress_tokens` of
 * openai/whisper's `decoding.py`.
 */
import { outOfRange } from "../errors.ts";
import { strip } from "../python/python_text.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { DecodingSettings } from "./options.ts";

/**
 * The tokens decoding starts from: `[sotPrev, …prompt]` if there is a prompt, the start-of-transcript
 * sequence, the prefix.
 *
 * @param nTextCtx Positions of the decoder; the prompt gets less than half of them.
 * @throws {RangeError} when they leave no position to sample for.
 */
export function initialTokens(tokenizer: Tokenizer, settings: DecodingSettings, nTextCtx: number): number[] {
  const half = nTextCtx >> 1;
  const { sampleLen = half, withoutTimestamps, strictParity } = settings;
  const tokens = withoutTimestamps
    ? [...tokenizer.sotSequenceIncludingNoTimestamps]
    : [...tokenizer.sotSequence];

  const prefix = toTokens(tokenizer, settings.prefix);
  const room = half - sampleLen;
  // Differs from whisper: with more than 224 tokens to sample the prefix is whole; there it loses its
  // beginning.
  tokens.push(...(room > 0 || strictParity ? prefix.slice(-room) : prefix));

  const prompt = toTokens(tokenizer, settings.prompt);
  if (prompt.length > 0) tokens.unshift(tokenizer.sotPrev, ...prompt.slice(-(half - 1)));

  if (tokens.length > nTextCtx) {
    throw outOfRange(
      "INVALID_OPTION",
      `Cannot decode: prompt and prefix make ${tokens.length} tokens, but the decoder has ${nTextCtx} ` +
        "positions; shorten the prefix",
    );
  }
  return tokens;
}

function toTokens(tokenizer: Tokenizer, text: string | readonly number[] | undefined): readonly number[] {
  if (typeof text !== "string") return text ?? [];
  return text === "" ? [] : tokenizer.encode(" " + strip(text));
}

/**
 * The tokens never to sample, in ascending order: those asked for, and the special tokens that only a prompt
 * may hold.
 *
 * @throws {RangeError} when the vocabulary has no such token.
 */
export function suppressedTokens(
  tokenizer: Tokenizer,
  suppress: DecodingSettings["suppressTokens"],
): number[] {
  const wanted = suppress ?? [];
  if (wanted.length === 0) return [];
  const strange = wanted.find((token) => token < -1 || token >= tokenizer.vocabularySize);
  if (strange !== undefined) {
    throw outOfRange(
      "INVALID_OPTION",
      `Cannot suppress token ${strange}: wanted -1 or a token from 0 to ${tokenizer.vocabularySize - 1}`,
    );
  }
  const { transcribe, translate, sot, sotPrev, sotLm, noSpeech } = tokenizer;
  const tokens = new Set([...wanted, transcribe, translate, sot, sotPrev, sotLm, noSpeech]);
  if (tokens.delete(-1)) { for (const token of tokenizer.nonSpeechTokens) tokens.add(token); }
  return [...tokens].sort((a, b) => a - b);
}
