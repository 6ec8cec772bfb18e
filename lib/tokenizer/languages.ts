/** The languages of the vocabulary: `LANGUAGES` and `TO_LANGUAGE_CODE` of openai/whisper's `tokenizer.py`. */
import { NATIVE_NAMES, OTHER_CODES } from "./language_names.ts";
import type { LanguageCode, LanguageName } from "./language_types.ts";
import { nearest } from "../options/nearest.ts";

/** Codes and names of the languages in the order of the vocabulary. The last came with large-v3. */
export const LANGUAGES: readonly (readonly [code: LanguageCode, name: LanguageName])[] = [
  ["en", "english"],
  ["zh", "chinese"],
  ["de", "german"],
  ["es", "spanish"],
  ["ru", "russian"],
  ["ko", "korean"],
  ["fr", "french"],
  ["ja", "japanese"],
  ["pt", "portuguese"],
  ["tr", "turkish"],
  ["pl", "polish"],
  ["ca", "catalan"],
  ["nl", "dutch"],
  ["ar", "arabic"],
  ["sv", "swedish"],
  ["it", "italian"],
  ["id", "indonesian"],
  ["hi", "hindi"],
  ["fi", "finnish"],
  ["vi", "vietnamese"],
  ["he", "hebrew"],
  ["uk", "ukrainian"],
  ["el", "greek"],
  ["ms", "malay"],
  ["cs", "czech"],
  ["ro", "romanian"],
  ["da", "danish"],
  ["hu", "hungarian"],
  ["ta", "tamil"],
  ["no", "norwegian"],
  ["th", "thai"],
  ["ur", "urdu"],
  ["hr", "croatian"],
  ["bg", "bulgarian"],
  ["lt", "lithuanian"],
  ["la", "latin"],
  ["mi", "maori"],
  ["ml", "malayalam"],
  ["cy", "welsh"],
  ["sk", "slovak"],
  ["te", "telugu"],
  ["fa", "persian"],
  ["lv", "latvian"],
  ["bn", "bengali"],
  ["sr", "serbian"],
  ["az", "azerbaijani"],
  ["sl", "slovenian"],
  ["kn", "kannada"],
  ["et", "estonian"],
  ["mk", "macedonian"],
  ["br", "breton"],
  ["eu", "basque"],
  ["is", "icelandic"],
  ["hy", "armenian"],
  ["ne", "nepali"],
  ["mn", "mongolian"],
  ["bs", "bosnian"],
  ["kk", "kazakh"],
  ["sq", "albanian"],
  ["sw", "swahili"],
  ["gl", "galician"],
  ["mr", "marathi"],
  ["pa", "punjabi"],
  ["si", "sinhala"],
  ["km", "khmer"],
  ["sn", "shona"],
  ["yo", "yoruba"],
  ["so", "somali"],
  ["af", "afrikaans"],
  ["oc", "occitan"],
  ["ka", "georgian"],
  ["be", "belarusian"],
  ["tg", "tajik"],
  ["sd", "sindhi"],
  ["gu", "gujarati"],
  ["am", "amharic"],
  ["yi", "yiddish"],
  ["lo", "lao"],
  ["uz", "uzbek"],
  ["fo", "faroese"],
  ["ht", "haitian creole"],
  ["ps", "pashto"],
  ["tk", "turkmen"],
  ["nn", "nynorsk"],
  ["mt", "maltese"],
  ["sa", "sanskrit"],
  ["lb", "luxembourgish"],
  ["my", "myanmar"],
  ["bo", "tibetan"],
  ["tl", "tagalog"],
  ["mg", "malagasy"],
  ["as", "assamese"],
  ["tt", "tatar"],
  ["haw", "hawaiian"],
  ["ln", "lingala"],
  ["ha", "hausa"],
  ["ba", "bashkir"],
  ["jw", "javanese"],
  ["su", "sundanese"],
  ["yue", "cantonese"],
];

/** Other names of some languages, with their codes. */
export const LANGUAGE_ALIASES: readonly (readonly [name: string, code: string])[] = [
  ["burmese", "my"],
  ["valencian", "ca"],
  ["flemish", "nl"],
  ["haitian", "ht"],
  ["letzeburgesch", "lb"],
  ["pushto", "ps"],
  ["panjabi", "pa"],
  ["moldavian", "ro"],
  ["moldovan", "ro"],
  ["sinhalese", "si"],
  ["castilian", "es"],
  ["mandarin", "zh"],
];

const NAMES: ReadonlyMap<string, string> = new Map(LANGUAGES);

const CODES: ReadonlyMap<string, string> = new Map([
  ...LANGUAGE_ALIASES,
  ...LANGUAGES.map(([code, name]) => [name, code] as const),
  ...LANGUAGES.map(([code]) => [code, code] as const),
]);

/** What is understood beside those; names without their marks, which not every keyboard has. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ...NATIVE_NAMES.map(([name, code]) => [withoutMarks(name), code] as const),
  ...OTHER_CODES,
]);

const CODE = /^[a-z]{2,3}(-[a-z]{3})?$/;

/** A script, a region: what may follow a language in a tag, and says no more of what is spoken. */
const REST_OF_TAG = /(-[a-z]{4})?(-([a-z]{2}|\d{3}))?$/;

/**
 * Gives the code of a language from what it is called, in any case: its code, its English name or another of it, its
 * own name (`"Deutsch"`), another code (`"iw"`, `"deu"`), or a tag that begins with one (`"en-US"`, `"zh_TW"`).
 */
export function toLanguageCode(name: string): string | undefined {
  const lower = name.toLowerCase();
  return CODES.get(lower) ?? OTHERS.get(withoutMarks(lower)) ?? codeOfTag(lower.replaceAll("_", "-"));
}

function codeOfTag(tag: string): string | undefined {
  const language = tag.replace(REST_OF_TAG, "");
  return CODE.test(language) ? CODES.get(language) ?? OTHERS.get(language) : undefined;
}

function withoutMarks(name: string): string {
  return name.normalize("NFD").replaceAll(/\p{M}/gu, "");
}

/** Gives the name of a language, in lower case, from its code. */
export function languageName(code: string): string | undefined {
  return NAMES.get(code);
}

/** Gives the code, name or other name of a language that is nearest to what was asked for. */
export function nearestLanguage(name: string): string {
  return nearest(name.toLowerCase(), CODES.keys()) as string;
}
