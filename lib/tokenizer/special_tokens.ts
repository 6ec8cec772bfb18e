/**
 * The texts of the special tokens. Vocabularies differ in their text and in their languages, and trainers add tokens:
 * which token is which, the family of the model tells. After `get_encoding` of openai/whisper's `tokenizer.py`.
 */
import type { ModelFamily } from "../model/types.ts";

/** What the texts depend on. */
type Vocabulary = Pick<ModelFamily, "specialTokens" | "secondsPerPosition">;

/** Those of each model: there are some 1500 timestamps, and a tokenizer for each language of each request. */
const known = new WeakMap<Vocabulary, ReadonlyMap<number, string>>();

/** Gives the texts of the special tokens and of added ones, by token. */
export function specialTokenTexts(vocabulary: Vocabulary): ReadonlyMap<number, string> {
  const found = known.get(vocabulary) ?? spellTokens(vocabulary);
  known.set(vocabulary, found);
  return found;
}

function spellTokens({ specialTokens, secondsPerPosition }: Vocabulary): ReadonlyMap<number, string> {
  const { timestampBegin, timestampEnd, languages, added } = specialTokens;
  const timestamps = Array.from(
    { length: timestampEnd - timestampBegin },
    (_, i) => [timestampBegin + i, `<|${(i * secondsPerPosition).toFixed(2)}|>`] as const,
  );
  return new Map([
    [specialTokens.eot, "<|endoftext|>"],
    [specialTokens.sot, "<|startoftranscript|>"],
    ...Array.from(languages, ([code, token]) => [token, `<|${code}|>`] as const),
    [specialTokens.translate, "<|translate|>"],
    [specialTokens.transcribe, "<|transcribe|>"],
    [specialTokens.sotLm, "<|startoflm|>"],
    [specialTokens.sotPrev, "<|startofprev|>"],
    [specialTokens.noSpeech, "<|nospeech|>"],
    [specialTokens.noTimestamps, "<|notimestamps|>"],
    ...timestamps,
    ...added ?? [],
  ]);
}
