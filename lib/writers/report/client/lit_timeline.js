// @ts-check
/** The rows of the picture: a line goes through them, and a click plays from its place. */
import { spansIn } from "./spans.js";

/** The rows. */
export class LitTimeline {
  /** @type {{ start: number, end: number, track: Element }[]} */
  #rows;
  #line = document.createElement("span");

  /** @param {Element[]} tracks */
  constructor(tracks) {
    this.#rows = tracks.map((track) => ({ ...spansIn(track.getAttribute("data-t") ?? "")[0], track }));
    this.#line.className = "row__line";
  }

  /** @param {(seconds: number) => void} listener */
  onSeek(listener) {
    for (const { start, end, track } of this.#rows) {
      track.addEventListener("click", (event) => {
        const { left, width } = track.getBoundingClientRect();
        listener(start + (end - start) * (/** @type {MouseEvent} */ (event).clientX - left) / width);
      });
    }
  }

  /** @param {number} time Seconds. */
  show(time) {
    const row = this.#rows.find(({ start, end }) => time >= start && time < end);
    if (row === undefined || time === 0) return this.#line.remove();
    if (this.#line.parentNode !== row.track) row.track.append(this.#line);
    this.#line.style.left = `${100 * (time - row.start) / (row.end - row.start)}%`;
  }
}
