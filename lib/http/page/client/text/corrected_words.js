// @ts-check
/** Times for the words of a text that somebody has corrected. */

/** @typedef {import("./downloads.js").Word} Word */

/**
 * Gives each word of the corrected text its times: a word that was heard keeps them, and the others share the time of those
 * that they stand for, by their lengths.
 *
 * @param {string} text The corrected text.
 * @param {readonly Word[]} heard The words that were heard, with their times.
 * @param {{ start: number, end: number }} segment
 * @returns {Word[]}
 */
export function correctedWords(text, heard, segment) {
  const spelt = split(text, heard);
  const kept = commonWords(spelt.map(bare), heard.map(({ word }) => bare(word)));
  /** @type {Word[]} */
  const words = [];
  let i = 0, j = 0;
  for (const [nextSpelt, nextHeard] of [...kept, [spelt.length, heard.length]]) {
    const replaced = heard.slice(j, nextHeard);
    const start = replaced[0]?.start ?? heard[j - 1]?.end ?? segment.start;
    const end = replaced.at(-1)?.end ?? heard[nextHeard]?.start ?? segment.end;
    words.push(...spread(spelt.slice(i, nextSpelt), start, Math.max(start, end)));
    if (nextSpelt < spelt.length) {
      const { start, end } = heard[nextHeard];
      words.push({ word: spelt[nextSpelt], start, end });
    }
    i = nextSpelt + 1;
    j = nextHeard + 1;
  }
  return words;
}

/**
 * Cuts at spaces; a text without, of a language that has none, by its words.
 *
 * @param {string} text
 * @param {readonly Word[]} heard
 * @returns {string[]}
 */
function split(text, heard) {
  const words = text.match(/\S+/g) ?? [];
  if (words.length > 1 || heard.length < 2) return words;
  return [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text.trim())]
    .map(({ segment }) => segment);
}

/**
 * What two spellings of a word have in common.
 *
 * @param {string} word
 */
function bare(word) {
  const letters = word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
  return letters === "" ? word.trim() : letters;
}

/**
 * The longest common subsequence.
 *
 * @param {readonly string[]} one
 * @param {readonly string[]} other
 * @returns {[number, number][]} Pairs of positions, in order.
 */
function commonWords(one, other) {
  const lengths = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      lengths[i][j] = one[i] === other[j]
        ? lengths[i + 1][j + 1] + 1
        : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  /** @type {[number, number][]} */
  const pairs = [];
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    if (one[i] === other[j]) pairs.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** @type {(words: readonly string[], start: number, end: number) => Word[]} */
function spread(words, start, end) {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let at = start;
  return words.map((word) => {
    const from = at;
    at += (end - start) * word.length / letters;
    return { word, start: from, end: at };
  });
}
