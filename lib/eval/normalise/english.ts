/**
 * The normalisation of English texts before they are compared: what openai/whisper's `EnglishTextNormalizer` does.
 * Contractions are written out, numbers become figures, British spellings American, fillers go.
 */
import { WHITESPACE } from "../../python/python_text.ts";
import { collapseSpaces, splitWords, withoutBrackets, withoutDiacritics } from "./basic.ts";
import { CONTRACTIONS, FILLERS } from "./contractions.ts";
import { normaliseNumbers } from "./english_numbers.ts";
import { AMERICAN_SPELLINGS } from "./english_spellings.ts";
import { WORD_END, WORD_START } from "./word_border.ts";

/** The symbols that numbers have. */
const NUMBER_SYMBOLS = ".%$¢€£";

const FILLER = new RegExp(`${WORD_START}(?:${FILLERS.join("|")})${WORD_END}`, "gu");
const SPACE_BEFORE_APOSTROPHE = new RegExp(`[${WHITESPACE}]+'`, "gu");

/** Each ends with a word; those that begin with an apostrophe, or with the n before one, may follow letters. */
const WRITTEN_OUT = CONTRACTIONS.map(([short, long]) => {
  const isSuffix = short.startsWith("'") || short === "n't";
  return [new RegExp(`${isSuffix ? "" : WORD_START}${short}${WORD_END}`, "gu"), long] as const;
});

let spellings: ReadonlyMap<string, string> | undefined;

/** Makes an English text comparable. Spaces around it stay, one each: what is compared are its words. */
export function normaliseEnglish(text: string): string {
  let plain = withoutBrackets(text.toLowerCase())
    .replaceAll(FILLER, "")
    .replaceAll(SPACE_BEFORE_APOSTROPHE, "'");
  for (const [short, long] of WRITTEN_OUT) plain = plain.replaceAll(short, long);
  plain = plain
    .replaceAll(/(\p{Nd}),(\p{Nd})/gu, "$1$2")
    .replaceAll(/\.([^0-9]|$)/gu, " $1");
  plain = americanise(normaliseNumbers(withoutDiacritics(plain, NUMBER_SYMBOLS)));
  // Symbols without their numbers.
  plain = plain.replaceAll(/[.$¢€£]([^0-9])/gu, " $1").replaceAll(/([^0-9])%/gu, "$1 ");
  return collapseSpaces(plain);
}

/** Spells every word as Americans do. */
export function americanise(text: string): string {
  spellings ??= new Map(
    AMERICAN_SPELLINGS.trim().split("\n").flatMap((line) => {
      const [american, ...others] = line.split(" ");
      return others.map((other) => [other, american] as const);
    }),
  );
  return splitWords(text).map((word) => spellings!.get(word) ?? word).join(" ");
}
