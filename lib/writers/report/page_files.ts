/** The script and the style of the page, and their hashes: `client/`, written here by `scripts/page/embed.ts`. */

// deno-fmt-ignore
export const PAGE: Readonly<Record<"script" | "scriptHash" | "style" | "styleHash", string>> = {
  "script": `"use strict";
const module1 = (() => {
function element(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(\`The page has no \${kind.name} called \${id}\`);
}
return { element };
})();
const module3 = (() => {
function spellClock(seconds) {
  const { hours, minutes, rest } = split(seconds);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return hours > 0 ? \`\${hours}:\${two(minutes)}:\${two(rest)}\` : \`\${minutes}:\${two(rest)}\`;
}

function spellDuration(seconds) {
  const { hours, minutes, rest } = split(seconds);
  const parts = Object.entries({ hour: hours, minute: minutes, second: rest })
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => \`\${count} \${unit}\${count === 1 ? "" : "s"}\`);
  return parts.join(" ") || "0 seconds";
}

function split(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return { hours: Math.floor(whole / 3600), minutes: Math.floor(whole / 60) % 60, rest: whole % 60 };
}

function spellSize(bytes) {
  if (bytes < 1000) return \`\${bytes} bytes\`;
  const [power, unit] = bytes < 1e6 ? [1, "KB"] : bytes < 1e9 ? [2, "MB"] : [3, "GB"];
  const count = bytes / 1000 ** Number(power);
  return \`\${count < 10 ? count.toFixed(1) : Math.round(count)} \${unit}\`;
}
return { spellClock, spellDuration, spellSize };
})();
const module5 = (() => {
const SOFTEST = 0.05;

function peaksOf(samples, count) {
  const peaks = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const from = Math.floor(i * samples.length / count);
    const to = Math.max(from + 1, Math.floor((i + 1) * samples.length / count));
    for (let j = from; j < to && j < samples.length; j++) peaks[i] = Math.max(peaks[i], Math.abs(samples[j]));
  }
  return peaks;
}

function heightsOf(peaks) {
  const loudest = peaks.reduce((one, other) => Math.max(one, other), SOFTEST);
  return peaks.map((peak) => peak / loudest);
}
return { peaksOf, heightsOf };
})();
const module4 = (() => {
const { spellDuration } = module3;
const { heightsOf, peaksOf } = module5;
const BAR = 2;
const STEP = 3;

const MOST_BARS = 4096;

const SHORT = 5;
const LONG = 30;

class Waveform {
  #frame;
  #canvas;
  #peaks;
  #heights;
  #speech = [];
  #duration = 0;
  #time = 0;

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

  show(samples, duration) {
    this.#peaks = samples && peaksOf(samples, MOST_BARS);
    this.#duration = duration;
    this.#frame.ariaValueMax = String(Math.round(duration));
    this.#measure();
    this.moveTo(this.#time);
  }

  mark(spans) {
    this.#speech = spans;
    this.#draw();
  }

  moveTo(time) {
    this.#time = time;
    const now = String(Math.round(time));
    if (this.#frame.ariaValueNow !== now) {
      this.#frame.ariaValueNow = now;
      this.#frame.ariaValueText = \`\${spellDuration(time)} of \${spellDuration(this.#duration)}\`;
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
return { Waveform };
})();
const module2 = (() => {
const { spellClock } = module3;
const { element } = module1;
const { Waveform } = module4;
class Player {
  #section = element("player", HTMLElement);
  #audio = element("audio", HTMLAudioElement);
  #button = element("play", HTMLButtonElement);
  #clock = element("clock", HTMLElement);
  #end = element("duration", HTMLElement);
  #speed = element("speed", HTMLSelectElement);
  #waveform = new Waveform(element("waveform", HTMLElement), (seconds) => this.seek(seconds));
  #listener;
  #url = "";
  #frame = 0;

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

  #show(samples, duration) {
    this.#end.textContent = spellClock(duration);
    this.#waveform.show(samples, duration);
  }

  clear() {
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    URL.revokeObjectURL(this.#url);
    this.#section.hidden = true;
    this.#waveform.mark([]);
    this.#tell();
  }

  play(from) {
    if (from !== undefined) this.#audio.currentTime = from;
    this.#audio.play().catch(() => {});
  }

  seek(seconds) {
    this.#audio.currentTime = seconds;
    this.#tell();
  }

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
return { Player };
})();
const module7 = (() => {
const AFTERGLOW = 0.12;

class SpokenLight {
  #segment;
  #word;

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

function behaviour() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
return { AFTERGLOW, SpokenLight };
})();
const module8 = (() => {
function piecesOf(text, words) {
  const pieces = [];
  let at = 0;
  for (const [index, { word }] of words.entries()) {
    const spelt = word.trim();
    const found = spelt === "" ? -1 : text.indexOf(spelt, at);
    if (found < 0) continue;
    if (found > at) pieces.push({ text: text.slice(at, found) });
    pieces.push({ text: spelt, index });
    at = found + spelt.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

function spanAt(spans, time, slack = 0) {
  let low = 0, high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time < spans[low - 1].end + slack ? low - 1 : -1;
}
return { piecesOf, spanAt };
})();
const module9 = (() => {
function spansIn(text) {
  const times = text ? text.split(" ").map(Number) : [];
  return Array.from(
    { length: times.length >> 1 },
    (_, i) => ({ start: times[2 * i], end: times[2 * i + 1] }),
  );
}
return { spansIn };
})();
const module6 = (() => {
const { AFTERGLOW, SpokenLight } = module7;
const { spanAt } = module8;
const { spansIn } = module9;
class LitTranscript {
  #segments;
  #current;
  #words = [];
  #light = new SpokenLight();

  constructor(list) {
    this.#segments = list === null ? [] : timed(list, ":scope > [data-t]");
  }

  timeOf(target) {
    if (target.closest(".segment__text") === null) return;
    return spansIn(target.closest("[data-t]")?.getAttribute("data-t") ?? "")[0]?.start;
  }

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

function timed(parent, selector) {
  return [...parent.querySelectorAll(selector)]
    .filter((element) => element instanceof HTMLElement)
    .map((element) => ({ ...spansIn(element.dataset.t)[0], element }))
    .sort((one, other) => one.start - other.start);
}
return { LitTranscript };
})();
const module10 = (() => {
const { spansIn } = module9;
class LitTimeline {
  #rows;
  #line = document.createElement("span");

  constructor(tracks) {
    this.#rows = tracks.map((track) => ({ ...spansIn(track.getAttribute("data-t") ?? "")[0], track }));
    this.#line.className = "row__line";
  }

  onSeek(listener) {
    for (const { start, end, track } of this.#rows) {
      track.addEventListener("click", (event) => {
        const { left, width } = track.getBoundingClientRect();
        listener(start + (end - start) * (/** @type {MouseEvent} */ (event).clientX - left) / width);
      });
    }
  }

  show(time) {
    const row = this.#rows.find(({ start, end }) => time >= start && time < end);
    if (row === undefined || time === 0) return this.#line.remove();
    if (this.#line.parentNode !== row.track) row.track.append(this.#line);
    this.#line.style.left = \`\${100 * (time - row.start) / (row.end - row.start)}%\`;
  }
}
return { LitTimeline };
})();
const module0 = (() => {
const { element } = module1;
const { Player } = module2;
const { LitTranscript } = module6;
const { LitTimeline } = module10;
const { spansIn } = module9;
const choice = element("choice", HTMLElement);
const reason = element("choice-reason", HTMLElement);
const file = element("file", HTMLInputElement);
const waveform = element("waveform", HTMLElement);
const { peaks = "", speech = "" } = waveform.dataset;
const { recording } = document.body.dataset;

const samples = Float32Array.from(peaks === "" ? [] : peaks.split(" "), (peak) => Number(peak) / 1000);

const transcript = new LitTranscript(document.getElementById("segments"));
const timeline = new LitTimeline([...document.querySelectorAll(".row__track")]);
const player = new Player({
  onTime(time, isPlaying) {
    transcript.show(time, isPlaying);
    timeline.show(time);
  },
  onDuration() {},
  onSilent() {
    ask(
      file.files?.length
        ? "This browser cannot play that file."
        : \`\${decodeURIComponent(recording ?? "")} is not beside this page, or this browser cannot play it.\`,
    );
  },
});

function ask(why) {
  reason.textContent = why;
  choice.hidden = false;
}

function play(from) {
  if (choice.hidden) player.play(from);
  else file.focus();
}

function load(sound) {
  choice.hidden = true;
  player.load(sound, samples.length > 0 ? samples : undefined, Number(waveform.dataset.duration));
  player.mark(spansIn(speech));
}

file.addEventListener("change", () => file.files?.[0] && load(file.files[0]));
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) return;
  const from = target.closest("[data-play]")?.getAttribute("data-play") ?? transcript.timeOf(target);
  if (from !== undefined && getSelection()?.isCollapsed !== false) play(Number(from));
});
timeline.onSeek(play);
document.addEventListener("pointerover", ({ target }) => {
  if (target instanceof HTMLElement && target.dataset.p !== undefined) target.title = \`\${target.dataset.p} %\`;
});
if (recording === undefined) ask("The recording is not part of this page.");
else load(recording);
})();
`,
  "scriptHash": `sha256-0ttHpfbyajche376cggNx/CV8puIaVAzuiPPN/uEk+8=`,
  "style": `:root {
  color-scheme: light dark;
  --paper: #f8f8f6;
  --card: #ffffff;
  --ink: #1c1d1b;
  --soft: #5d605a;
  --line: #dfe0da;
  --edge: #85887f;
  --accent: #1c7a63;
  --on-accent: #ffffff;
  --tint: #e3f1ec;
  --speech: #8f958b;
  --silence: #d3d5ce;
  --fault: #a4262c;
  --fault-tint: #fbecec;
  --radius: 10px;
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}

@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #151614;
    --card: #1d1f1c;
    --ink: #eceae4;
    --soft: #a5a79f;
    --line: #32352f;
    --edge: #777b72;
    --accent: #6fcfb2;
    --on-accent: #0d1f19;
    --tint: #1f3a31;
    --speech: #7d8279;
    --silence: #3a3d37;
    --fault: #ff9a94;
    --fault-tint: #3a1f1e;
  }
}

*,
*::before,
*::after {
  box-sizing: border-box;
}

[hidden] {
  display: none !important;
}

body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
}

h1,
h2,
p,
ol {
  margin: 0;
  padding: 0;
}

button,
select,
input,
textarea {
  font: inherit;
  color: inherit;
}

:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}

.visually-hidden {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.hint {
  color: var(--soft);
  font-size: 0.875rem;
}

.masthead,
main {
  max-width: 46rem;
  margin-inline: auto;
  padding-inline: 1.25rem;
}

.masthead {
  display: flex;
  align-items: baseline;
  gap: 0.5rem;
  padding-block: 2.5rem 1.25rem;
}

.masthead h1 {
  font-size: 1.25rem;
  font-weight: 650;
  letter-spacing: -0.01em;
}

.masthead p {
  margin-left: 0.25rem;
  color: var(--soft);
  font-size: 0.9375rem;
}

.masthead__mark {
  width: 1.25rem;
  height: 1.25rem;
  align-self: center;
  fill: none;
  stroke: var(--accent);
  stroke-width: 1.8;
  stroke-linecap: round;
}

main {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: 1.25rem;
  padding-bottom: 4rem;
}

.button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  gap: 0.5rem;
  min-height: 2.5rem;
  padding: 0.375rem 1rem;
  border: 1px solid var(--edge);
  border-radius: 8px;
  background: var(--card);
  font-size: 0.9375rem;
  font-weight: 550;
  line-height: 1.25;
  cursor: pointer;
}

.button:hover {
  border-color: var(--accent);
}

.button:has(:focus-visible) {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}

.button--primary {
  border-color: var(--accent);
  background: var(--accent);
  color: var(--on-accent);
}

.button--primary:hover {
  filter: brightness(1.06);
}

.button--quiet {
  border-color: transparent;
  background: none;
  color: var(--soft);
}

.button--quiet:hover {
  color: var(--ink);
}

.button--small {
  min-height: 2rem;
  padding: 0.25rem 0.625rem;
  border-color: var(--line);
  font-size: 0.8125rem;
}

.button:disabled {
  border-color: var(--line);
  background: var(--line);
  color: var(--soft);
  cursor: default;
  filter: none;
}

@media (max-width: 34rem) {
  .masthead {
    flex-wrap: wrap;
    padding-block: 1.25rem 1rem;
  }
}

@media (prefers-reduced-motion: reduce) {
  *,
  *::before,
  *::after {
    animation: none !important;
    transition: none !important;
  }
}

.player {
  display: grid;
  grid-template-columns: auto minmax(0, 1fr) auto auto;
  align-items: center;
  gap: 0.875rem;
  padding: 0.75rem;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--card);
}

.has-transcript .player {
  position: sticky;
  top: 0.5rem;
  z-index: 1;
  box-shadow: 0 6px 20px -12px rgb(0 0 0 / 0.35);
}

.player__play {
  display: grid;
  place-items: center;
  width: 2.75rem;
  height: 2.75rem;
  border: 0;
  border-radius: 50%;
  background: var(--accent);
  color: var(--on-accent);
  cursor: pointer;
}

.player__play svg {
  width: 1.125rem;
  height: 1.125rem;
  fill: currentColor;
}

.player__icon-pause,
.is-playing .player__icon-play {
  display: none;
}

.is-playing .player__icon-pause {
  display: inline;
}

.waveform {
  position: relative;
  height: 3.5rem;
  border-radius: 4px;
  cursor: pointer;
  touch-action: pan-y;
}

.waveform canvas {
  display: block;
  width: 100%;
  height: 100%;
}

.player__clock {
  color: var(--soft);
  font-size: 0.875rem;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}

#clock {
  color: var(--ink);
}

.player__speed select {
  width: 4.25rem;
  min-height: 2rem;
  padding: 0.25rem;
  border: 1px solid transparent;
  border-radius: 6px;
  background: var(--card);
  color: var(--soft);
  font-size: 0.875rem;
}

.player__speed select:hover {
  border-color: var(--line);
}

@media (max-width: 34rem) {
  .player {
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 0.375rem 0.75rem;
  }

  .waveform {
    grid-column: 1 / -1;
    grid-row: 1;
    height: 3rem;
  }
}

.segments {
  list-style: none;
}

.segment {
  display: grid;
  grid-template-columns: 4rem minmax(0, 1fr) auto;
  align-items: baseline;
  gap: 0.5rem;
  padding-block: 0.375rem;
  margin-inline: -0.625rem;
  padding-inline: 0.625rem;
  border-radius: 8px;
  scroll-margin-block: 7rem 1rem;
}

.segment[aria-current] {
  background: color-mix(in srgb, var(--tint) 45%, transparent);
}

.segment__time,
.segment__edit {
  min-height: 1.75rem;
  padding: 0 0.375rem;
  border: 0;
  border-radius: 6px;
  background: none;
  color: var(--soft);
  font-size: 0.8125rem;
  font-variant-numeric: tabular-nums;
  cursor: pointer;
}

.segment__time {
  justify-self: start;
  margin-left: -0.375rem;
}

.segment__time:hover,
.segment__edit:hover {
  color: var(--accent);
  text-decoration: underline;
}

.segment__text {
  font-size: 1.0625rem;
  line-height: 1.6;
  cursor: pointer;
  overflow-wrap: anywhere;
}

.segment__text span {
  margin-inline: -0.12em;
  padding: 0.125em 0.12em;
  border-radius: 4px;
}

.segment__text .is-spoken {
  background: var(--accent);
  color: var(--on-accent);
}

@media (max-width: 34rem) {
  .segment {
    scroll-margin-top: 9.5rem;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 0.5rem;
  }

  .segment__text {
    grid-column: 1 / -1;
    grid-row: 2;
  }
}

@media (forced-colors: active) {
  .segment__text .is-spoken {
    forced-color-adjust: none;
    background: Highlight;
    color: HighlightText;
  }
}

:root {
  --unsure-1: #fdf3c4;
  --unsure-2: #ffe0b0;
  --unsure-3: #ffcfc9;
  --notable: #955600;
  --voice-0: #1c7a63;
  --voice-1: #3a62b0;
  --voice-2: #a0487a;
  --voice-3: #8a6a14;
  --voice-4: #6a53b5;
  --voice-5: #3f6f2a;
}

@media screen and (prefers-color-scheme: dark) {
  :root {
    --unsure-1: #3f391a;
    --unsure-2: #573a12;
    --unsure-3: #642826;
    --notable: #eaa24a;
    --voice-0: #6fcfb2;
    --voice-1: #92b4f5;
    --voice-2: #eb9cc6;
    --voice-3: #dcbb63;
    --voice-4: #b8a7f5;
    --voice-5: #9ccb80;
  }
}

.masthead {
  flex-wrap: wrap;
}

.masthead h1 {
  overflow-wrap: anywhere;
}

main {
  gap: 1.5rem;
}

h2 {
  margin-bottom: 0.5rem;
  padding-bottom: 0.5rem;
  border-bottom: 1px solid var(--line);
  font-size: 1.0625rem;
  font-weight: 650;
  scroll-margin-top: 7rem;
}

h2:focus {
  outline: none;
}

ul {
  margin: 0;
  padding: 0;
}

nav ul {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 1.25rem;
  font-size: 0.9375rem;
  list-style: none;
}

a {
  color: var(--accent);
}

.choice {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.5rem 0.75rem;
  padding: 0.75rem;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--card);
  color: var(--soft);
  font-size: 0.9375rem;
  overflow-wrap: anywhere;
}

.legend {
  display: flex;
  flex-wrap: wrap;
  gap: 0.25rem 0.75rem;
  margin-bottom: 0.5rem;
  color: var(--soft);
  font-size: 0.8125rem;
}

.legend span,
.doubt strong {
  padding: 0 0.25em;
  border-radius: 4px;
}

.unsure-1,
.unsure-2,
.unsure-3 {
  color: var(--ink);
  text-underline-offset: 0.2em;
  text-decoration-thickness: 1px;
}

.unsure-1 {
  background: var(--unsure-1);
  text-decoration: underline dotted var(--soft);
}

.unsure-2 {
  background: var(--unsure-2);
  text-decoration: underline dashed var(--soft);
}

.unsure-3 {
  background: var(--unsure-3);
  text-decoration: underline wavy var(--soft);
}

.segment__text .segment__voice {
  margin: 0;
  padding: 0;
  font-size: 0.875rem;
  font-weight: 600;
}

.segment__text .segment__note {
  margin: 0;
  padding: 0;
  color: var(--soft);
  font-size: 0.875rem;
}

.is-unspoken .segment__text {
  color: var(--soft);
  cursor: auto;
}

.is-extra .segment__text {
  font-style: italic;
}

[class*="voice-"] {
  color: var(--voice);
  fill: var(--voice);
}

.voice-0 {
  --voice: var(--voice-0);
}

.voice-1 {
  --voice: var(--voice-1);
}

.voice-2 {
  --voice: var(--voice-2);
}

.voice-3 {
  --voice: var(--voice-3);
}

.voice-4 {
  --voice: var(--voice-4);
}

.voice-5 {
  --voice: var(--voice-5);
}

.timeline {
  margin: 0;
}

.row {
  display: grid;
  grid-template-columns: 4rem minmax(0, 1fr);
  gap: 0.5rem;
  padding-block: 0.25rem;
  break-inside: avoid;
}

.row__clock {
  color: var(--soft);
  font-size: 0.8125rem;
  font-variant-numeric: tabular-nums;
}

.row__track {
  position: relative;
  cursor: pointer;
}

.row svg {
  display: block;
  width: 100%;
  height: 3.875rem;
}

.row__line {
  position: absolute;
  top: 0;
  bottom: 0;
  width: 1.5px;
  background: var(--accent);
}

.row .speech {
  fill: var(--tint);
}

.row .wave {
  fill: none;
  stroke: var(--speech);
  stroke-width: 1.5;
  vector-effect: non-scaling-stroke;
}

.row .word {
  fill: var(--silence);
}

.row .word.unsure-1,
.row .word.unsure-2 {
  fill: var(--notable);
}

.row .word.unsure-3 {
  fill: var(--fault);
}

.row [class^="voice-"] {
  stroke: var(--paper);
  stroke-width: 1;
  vector-effect: non-scaling-stroke;
}

.row .window {
  fill: var(--silence);
  stroke: var(--paper);
  stroke-width: 1;
  vector-effect: non-scaling-stroke;
}

.row .window.is-notable {
  fill: var(--notable);
}

.key::before {
  display: inline-block;
  width: 0.75em;
  height: 0.75em;
  margin-right: 0.375em;
  border-radius: 2px;
  background: currentColor;
  content: "";
}

.key--speech::before {
  background: var(--tint);
  outline: 1px solid var(--line);
}

.key--word::before,
.key--window::before {
  background: var(--silence);
}

.key--notable::before {
  background: var(--notable);
}

.doubts,
.windows,
.windows ul {
  list-style: none;
}

.doubt,
.windows > li {
  display: grid;
  grid-template-columns: 4rem minmax(0, 1fr) auto;
  align-items: baseline;
  gap: 0.5rem;
  padding-block: 0.25rem;
}

.doubt p,
.windows div {
  overflow-wrap: anywhere;
}

.windows ul {
  color: var(--soft);
  font-size: 0.875rem;
}

.windows .is-notable p {
  color: var(--notable);
  font-weight: 550;
}

.windows q {
  color: var(--ink);
}

@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff;
    font-size: 11pt;
    print-color-adjust: exact;
  }

  .player,
  .choice,
  nav,
  .row__line {
    display: none !important;
  }

  .segment,
  .doubt,
  .windows > li {
    break-inside: avoid;
  }

  .segment[aria-current] {
    background: none;
  }

  h2 {
    break-after: avoid;
  }

  .masthead,
  main {
    max-width: none;
    padding-inline: 0;
  }
}
`,
  "styleHash": `sha256-Yv1220sl7GNiNIei8bvufn8V2B7Ep7MajJRvEY3dd/U=`,
};
