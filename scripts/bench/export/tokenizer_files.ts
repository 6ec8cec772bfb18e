/**
 * Writes a vocabulary in the files that the peers read: `tokenizer.json` (Hugging Face), `tokens.txt` (sherpa-onnx) and
 * `facts.json` (the special tokens, for the exporters beside this).
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mergesOf, type Model, tokenizerOf } from "../internals.ts";

const SINGLE_BYTES = 256;

/** The bytes as GPT-2 numbers them, visible characters first, each with the character it is written as. */
function bytesInTokenOrder(): { byte: number; character: string }[] {
  const bytes = Array.from({ length: SINGLE_BYTES }, (_, byte) => byte);
  const isVisible = (byte: number) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  return [
    ...bytes.filter(isVisible).map((byte) => ({ byte, character: String.fromCharCode(byte) })),
    ...bytes.filter((byte) => !isVisible(byte)).map((byte, i) => ({
      byte,
      character: String.fromCharCode(SINGLE_BYTES + i),
    })),
  ];
}

/** Writes the files into `folder`. */
export async function writeTokenizerFiles(folder: string, model: Model): Promise<void> {
  const { merges, size } = await mergesOf(model.isMultilingual);
  const tokenizer = await tokenizerOf(model);
  const single = bytesInTokenOrder();
  const bytes = single.map(({ byte }) => [byte]);
  const texts = single.map(({ character }) => character);
  const pairs: string[] = [];
  for (let i = 0; i < merges.length; i += 2) {
    const [left, right] = merges.subarray(i, i + 2);
    pairs.push(`${texts[left]} ${texts[right]}`);
    bytes.push([...bytes[left], ...bytes[right]]);
    texts.push(texts[left] + texts[right]);
  }
  while (texts.length < size) texts.push(""), bytes.push([]);
  const specials = Array.from(
    { length: tokenizer.vocabularySize - size },
    (_, i) => tokenizer.decodeWithTimestamps([size + i]),
  );
  const named = specials.slice(0, tokenizer.timestampBegin - size);
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  write("tokenizer.json", {
    version: "1.0",
    added_tokens: named.map((content, i) => ({ id: size + i, content, ...flags })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: "BPE",
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      vocab: Object.fromEntries(texts.map((text, i) => [text, i])),
      merges: pairs,
    },
  });
  writeFileSync(
    join(folder, "tokens.txt"),
    bytes.map((of, i) => `${Uint8Array.from(of).toBase64() || "="} ${i}\n`).join(""),
  );
  const { eot, sot, transcribe, translate, sotPrev, sotLm, noSpeech, noTimestamps } = tokenizer;
  write("facts.json", {
    vocabulary: [...texts, ...specials],
    alignment_heads: model.alignmentHeads,
    multilingual: model.isMultilingual,
    eot,
    sot,
    transcribe,
    translate,
    sot_prev: sotPrev,
    sot_lm: sotLm,
    no_speech: noSpeech,
    no_timestamps: noTimestamps,
    sot_sequence: tokenizer.sotSequence,
    language_codes: tokenizer.allLanguageCodes,
    language_tokens: tokenizer.allLanguageTokens,
    non_speech_tokens: tokenizer.nonSpeechTokens,
    blank: tokenizer.encode(" ")[0],
    suppressed: [...tokenizer.nonSpeechTokens, transcribe, translate, sot, sotPrev, sotLm, noSpeech]
      .toSorted((a, b) => a - b),
  });
}
