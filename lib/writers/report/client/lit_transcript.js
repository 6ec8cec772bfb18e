// @ts-check
/** The text of the page, lit where it is spoken. */
import { AFTERGLOW, SpokenLight } from "../../../http/page/client/text/spoken_light.js";
import { spanAt } from "../../../http/page/client/text/word_spans.js";
import { spansIn } from "./spans.js";

/** @typedef {{ start: number, end: number, element: HTMLElement }} Lit */

/** The text. */
export class LitTranscript {
  /** @type {Lit[]} */
  #segments;
  /** @type {Lit | undefined} */
  #current;
  /** @type {Lit[]} The words of that segment. */
  #words = [];
  #light = new SpokenLight();

  /** @param {HTMLElement | null} list */
  constructor(list) {
    this.#segments = list === null ? [] : timed(list, ":scope > [data-t]");
  }

  /**
   * Tells from when to play what was clicked: a word, or else its segment.
   *
   * @param {Element} target
   * @returns {number | undefined}
   */
  timeOf(target) {
    if (target.closest(".segment__text") === null) return;
    return spansIn(target.closest("[data-t]")?.getAttribute("data-t") ?? "")[0]?.start;
  }

  /**
   * Shows what is spoken.
   *
   * @param {number} time Seconds.
   * @param {boolean} isPlaying
   */
  show(time, isPlaying) {
    const current = this.#segments[spanAt(this.#segments, time)];
    if (current !== this.#current) {
      this.#current = current;
      this.#words = current === undefined ? [] : timed(current.element, "span[data-t]");
    }
    const word = isPlaying ? this.#words[spanAt(this.#words, time, AFTERGLOW)]?.element : undefined;
    this.#light.show(current?.element, word, isPlaying);
  }
}

/** @type {(parent: HTMLElement, selector: string) => Lit[]} */
function timed(parent, selector) {
  return [...parent.querySelectorAll(selector)]
    .filter((element) => element instanceof HTMLElement)
    .map((element) => ({ ...spansIn(element.dataset.t)[0], element }))
    .sort((one, other) => one.start - other.start);
}
