/** A model and a tokenizer that align made-up attention, as scripts/reference/make_timing_reference.py makes it. */
import type { AudioFeatures, EncoderDecoder } from "../../../lib/model/types.ts";
import type { Tokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { ENGLISH } from "../model/families.ts";

/** Sizes and seed of the made-up attention. */
export interface FakeAttention {
  readonly heads: number;
  /** Text tokens. */
  readonly text: number;
  readonly positions: number;
  readonly numFrames: number;
  readonly seed: number;
}

const SPECIAL_TOKENS = { sotSequence: [51, 52, 53], noTimestamps: 61, eot: 50 };
const VOCABULARY_SIZE = 64;

/** Values in [0, scale), each the sum of three draws. */
function generate(seed: number, count: number, scale: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    let total = 0;
    for (let i = 0; i < 3; i++) total += state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return total / (3 * 2 ** 32) * scale;
  });
}

/** The text tokens of a fake window. */
export function fakeText(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (7 * i) % SPECIAL_TOKENS.eot);
}

/** A tokenizer whose words have two tokens each. */
export function fakeTokenizer(): Tokenizer {
  const splitToWordTokens = (tokens: readonly number[]) => {
    const words: string[] = [];
    const wordTokens: number[][] = [];
    for (let i = 0; i < tokens.length - 1; i += 2) {
      words.push(` ${i}`);
      wordTokens.push(tokens.slice(i, Math.min(i + 2, tokens.length - 1)));
    }
    return { words: [...words, "end"], wordTokens: [...wordTokens, [SPECIAL_TOKENS.eot]] };
  };
  const isText = (token: number) => token < SPECIAL_TOKENS.eot;
  return { ...SPECIAL_TOKENS, isText, splitToWordTokens } as unknown as Tokenizer;
}

/** A model whose decoder attends to a noisy diagonal; `calls` collects the tokens it is given, `features` are of as many positions. */
export function fakeModel({ heads, text, positions, numFrames, seed }: FakeAttention): EncoderDecoder & {
  readonly calls: number[][];
  readonly features: AudioFeatures;
} {
  const count = SPECIAL_TOKENS.sotSequence.length + 2 + text;
  const scores = generate(seed, heads * count * positions, 12);
  for (let head = 0; head < heads; head++) {
    for (let token = 0; token < count; token++) {
      const position = Math.min(positions - 1, Math.floor(Math.floor(token * numFrames / 2) / count));
      scores[(head * count + token) * positions + position] += 6;
    }
  }
  const logits = generate(seed + 1, count * VOCABULARY_SIZE, 20);
  const calls: number[][] = [];
  const model = {
    calls,
    features: { positions },
    dims: { nAudioCtx: positions, nVocab: VOCABULARY_SIZE },
    family: { ...ENGLISH, windowPositions: positions },
    crossAttention(_features: AudioFeatures, tokens: readonly number[]) {
      calls.push([...tokens]);
      return Promise.resolve({ scores, logits });
    },
  };
  return model as unknown as EncoderDecoder & {
    readonly calls: number[][];
    readonly features: AudioFeatures;
  };
}
