/** How fast words can be spoken. */

/** Letters a second that nobody speaks. */
export const FASTEST = 40;

/** Letters a second of hurried speech. */
export const HURRIED = 25;

/** How many seconds words take at least, at so many letters a second. */
export function leastSeconds(words: readonly { readonly word: string }[], pace: number = FASTEST): number {
  return words.reduce((sum, { word }) => sum + word.trim().length, 0) / pace;
}
