import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { loadTokenizer, type Task, type Tokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { LANGUAGES } from "../../../lib/tokenizer/languages.ts";
import { describe, fixture, isEmulated, it } from "../../harness.ts";
import { sampleTexts, sampleTokens } from "./samples.ts";
import { ENGLISH, LARGE_V3, MULTILINGUAL } from "../model/families.ts";

/** Splits of token sequences: hashes of blocks, and of which sequences openai/whisper loses text. */
interface Splits {
  readonly lost: readonly number[];
  readonly hashes: readonly string[];
}

interface VocabularyReference {
  readonly encoded: readonly string[];
  readonly encodedInFull: Readonly<Record<string, readonly number[]>>;
  readonly decoded: readonly string[];
  readonly decodedInFull: Readonly<Record<string, string>>;
  readonly everyToken: readonly string[];
  readonly everyTokenEncoded: readonly string[];
  readonly nonSpeechTokens: readonly number[];
  readonly words: Splits;
  readonly wordsOfAnyTokens: Splits;
  readonly characters?: Splits;
  readonly charactersOfAnyTokens?: Splits;
}

/** What a tokenizer was asked for. */
interface LayoutOptions {
  readonly multilingual: boolean;
  readonly numLanguages: number;
  readonly language: string;
  readonly task: Task;
}

interface Reference {
  readonly gpt2: VocabularyReference;
  readonly multilingual: VocabularyReference;
  readonly languages: readonly (readonly [string, string])[];
  readonly layouts: readonly ({ readonly options: LayoutOptions } & Record<string, unknown>)[];
}

const BLOCK = 100;

/** Of how many blocks one is taken. */
const EVERY = isEmulated ? 10 : 1;

const isTaken = (line: number) => Math.floor(line / BLOCK) % EVERY === 0;

const reference: Reference = JSON.parse(readFileSync(fixture("tokenizer/reference.json"), "utf8"));

/** Of one for each block, those of the blocks that are taken. */
function taken(hashes: readonly string[]): string[] {
  return hashes.filter((_, block) => block % EVERY === 0);
}

/** The start of the SHA-256 of each 100 lines that are taken. */
function hashes(lines: readonly string[]): string[] {
  const all = Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, block) => {
    const text = lines.slice(block * BLOCK, (block + 1) * BLOCK).join("\n");
    return createHash("sha256").update(text).digest("hex").slice(0, 16);
  });
  return taken(all);
}

/** Splits the sequences, and gives the hashes of those that openai/whisper splits whole. */
function splitHashes(
  tokenizer: Tokenizer,
  sequences: readonly number[][],
  lost: readonly number[],
): string[] {
  const skipped = new Set(lost);
  return hashes(sequences.map((tokens, i) => {
    if (!isTaken(i)) return "";
    const { words, wordTokens } = tokenizer.splitToWordTokens(tokens);
    assert.equal(words.join(""), tokenizer.decodeWithTimestamps(tokens));
    assert.deepEqual(wordTokens.flat(), tokens);
    return skipped.has(i) ? "" : JSON.stringify([words, wordTokens.map((tokens) => tokens.length)]);
  }));
}

for (const name of ["gpt2", "multilingual"] as const) {
  const multilingual = name === "multilingual";
  const expected = reference[name];
  const load = (language: string) => loadTokenizer(multilingual ? LARGE_V3 : ENGLISH, { language });

  describe(`the ${name} vocabulary gives what openai/whisper gives`, () => {
    it("encode() on 11,609 texts of 58 scripts", async () => {
      const tokenizer = await load("en");
      const texts = sampleTexts();
      for (const [i, tokens] of Object.entries(expected.encodedInFull)) {
        assert.deepEqual(tokenizer.encode(texts[Number(i)]), tokens);
      }
      const encoded = texts.map((text, i) => isTaken(i) ? String(tokenizer.encode(text)) : "");
      assert.deepEqual(hashes(encoded), taken(expected.encoded));
    });

    it("decodeWithTimestamps() on 3,000 sequences with broken UTF-8 and special tokens", async () => {
      const tokenizer = await load("en");
      const sequences = sampleTokens(tokenizer.eot, tokenizer.vocabularySize);
      const decoded = sequences.map((tokens) => tokenizer.decodeWithTimestamps(tokens));
      for (const [i, text] of Object.entries(expected.decodedInFull)) assert.equal(decoded[Number(i)], text);
      assert.deepEqual(hashes(decoded), taken(expected.decoded));
    });

    it("every token alone, decoded and encoded again", async () => {
      const tokenizer = await load("en");
      const texts = Array.from(
        { length: tokenizer.vocabularySize },
        (_, i) => tokenizer.decodeWithTimestamps([i]),
      );
      assert.deepEqual(hashes(texts), taken(expected.everyToken));
      const encoded = texts.slice(0, tokenizer.eot)
        .map((text, i) => isTaken(i) ? String(tokenizer.encode(text)) : "");
      assert.deepEqual(hashes(encoded), taken(expected.everyTokenEncoded));
    });

    it("nonSpeechTokens", async () => {
      assert.deepEqual((await load("en")).nonSpeechTokens, expected.nonSpeechTokens);
    });

    it("splitToWordTokens(), wherever openai/whisper loses no text", async () => {
      for (const language of multilingual ? ["en", "zh"] : ["en"]) {
        const tokenizer = await load(language);
        const sentences = sampleTexts().filter((_, i) => i % 4 === 0)
          .map((text, i) => isTaken(i) ? [...tokenizer.encode(text).slice(0, 200), tokenizer.eot] : []);
        const anyTokens = sampleTokens(tokenizer.eot, tokenizer.vocabularySize);
        const { words, wordsOfAnyTokens, characters, charactersOfAnyTokens } = expected;
        const ofSentences = language === "zh" ? characters! : words;
        const ofAnyTokens = language === "zh" ? charactersOfAnyTokens! : wordsOfAnyTokens;
        assert.deepEqual(splitHashes(tokenizer, sentences, ofSentences.lost), taken(ofSentences.hashes));
        assert.deepEqual(splitHashes(tokenizer, anyTokens, ofAnyTokens.lost), taken(ofAnyTokens.hashes));
      }
    });
  });
}

describe("the layouts of the special tokens are those of openai/whisper", () => {
  for (const { options, ...expected } of reference.layouts) {
    const { multilingual, numLanguages, language, task } = options;
    it(`${multilingual ? "multilingual" : ".en"}, ${numLanguages} languages, ${language}, ${task}`, async () => {
      const family = numLanguages === 100 ? LARGE_V3 : multilingual ? MULTILINGUAL : ENGLISH;
      const tokenizer = await loadTokenizer(family, { language, task });
      for (const [field, value] of Object.entries(expected)) {
        assert.deepEqual(tokenizer[field as keyof typeof tokenizer] ?? null, value, field);
      }
    });
  }

  it("and so are the languages", () => assert.deepEqual(LANGUAGES, reference.languages));
});
