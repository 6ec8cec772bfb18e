/**
 * The tokens that never are speech: brackets, music notes and other signs of annotations such as
 * "[APPLAUSE]" or "♪". After `non_speech_tokens` of openai/whisper's `tokenizer.py`.
 */

/** Suppressed when they are one token, with or without a space before them. */
const SYMBOLS = [
  ...'"#()*+/:;<=>@[\\]^_`{|}~「」『』',
  ..."<< >> <<< >>> -- --- -( -[ (' (\" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪".split(" "),
];

/** Suppressed by their first token, which they share with no letter: U+2640–267F have two bytes in common. */
const MUSIC_SIGNS = [..."♩♪♫♬♭♮♯"];

/** Hyphens and apostrophes may stand within a word, not start one. */
const WORD_STARTS = [" -", " '"];

/**
 * Gives the tokens to suppress, in ascending order.
 *
 * @param encode Encodes text with the vocabulary.
 */
export function findNonSpeechTokens(encode: (text: string) => number[]): number[] {
  const spaced = (signs: readonly string[]) => signs.flatMap((sign) => [sign, ` ${sign}`]);
  const single = spaced(SYMBOLS).map(encode).filter((tokens) => tokens.length === 1);
  const first = [...spaced(MUSIC_SIGNS), ...WORD_STARTS].map(encode);
  return [...new Set([...single, ...first].map(([token]) => token))].sort((a, b) => a - b);
}
