// @ts-check
/** What of a text is being spoken: its segment is marked, its word is lit. */

/** Seconds that a word stays lit after its end, if no other begins. */
export const AFTERGLOW = 0.12;

/** The marks. */
export class SpokenLight {
  /** @type {HTMLElement | undefined} */
  #segment;
  /** @type {HTMLElement | undefined} */
  #word;

  /**
   * Marks a segment instead of the one before, and lights a word of it.
   *
   * @param {HTMLElement | undefined} segment
   * @param {HTMLElement | undefined} word
   * @param {boolean} isFollowed Whether the page is moved to where they are.
   */
  show(segment, word, isFollowed) {
    if (segment !== this.#segment) {
      this.#segment?.removeAttribute("aria-current");
      segment?.setAttribute("aria-current", "true");
      this.#segment = segment;
      if (isFollowed) segment?.scrollIntoView({ block: "nearest", behavior: behaviour() });
    }
    if (word === this.#word) return;
    this.#word?.classList.remove("is-spoken");
    word?.classList.add("is-spoken");
    this.#word = word;
  }
}

/** @returns {ScrollBehavior} */
function behaviour() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
