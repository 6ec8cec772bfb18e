/**
 * How many columns of a terminal a text takes: two for East Asian wide characters and emoji, none for marks that
 * join the character before. After Unicode's UAX #11 and UTS #51.
 */

/** First and last code points of the blocks whose characters are two columns wide, beside emoji. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f], // Hangul Jamo
  [0x2e80, 0x303e], // CJK radicals and punctuation
  [0x3041, 0x4dbf], // Kana, Bopomofo, compatibility, CJK extension A
  [0x4e00, 0xa4cf], // CJK, Yi
  [0xa960, 0xa97f], // Hangul Jamo extended
  [0xac00, 0xd7a3], // Hangul
  [0xf900, 0xfaff], // CJK compatibility
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60], // full-width forms
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18aff], // Tangut
  [0x1aff0, 0x1b2ff], // Kana supplements
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd], // CJK extensions
];

const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u;
const INVISIBLE = /^[\p{M}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+$/u;

const graphemes = new Intl.Segmenter();

/** Counts the columns that a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Cuts a text, between the characters that people see, so that it takes no more columns than there are. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let width = 0;
  let cut = "";
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns - 1) break;
    cut += segment;
  }
  return columns > 0 ? `${cut}…` : "";
}

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  if (EMOJI.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0)!;
  const width = WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
  // The sound marks of half-width kana belong to the character before, and have a column of their own.
  return width + (grapheme.slice(1).match(/[\uff9e\uff9f]/g)?.length ?? 0);
}
