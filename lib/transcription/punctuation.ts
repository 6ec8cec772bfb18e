/** Joins punctuation marks to the words beside them. `merge_punctuations` of openai/whisper's `timing.py`. */
import { strip } from "../python/python_text.ts";
import type { WordTiming } from "../timing/find_alignment.ts";

/** The marks that join the next word, unless told otherwise. */
export const PREPEND_PUNCTUATIONS = "\"'“¿([{-";

/** The marks that join the word before, unless told otherwise. */
export const APPEND_PUNCTUATIONS = "\"'.。,，!！?？:：”)]}、";

/**
 * Moves the text and the tokens of each mark to the word it belongs to. The mark stays in the list, with neither.
 *
 * A word is a mark if it is a substring of the marks: `."` is one of `'."'`.
 */
export function mergePunctuations(
  alignment: readonly WordTiming[],
  prepended: string,
  appended: string,
): void {
  for (let i = alignment.length - 2, following = alignment.at(-1)!; i >= 0; i--) {
    const previous = alignment[i];
    if (previous.word.startsWith(" ") && prepended.includes(strip(previous.word))) {
      following.word = previous.word + following.word;
      following.tokens = [...previous.tokens, ...following.tokens];
      previous.word = "";
      previous.tokens = [];
    } else {
      following = previous;
    }
  }
  for (let j = 1, previous = alignment[0]; j < alignment.length; j++) {
    const following = alignment[j];
    if (!previous.word.endsWith(" ") && appended.includes(following.word)) {
      previous.word += following.word;
      previous.tokens = [...previous.tokens, ...following.tokens];
      following.word = "";
      following.tokens = [];
    } else {
      previous = following;
    }
  }
}
