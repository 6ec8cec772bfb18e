/**
 * The normalisation of texts in any language before they are compared: what openai/whisper's `BasicTextNormalizer` does.
 * What stands between brackets is no speech and goes, marks and symbols become spaces, case does not count.
 */
import { WHITESPACE } from "../../python/python_text.ts";

/** How texts in any language are made comparable. */
export interface BasicNormalisation {
  /**
   * Whether `é` and `e` are the same.
   *
   * @default {false}
   */
  readonly removeDiacritics?: boolean;
  /**
   * Whether every letter is a word, for languages without spaces.
   *
   * @default {false}
   */
  readonly splitLetters?: boolean;
}

/** Letters with a stroke or joined, which Unicode does not take apart. */
const OTHER_LETTERS: ReadonlyMap<string, string> = new Map(Object.entries({
  œ: "oe",
  Œ: "OE",
  ø: "o",
  Ø: "O",
  æ: "ae",
  Æ: "AE",
  ß: "ss",
  ẞ: "SS",
  đ: "d",
  Đ: "D",
  ð: "d",
  Ð: "D",
  þ: "th",
  Þ: "th",
  ł: "l",
  Ł: "L",
}));

const SPACES = new RegExp(`[${WHITESPACE}]+`, "gu");

/** Makes a text comparable. Spaces around it stay, one each: what is compared are its words. */
export function normaliseBasic(text: string, options: BasicNormalisation = {}): string {
  const spoken = withoutBrackets(text.toLowerCase());
  const plain = (options.removeDiacritics ? withoutDiacritics(spoken) : withoutSymbols(spoken)).toLowerCase();
  const cut = options.splitLetters ? graphemes(plain).join(" ") : plain;
  return collapseSpaces(cut);
}

/** Takes out what stands between brackets: notes, not words. */
export function withoutBrackets(text: string): string {
  return text.replaceAll(/[<[][^>\]]*[>\]]/gu, "").replaceAll(/\([^)]+?\)/gu, "");
}

/** Makes one space of each run of white space. */
export function collapseSpaces(text: string): string {
  return text.replaceAll(SPACES, " ");
}

/** Makes spaces of marks, symbols and punctuation; letters keep their accents where one character has both. */
function withoutSymbols(text: string): string {
  return text.normalize("NFKC").replaceAll(/[\p{M}\p{S}\p{P}]/gu, " ");
}

/**
 * Makes spaces of symbols and punctuation, and takes the accents from letters.
 *
 * @param kept Characters that stay.
 */
export function withoutDiacritics(text: string, kept = ""): string {
  return text.normalize("NFKD").replaceAll(/[\p{M}\p{S}\p{P}œŒøØæÆßẞđĐðÐþÞłŁ]/gu, (character) => {
    if (kept.includes(character)) return character;
    return OTHER_LETTERS.get(character) ?? (/\p{Mn}/u.test(character) ? "" : " ");
  });
}

function graphemes(text: string): string[] {
  return Array.from(
    new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text),
    ({ segment }) => segment,
  );
}

/** Cuts a text at its white space. */
export function splitWords(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== "");
}
