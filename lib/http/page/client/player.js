// @ts-check
/** Plays a recording, and says where it is. */
import { spellClock } from "./text/clock.js";
import { element } from "./page_elements.js";
import { Waveform } from "./sound/waveform.js";

/**
 * @typedef {object} PlayerListener
 * @property {(time: number, isPlaying: boolean) => void} onTime Told where it is, in seconds, while it goes on.
 * @property {(seconds: number) => void} onDuration Told how long the recording is, if that was not known.
 * @property {() => void} onSilent Told that the recording cannot be played here.
 */

/** The player. */
export class Player {
  #section = element("player", HTMLElement);
  #audio = element("audio", HTMLAudioElement);
  #button = element("play", HTMLButtonElement);
  #clock = element("clock", HTMLElement);
  #end = element("duration", HTMLElement);
  #speed = element("speed", HTMLSelectElement);
  #waveform = new Waveform(element("waveform", HTMLElement), (seconds) => this.seek(seconds));
  /** @type {PlayerListener} */
  #listener;
  #url = "";
  #frame = 0;

  /** @param {PlayerListener} listener */
  constructor(listener) {
    this.#listener = listener;
    this.#button.addEventListener("click", () => {
      if (this.#audio.paused) this.play();
      else this.#audio.pause();
    });
    this.#speed.addEventListener("change", () => {
      this.#audio.playbackRate = this.#audio.defaultPlaybackRate = Number(this.#speed.value);
    });
    for (const event of ["play", "pause", "ended", "seeked"]) {
      this.#audio.addEventListener(event, () => this.#tell());
    }
    this.#audio.addEventListener("error", () => {
      if (!this.#audio.hasAttribute("src")) return;
      this.#section.hidden = true;
      listener.onSilent();
    });
  }

  /**
   * Takes a recording.
   *
   * @param {Blob | string} recording Or its address.
   * @param {Float32Array | undefined} samples
   * @param {number} duration Seconds; 0 if that is not known yet.
   */
  load(recording, samples, duration) {
    this.clear();
    this.#url = typeof recording === "string" ? recording : URL.createObjectURL(recording);
    this.#audio.src = this.#url;
    this.#audio.onloadedmetadata = () => {
      this.#section.hidden = false;
      const { duration: found } = this.#audio;
      if (duration > 0 || !Number.isFinite(found)) return;
      this.#show(samples, found);
      this.#listener.onDuration(found);
    };
    this.#show(samples, duration);
  }

  /** @type {(samples: Float32Array | undefined, duration: number) => void} */
  #show(samples, duration) {
    this.#end.textContent = spellClock(duration);
    this.#waveform.show(samples, duration);
  }

  /** Lets the recording go. */
  clear() {
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    URL.revokeObjectURL(this.#url);
    this.#section.hidden = true;
    this.#waveform.mark([]);
    this.#tell();
  }

  /** @param {number} [from] Seconds. */
  play(from) {
    if (from !== undefined) this.#audio.currentTime = from;
    // What cannot be played has said so by its event.
    this.#audio.play().catch(() => {});
  }

  /** @param {number} seconds */
  seek(seconds) {
    this.#audio.currentTime = seconds;
    this.#tell();
  }

  /** @param {readonly { start: number, end: number }[]} spans Where somebody speaks. */
  mark(spans) {
    this.#waveform.mark(spans);
  }

  #tell() {
    const { paused, currentTime } = this.#audio;
    this.#section.classList.toggle("is-playing", !paused);
    this.#button.ariaLabel = paused ? "Play" : "Pause";
    this.#clock.textContent = spellClock(currentTime);
    this.#waveform.moveTo(currentTime);
    this.#listener.onTime(currentTime, !paused);
    cancelAnimationFrame(this.#frame);
    if (!paused) this.#frame = requestAnimationFrame(() => this.#tell());
  }
}
