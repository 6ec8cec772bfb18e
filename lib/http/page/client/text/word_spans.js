// @ts-check
/** Which part of a text is which word, and which word is spoken when. */

/** @typedef {import("./downloads.js").Word} Word */

/**
 * Cuts a text into its words and what lies between them.
 *
 * @param {string} text
 * @param {readonly Word[]} words In order; one that is not in the text is left out.
 * @returns {{ text: string, index?: number }[]} Pieces that make up the text; those of words with their index.
 */
export function piecesOf(text, words) {
  const pieces = [];
  let at = 0;
  for (const [index, { word }] of words.entries()) {
    const spelt = word.trim();
    const found = spelt === "" ? -1 : text.indexOf(spelt, at);
    if (found < 0) continue;
    if (found > at) pieces.push({ text: text.slice(at, found) });
    pieces.push({ text: spelt, index });
    at = found + spelt.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

/**
 * Finds the last of several spans that has begun, and whether it goes on.
 *
 * @param {readonly { start: number, end: number }[]} spans In order of their starts.
 * @param {number} time
 * @param {number} [slack] Seconds that a span is taken to go on after its end.
 * @returns {number} The index, or -1.
 */
export function spanAt(spans, time, slack = 0) {
  let low = 0, high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time < spans[low - 1].end + slack ? low - 1 : -1;
}
