// @ts-check
/** The picture of a recording, in which it can be wound: by mouse, by finger, by keys. */
import { spellDuration } from "../text/clock.js";
import { heightsOf, peaksOf } from "./peaks.js";

/** Pixels of a bar, and from one to the next. */
const BAR = 2;
const STEP = 3;

/** Parts that are measured: more than there are bars on any screen. */
const MOST_BARS = 4096;

/** Seconds that an arrow key winds, and a page key. */
const SHORT = 5;
const LONG = 30;

/** The picture. */
export class Waveform {
  /** @type {HTMLElement} */
  #frame;
  /** @type {HTMLCanvasElement} */
  #canvas;
  /** @type {Float32Array | undefined} */
  #peaks;
  /** @type {Float32Array | undefined} */
  #heights;
  /** @type {readonly { start: number, end: number }[]} */
  #speech = [];
  #duration = 0;
  #time = 0;

  /**
   * @param {HTMLElement} frame The slider, with its canvas.
   * @param {(seconds: number) => void} onSeek
   */
  constructor(frame, onSeek) {
    this.#frame = frame;
    this.#canvas = /** @type {HTMLCanvasElement} */ (frame.querySelector("canvas"));
    const seek = (/** @type {number} */ time) => onSeek(Math.max(0, Math.min(this.#duration, time)));
    const point = (/** @type {PointerEvent} */ event) => {
      const { left, width } = frame.getBoundingClientRect();
      seek((event.clientX - left) / width * this.#duration);
    };
    frame.addEventListener("pointerdown", (event) => {
      frame.setPointerCapture(event.pointerId);
      point(event);
    });
    frame.addEventListener("pointermove", (event) => {
      if (frame.hasPointerCapture(event.pointerId)) point(event);
    });
    frame.addEventListener("keydown", (event) => {
      const to = this.#keyTarget(event.key);
      if (to === undefined) return;
      event.preventDefault();
      seek(to);
    });
    new ResizeObserver(() => this.#measure()).observe(frame);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** @param {string} key */
  #keyTarget(key) {
    switch (key) {
      case "ArrowRight":
      case "ArrowUp":
        return this.#time + SHORT;
      case "ArrowLeft":
      case "ArrowDown":
        return this.#time - SHORT;
      case "PageUp":
        return this.#time + LONG;
      case "PageDown":
        return this.#time - LONG;
      case "Home":
        return 0;
      case "End":
        return this.#duration;
    }
  }

  /**
   * Shows a recording; without samples, a line.
   *
   * @param {Float32Array | undefined} samples
   * @param {number} duration Seconds.
   */
  show(samples, duration) {
    this.#peaks = samples && peaksOf(samples, MOST_BARS);
    this.#duration = duration;
    this.#frame.ariaValueMax = String(Math.round(duration));
    this.#measure();
    this.moveTo(this.#time);
  }

  /** @param {readonly { start: number, end: number }[]} spans Where somebody speaks. */
  mark(spans) {
    this.#speech = spans;
    this.#draw();
  }

  /** @param {number} time Seconds. */
  moveTo(time) {
    this.#time = time;
    const now = String(Math.round(time));
    if (this.#frame.ariaValueNow !== now) {
      this.#frame.ariaValueNow = now;
      this.#frame.ariaValueText = `${spellDuration(time)} of ${spellDuration(this.#duration)}`;
    }
    this.#draw();
  }

  #measure() {
    const { clientWidth, clientHeight } = this.#frame;
    if (clientWidth === 0) return;
    this.#canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.#canvas.height = Math.round(clientHeight * devicePixelRatio);
    const count = Math.floor((clientWidth + STEP - BAR) / STEP);
    this.#heights = this.#peaks && heightsOf(peaksOf(this.#peaks, count));
    this.#draw();
  }

  #draw() {
    const context = this.#canvas.getContext("2d");
    if (context === null) return;
    const { clientWidth: width, clientHeight: height } = this.#frame;
    const style = getComputedStyle(this.#frame);
    const [accent, speech, silence, tint] = ["--accent", "--speech", "--silence", "--tint"].map((name) =>
      style.getPropertyValue(name)
    );
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, height);
    const scale = this.#duration > 0 ? width / this.#duration : 0;
    context.fillStyle = tint;
    for (const { start, end } of this.#speech) {
      context.beginPath();
      context.roundRect(start * scale, 0, Math.max(1, (end - start) * scale), height, 4);
      context.fill();
    }
    let span = 0;
    for (let i = 0, x = 0; x + BAR <= width; i++, x += STEP) {
      const time = (x + BAR / 2) / (scale || 1);
      while (span < this.#speech.length && this.#speech[span].end < time) span++;
      const isSpeech = this.#speech.length === 0 || (this.#speech[span]?.start ?? Infinity) <= time;
      const tall = Math.max(2, (this.#heights?.[i] ?? 0) * (height - 8));
      context.fillStyle = time < this.#time ? accent : isSpeech ? speech : silence;
      context.beginPath();
      context.roundRect(x, (height - tall) / 2, BAR, tall, BAR / 2);
      context.fill();
    }
    if (this.#time === 0) return;
    context.fillStyle = accent;
    context.fillRect(Math.min(width - 1.5, this.#time * scale), 0, 1.5, height);
  }
}
