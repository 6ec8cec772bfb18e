/**
 * Loads the vocabularies of openai/whisper: `gpt2` of the `.en` models and `multilingual`. Each is a generated
 * module of its own, imported when first asked for, so that it loads from any place a module loads from.
 */
import { BytePairEncoding } from "./bpe.ts";

/** What a generated module of a vocabulary holds. */
interface VocabularyModule {
  /** Number of tokens. */
  readonly SIZE: number;
  /** The merges as little-endian 16-bit numbers in base64, with line breaks. */
  readonly MERGES: string;
}

let gpt2: Promise<BytePairEncoding> | undefined;
let multilingual: Promise<BytePairEncoding> | undefined;

/** Gives the encoding of the `.en` models. */
export function gpt2Encoding(): Promise<BytePairEncoding> {
  return gpt2 ??= import("./gpt2_vocabulary.ts").then(toEncoding);
}

/** Gives the encoding of the multilingual models. */
export function multilingualEncoding(): Promise<BytePairEncoding> {
  return multilingual ??= import("./multilingual_vocabulary.ts").then(toEncoding);
}

function toEncoding(vocabulary: VocabularyModule): BytePairEncoding {
  const merges = new Uint16Array(Uint8Array.fromBase64(vocabulary.MERGES).buffer);
  return new BytePairEncoding(merges, vocabulary.SIZE);
}
