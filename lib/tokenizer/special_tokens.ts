/**
 * The special tokens, which follow those of text. Vocabularies differ in their text and in the number of their
 * languages, hence the three layouts of 51,864, 51,865 and 51,866 tokens. After `get_encoding` of
 * openai/whisper's `tokenizer.py`.
 */

/** Timestamps from 0 to 30 seconds, 20 ms apart. */
const TIMESTAMPS = 1501;

/** Gives the texts of the special tokens in the order of the vocabulary. */
export function specialTokenTexts(languageCodes: readonly string[]): string[] {
  return [
    "<|endoftext|>",
    "<|startoftranscript|>",
    ...languageCodes.map((code) => `<|${code}|>`),
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
    ...Array.from({ length: TIMESTAMPS }, (_, i) => `<|${(i * 0.02).toFixed(2)}|>`),
  ];
}
