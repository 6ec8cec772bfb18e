/** Where sentences and their parts end, as far as a word tells. */

/** What follows the mark that ends a sentence. */
const CLOSING = "[\"'”’»)\\]]*\\s*$";
const SENTENCE_END = new RegExp(`[.!?…。！？]${CLOSING}`, "u");
const CLAUSE_END = new RegExp(`[,;:—–、，；：]${CLOSING}`, "u");

/** Abbreviations that seldom end a sentence. */
const ABBREVIATIONS: ReadonlySet<string> = new Set(
  ("mr mrs ms dr prof st sr jr rev hon gen col capt lt sgt gov sen rep pres vs etc e.g i.e cf no vol fig approx dept est " +
    "inc ltd co bzw z.b d.h usw nr bd hr fr mme mlle m").split(" "),
);

/** Whether a word ends a sentence: `"home."`, and not `"Mr."` or `"J."`. */
export function endsSentence(word: string): boolean {
  if (!SENTENCE_END.test(word)) return false;
  const [, stem] = /^[\s"'“‘«([]*(.+?)\.["'”’»)\]]*\s*$/u.exec(word) ?? [];
  if (stem === undefined) return true;
  return !ABBREVIATIONS.has(stem.toLowerCase()) && !/^\p{Lu}(?:\.\p{Lu})*$/u.test(stem) || stem === "I";
}

/** Whether a word ends a part of a sentence. */
export function endsClause(word: string): boolean {
  return CLAUSE_END.test(word);
}
