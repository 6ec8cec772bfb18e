// @ts-check
/** Where a recording comes from: dropped, chosen, or recorded. */
import { spellClock, spellDuration, spellSize } from "./text/clock.js";
import { element } from "./page_elements.js";
import { startRecording, whyNoRecording } from "./sound/recorder.js";

/**
 * @typedef {object} SourceListener
 * @property {(file: File, isRecorded: boolean) => void} onFile Told what was chosen.
 * @property {() => void} onAgain Told that the same is wanted again.
 * @property {() => boolean} onReplace Told that another is wanted; gives whether that is fine.
 * @property {(message: string) => void} onError
 * @property {() => boolean} isBusy Whether nothing can be chosen now.
 */

/** The source. */
export class Source {
  #parts = ["empty", "recording", "chosen"].map((id) => element(id, HTMLElement));
  #input = element("file", HTMLInputElement);
  #record = element("record", HTMLButtonElement);
  #stop = element("stop-recording", HTMLButtonElement);
  #again = element("again", HTMLButtonElement);
  #replace = element("replace", HTMLButtonElement);
  /** @type {SourceListener} */
  #listener;
  /** @type {Awaited<ReturnType<typeof startRecording>> | undefined} */
  #recorder;

  /** @param {SourceListener} listener */
  constructor(listener) {
    this.#listener = listener;
    this.#input.addEventListener("change", () => {
      const [file] = this.#input.files ?? [];
      if (file !== undefined) this.#take(file, false);
      // The same file may be chosen again.
      this.#input.value = "";
    });
    this.#replace.addEventListener("click", () => {
      if (!listener.onReplace()) return;
      this.#show("empty");
      this.#input.focus();
    });
    this.#again.addEventListener("click", () => {
      this.#again.hidden = true;
      listener.onAgain();
    });
    this.#record.addEventListener("click", () => this.#startRecording());
    this.#stop.addEventListener("click", () => this.#stopRecording());
    element("discard", HTMLButtonElement).addEventListener("click", () => {
      this.#recorder?.discard();
      this.#recorder = undefined;
      this.#show("empty");
      this.#record.focus();
    });
    this.#explainRecording();
    this.#listenToDrops();
  }

  #explainRecording() {
    const why = whyNoRecording();
    if (why === undefined) return;
    const hint = element("no-microphone", HTMLElement);
    hint.textContent = why;
    hint.hidden = false;
    this.#record.disabled = true;
    this.#record.setAttribute("aria-describedby", hint.id);
  }

  /** The whole page takes what is dropped: a file that misses would open in place of the page. */
  #listenToDrops() {
    let depth = 0;
    const show = () => document.body.classList.toggle("is-dragging", depth > 0 && !this.#listener.isBusy());
    addEventListener("dragenter", (event) => {
      event.preventDefault();
      depth++;
      show();
    });
    addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      show();
    });
    addEventListener("dragover", (event) => event.preventDefault());
    addEventListener("drop", (event) => {
      event.preventDefault();
      depth = 0;
      show();
      const [file] = event.dataTransfer?.files ?? [];
      if (file === undefined || this.#listener.isBusy() || this.#recorder !== undefined) return;
      if (this.#listener.onReplace()) this.#take(file, false);
    });
  }

  /** @type {(file: File, isRecorded: boolean) => void} */
  #take(file, isRecorded) {
    element("file-name", HTMLElement).textContent = file.name;
    this.describe(file, 0);
    this.#again.hidden = true;
    this.#show("chosen");
    this.#listener.onFile(file, isRecorded);
  }

  /**
   * Says what is known of the recording.
   *
   * @param {File} file
   * @param {number} duration Seconds, or 0.
   * @param {string} [more]
   */
  describe(file, duration, more = "") {
    const facts = [duration > 0 ? spellDuration(duration) : "", spellSize(file.size), more];
    element("file-facts", HTMLElement).textContent = facts.filter((fact) => fact !== "").join(" · ");
  }

  /**
   * @param {boolean} isBusy Whether the recording must stay.
   * @param {boolean} isTranscribed Whether it can be transcribed again.
   */
  hold(isBusy, isTranscribed) {
    this.#replace.hidden = isBusy;
    this.#again.hidden = isBusy || !isTranscribed;
  }

  async #startRecording() {
    this.#record.disabled = true;
    const clock = element("record-clock", HTMLElement);
    const level = /** @type {HTMLElement} */ (element("level", HTMLElement).firstElementChild);
    try {
      this.#recorder = await startRecording((state) => {
        clock.textContent = spellClock(state.seconds);
        level.style.transform = `scaleX(${state.level})`;
      });
      clock.textContent = spellClock(0);
      this.#show("recording");
      this.#stop.focus();
    } catch (error) {
      const { name } = /** @type {DOMException} */ (error);
      this.#listener.onError(
        name === "NotAllowedError"
          ? "The microphone may not be used: allow it in the browser’s settings for this page."
          : name === "NotFoundError"
          ? "There is no microphone."
          : `The microphone cannot be used: ${/** @type {Error} */ (error).message}`,
      );
    } finally {
      this.#record.disabled = false;
    }
  }

  async #stopRecording() {
    const file = await this.#recorder?.stop();
    this.#recorder = undefined;
    if (file !== undefined) this.#take(file, true);
  }

  /** @param {string} id Of the part to show. */
  #show(id) {
    for (const part of this.#parts) part.hidden = part.id !== id;
    element("source", HTMLElement).classList.toggle("is-chosen", id === "chosen");
  }
}
