// @ts-check
/** How far the work is, for eyes and for ears. */
import { spellClock } from "./text/clock.js";
import { element } from "./page_elements.js";

/** Parts of the work after which ears are told. */
const QUARTERS = 4;

/** The line. */
export class ProgressLine {
  #section = element("progress", HTMLElement);
  #bar = element("bar", HTMLProgressElement);
  #phase = element("phase", HTMLElement);
  #status = element("status", HTMLElement);
  #told = "";

  /** @param {number} share Sent so far, from 0 to 1. */
  upload(share) {
    if (share >= 1) return this.wait();
    this.#show(`Uploading, ${Math.floor(100 * share)} %`, share);
    this.#tell("Uploading", share);
  }

  /** The upload is done, and nothing has come yet. */
  wait() {
    this.#section.hidden = false;
    this.#bar.removeAttribute("value");
    this.#phase.textContent = "Listening…";
    this.say("Listening");
  }

  /** @type {(loaded: number, total: number | null) => void} */
  transcribe(loaded, total) {
    if (!total) return this.#show(`Transcribed ${spellClock(loaded)}`, undefined);
    this.#show(`Transcribed ${spellClock(loaded)} of ${spellClock(total)}`, loaded / total);
    this.#tell("Transcribed", loaded / total);
  }

  /** @type {(text: string, share: number | undefined) => void} */
  #show(text, share) {
    this.#section.hidden = false;
    this.#phase.textContent = text;
    if (share !== undefined) this.#bar.value = share;
  }

  /** @type {(what: string, share: number) => void} */
  #tell(what, share) {
    const quarter = Math.floor(QUARTERS * share);
    if (quarter > 0 && quarter < QUARTERS) this.say(`${what}, ${100 * quarter / QUARTERS} percent`);
  }

  /** @param {string} text Said to who hears the page. */
  say(text) {
    if (text === this.#told) return;
    this.#told = text;
    this.#status.textContent = text;
  }

  /** @param {string} text Said to who hears the page. */
  end(text) {
    this.#section.hidden = true;
    this.say(text);
  }
}
