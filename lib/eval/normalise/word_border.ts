/** Where words start and end for Python's `\b`: letters and numbers of any script are in words, where JavaScript's knows ASCII. */
const IN_WORD = "[\\p{L}\\p{N}_]";

/** What stands before a word's first letter. */
export const WORD_START = `(?<!${IN_WORD})`;

/** What follows a word's last letter. */
export const WORD_END = `(?!${IN_WORD})`;
