// @ts-check
/** The segments of a transcription: read, heard, and corrected in their place. */
import { spellClock } from "./text/clock.js";
import { correctedWords } from "./text/corrected_words.js";
import { AFTERGLOW, SpokenLight } from "./text/spoken_light.js";
import { piecesOf, spanAt } from "./text/word_spans.js";

/**
 * @typedef {import("./text/downloads.js").Segment} Segment
 * @typedef {{ segment: Segment, item: HTMLElement, text: HTMLElement, words: (HTMLElement | undefined)[] }} Row
 */

/** The list. */
export class SegmentList {
  /** @type {HTMLElement} */
  #list;
  /** @type {{ onPlay: (seconds: number) => void, onCorrect: (segment: Segment) => void }} */
  #listener;
  /** @type {Row[]} */
  #rows = [];
  /** @type {Segment[]} The segments of the rows, as they were corrected. */
  #segments = [];
  #light = new SpokenLight();

  /**
   * @param {HTMLElement} list
   * @param {{ onPlay: (seconds: number) => void, onCorrect: (segment: Segment) => void }} listener
   */
  constructor(list, listener) {
    this.#list = list;
    this.#listener = listener;
  }

  /** The segments, as they were corrected. */
  get segments() {
    return /** @type {readonly Segment[]} */ (this.#segments);
  }

  /** @param {string} code Of the language of the texts, for who hears them read aloud. */
  speak(code) {
    this.#list.lang = code;
  }

  /** Takes all segments away. */
  clear() {
    this.#list.replaceChildren();
    this.#rows = [];
    this.#segments = [];
    this.#list.removeAttribute("lang");
    this.#light = new SpokenLight();
  }

  /** @param {Segment} segment */
  add(segment) {
    const item = document.createElement("li");
    item.className = "segment";
    const at = spellClock(segment.start);
    const time = button("segment__time", at, `Play from ${at}`);
    const text = document.createElement("p");
    text.className = "segment__text";
    text.dir = "auto";
    const edit = button("segment__edit", "Edit", `Edit the text at ${at}`);
    item.append(time, text, edit);
    /** @type {Row} */
    const row = { segment, item, text, words: [] };
    this.#rows.push(row);
    this.#segments.push(segment);
    this.#spell(row);
    time.addEventListener("click", () => this.#listener.onPlay(row.segment.start));
    text.addEventListener("click", (event) => this.#playFrom(row, event.target));
    edit.addEventListener("click", () => this.#edit(row, edit));
    this.#list.append(item);
  }

  /** @type {(row: Row) => void} */
  #spell(row) {
    const { text, words = [] } = row.segment;
    row.words = [];
    row.text.replaceChildren(
      ...piecesOf(text.trim(), words).map(({ text, index }) => {
        if (index === undefined) return text;
        const span = document.createElement("span");
        span.textContent = text;
        row.words[index] = span;
        return span;
      }),
    );
    row.item.classList.toggle("is-corrected", row.segment.corrected === true);
  }

  /** @type {(row: Row, target: EventTarget | null) => void} */
  #playFrom(row, target) {
    // Who marks text does not want to hear it.
    if (!getSelection()?.isCollapsed) return;
    const index = row.words.findIndex((word) => word !== undefined && word === target);
    this.#listener.onPlay(row.segment.words?.[index]?.start ?? row.segment.start);
  }

  /**
   * Shows what is spoken.
   *
   * @param {number} time Seconds.
   * @param {boolean} isPlaying
   */
  show(time, isPlaying) {
    const row = this.#rows[spanAt(this.#segments, time)];
    const word = isPlaying ? row?.words[spanAt(row.segment.words ?? [], time, AFTERGLOW)] : undefined;
    const isEdited = document.activeElement instanceof HTMLTextAreaElement;
    this.#light.show(row?.item, word, isPlaying && !isEdited);
  }

  /** @type {(row: Row, button: HTMLButtonElement) => void} */
  #edit(row, button) {
    const field = document.createElement("textarea");
    field.value = row.segment.text.trim();
    field.rows = 1;
    field.dir = "auto";
    field.ariaLabel = `Text at ${spellClock(row.segment.start)}; Enter keeps it, Escape does not`;
    row.text.replaceWith(field);
    button.hidden = true;
    const fit = () => {
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight + 2}px`;
    };
    let isOver = false;
    const close = (/** @type {boolean} */ keep) => {
      if (isOver) return;
      isOver = true;
      const hadFocus = document.activeElement === field;
      field.replaceWith(row.text);
      button.hidden = false;
      if (hadFocus) button.focus();
      if (keep) this.#correct(row, field.value);
    };
    field.addEventListener("input", fit);
    field.addEventListener("blur", () => close(true));
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault();
      close(event.key === "Enter");
    });
    fit();
    field.focus();
  }

  /** @type {(row: Row, typed: string) => void} */
  #correct(row, typed) {
    const { segment } = row;
    const trimmed = typed.replaceAll(/\s+/g, " ").trim();
    if (trimmed === segment.text.trim()) return;
    const space = /^\s*/.exec(segment.text)?.[0] ?? "";
    const { tokens: _tokens, ...rest } = /** @type {Segment & { tokens?: unknown }} */ (segment);
    row.segment = {
      ...rest,
      text: space + trimmed,
      ...(segment.words && { words: correctedWords(trimmed, segment.words, segment) }),
      corrected: true,
    };
    this.#segments[this.#rows.indexOf(row)] = row.segment;
    this.#spell(row);
    this.#listener.onCorrect(row.segment);
  }
}

/** @type {(className: string, text: string, label: string) => HTMLButtonElement} */
function button(className, text, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = text;
  made.ariaLabel = label;
  return made;
}
