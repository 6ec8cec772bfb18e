/** The files of the page, by their names: `client/`, written here by `scripts/page/embed.ts`. */

// deno-fmt-ignore
export const CLIENT_FILES: Readonly<Record<string, string>> = {
  "index.html": `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Sotto</title>
    <link
      rel="icon"
      href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M2 6v4M5 3v10M8 5v6M11 2v12M14 6v4' stroke='%231c7a63' stroke-width='1.8' stroke-linecap='round'/%3E%3C/svg%3E"
    >
    <link rel="stylesheet" href="page/style/theme.css">
    <link rel="stylesheet" href="page/style/player.css">
    <link rel="stylesheet" href="page/style/segments.css">
    <link rel="stylesheet" href="page/page.css">
    <script type="module" src="page/main.js"></script>
  </head>
  <body data-max-upload="{{MAX_UPLOAD}}" data-needs-key="{{NEEDS_KEY}}">
    <header class="masthead">
      <svg class="masthead__mark" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M2 6v4M5 3v10M8 5v6M11 2v12M14 6v4" />
      </svg>
      <h1>Sotto</h1>
      <p>Speech to text, on this server</p>
    </header>

    <main>
      <noscript><p class="alert">This page needs JavaScript. The server also answers OpenAI’s API.</p></noscript>

      <section class="source" id="source" aria-label="Recording">
        <div class="source__empty" id="empty">
          <p class="source__title">Drop a recording here</p>
          <div class="source__ways">
            <label class="button">
              <input
                class="visually-hidden"
                id="file"
                type="file"
                accept="audio/*,video/*,.opus,.caf,.mka,.mkv"
                aria-describedby="limits"
              >
              Choose a file
            </label>
            <button class="button" id="record" type="button">
              <span class="dot" aria-hidden="true"></span>Record
            </button>
          </div>
          <p class="hint" id="limits">
            Audio or video, up to {{ MAX_UPLOAD_TEXT }}. The server keeps nothing of it.
          </p>
          <p class="hint" id="no-microphone" hidden></p>
        </div>

        <div class="source__recording" id="recording" hidden>
          <span class="dot dot--live" aria-hidden="true"></span>
          <span class="source__clock" id="record-clock" role="timer" aria-label="Recorded">0:00</span>
          <span class="level" id="level" aria-hidden="true"><span></span></span>
          <button class="button button--quiet" id="discard" type="button">Discard</button>
          <button class="button button--primary" id="stop-recording" type="button">Stop</button>
        </div>

        <div class="source__chosen" id="chosen" hidden>
          <div class="source__file">
            <p class="source__name" id="file-name"></p>
            <p class="hint" id="file-facts"></p>
          </div>
          <button class="button button--quiet" id="again" type="button" hidden>Transcribe again</button>
          <button class="button button--quiet" id="replace" type="button">Replace</button>
        </div>
      </section>

      <section class="player" id="player" aria-label="Player" hidden>
        <button class="player__play" id="play" type="button" aria-label="Play">
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path class="player__icon-play" d="M4.5 2.6v10.8L13.2 8z" />
            <path class="player__icon-pause" d="M4 3h3v10H4zM9 3h3v10H9z" />
          </svg>
        </button>
        <div
          class="waveform"
          id="waveform"
          role="slider"
          tabindex="0"
          aria-label="Position"
          aria-valuemin="0"
          aria-valuemax="0"
          aria-valuenow="0"
          aria-valuetext="0 seconds"
        >
          <canvas aria-hidden="true"></canvas>
        </div>
        <p class="player__clock"><span id="clock">0:00</span> / <span id="duration">0:00</span></p>
        <label class="player__speed">
          <span class="visually-hidden">Speed</span>
          <select id="speed">
            <option value="0.5">0.5×</option>
            <option value="0.75">0.75×</option>
            <option value="1" selected>1×</option>
            <option value="1.25">1.25×</option>
            <option value="1.5">1.5×</option>
            <option value="2">2×</option>
          </select>
        </label>
      </section>

      <form class="options" id="form">
        <label class="field">
          <span>Model</span>
          <select id="model">{{ MODELS }}</select>
        </label>
        <label class="field">
          <span>Language</span>
          <select id="language">
            <option value="">Detect</option>
            {{ LANGUAGES }}
          </select>
        </label>
        <label class="field field--key" id="key-field" hidden>
          <span>API key</span>
          <input id="key" type="password" autocomplete="off" spellcheck="false" aria-describedby="key-hint">
          <span class="hint" id="key-hint">Forgotten when this tab is closed.</span>
        </label>
        <div class="options__checks">
          <label class="check"><input id="translate" type="checkbox"> Translate into English</label>
          <label class="check"><input id="skip-silence" type="checkbox" checked> Skip silence</label>
        </div>
        <button class="button button--primary" id="submit" type="submit" disabled>Transcribe</button>
      </form>

      <div class="alert" id="alert" role="alert" hidden></div>

      <section class="progress" id="progress" aria-label="Progress" hidden>
        <div class="progress__line">
          <label for="bar" id="phase">Uploading</label>
          <button class="button button--quiet" id="cancel" type="button">Cancel</button>
        </div>
        <progress id="bar" max="1"></progress>
      </section>

      <p class="visually-hidden" id="status" role="status"></p>

      <section class="transcript" id="transcript" aria-labelledby="transcript-title" hidden>
        <div class="transcript__head">
          <h2 id="transcript-title" tabindex="-1">Transcript</h2>
          <p class="hint" id="facts"></p>
          <div class="transcript__files" id="files" role="group" aria-label="Copy and download" hidden>
            <button class="button button--small" id="copy" type="button">Copy</button>
            <span class="hint" aria-hidden="true">Download</span>
            <button class="button button--small" data-format="txt" type="button">
              <span class="visually-hidden">Download as</span> TXT
            </button>
            <button class="button button--small" data-format="srt" type="button">
              <span class="visually-hidden">Download as</span> SRT
            </button>
            <button class="button button--small" data-format="vtt" type="button">
              <span class="visually-hidden">Download as</span> VTT
            </button>
            <button class="button button--small" data-format="json" type="button">
              <span class="visually-hidden">Download as</span> JSON
            </button>
          </div>
        </div>
        <ol class="segments" id="segments"></ol>
      </section>
    </main>
    <audio id="audio" preload="auto"></audio>
  </body>
</html>
`,
  "main.js": `// @ts-check
/** The page: a recording is chosen, sent, heard and read. Nothing of it outlives the tab. */
import { fileName, FORMATS, spellTranscript, wholeText } from "./text/downloads.js";
import { spellDuration, spellSize } from "./text/clock.js";
import { element } from "./page_elements.js";
import { Player } from "./player.js";
import { ProgressLine } from "./progress_line.js";
import { SegmentList } from "./segment_list.js";
import { decodeSound, playable } from "./sound/decode_sound.js";
import { Source } from "./source.js";
import { speechMarks } from "./sound/speech_marks.js";
import { RequestError, transcribe } from "./request/transcribe.js";

/** @typedef {import("./request/transcribe.js").Finished} Finished */

/** Where the key is kept while the tab is open. */
const KEY = "sotto-api-key";

const form = element("form", HTMLFormElement);
const model = element("model", HTMLSelectElement);
const language = element("language", HTMLSelectElement);
const translate = element("translate", HTMLInputElement);
const skipSilence = element("skip-silence", HTMLInputElement);
const keyField = element("key-field", HTMLElement);
const key = element("key", HTMLInputElement);
const submit = element("submit", HTMLButtonElement);
const cancel = element("cancel", HTMLButtonElement);
const alert = element("alert", HTMLElement);
const transcript = element("transcript", HTMLElement);
const title = element("transcript-title", HTMLElement);
const facts = element("facts", HTMLElement);
const files = element("files", HTMLElement);
const copy = element("copy", HTMLButtonElement);

/** @type {File | undefined} The recording. */
let recording;
/** Seconds of the recording, as far as they are known. */
let duration = 0;
/** @type {AbortController | undefined} Stops the request that is under way. */
let underWay;
/** @type {{ task: string, language: string, duration: number } | undefined} What the last request came to. */
let finished;
/** Whether there are corrections that were not taken along. */
let hasUnsaved = false;

const progress = new ProgressLine();
const player = new Player({
  onTime: (time, isPlaying) => list.show(time, isPlaying),
  onDuration(seconds) {
    duration = seconds;
    if (recording !== undefined) source.describe(recording, duration);
  },
  onSilent: () => recording && source.describe(recording, duration, "this browser cannot play it"),
});
const list = new SegmentList(element("segments", HTMLElement), {
  onPlay: (seconds) => player.play(seconds),
  onCorrect() {
    hasUnsaved = true;
    progress.say("Corrected");
  },
});
const source = new Source({
  onFile: take,
  onAgain() {
    form.hidden = false;
    submit.focus();
  },
  onReplace() {
    if (!mayForget()) return false;
    forget();
    form.hidden = false;
    recording = undefined;
    submit.disabled = true;
    player.clear();
    return true;
  },
  onError: showError,
  isBusy: () => underWay !== undefined,
});

/** @type {(file: File, isRecorded: boolean) => Promise<void>} */
async function take(file, isRecorded) {
  forget();
  recording = file;
  duration = 0;
  const largest = Number(document.body.dataset.maxUpload);
  submit.disabled = file.size > largest;
  if (submit.disabled) {
    showError(\`The file has \${spellSize(file.size)}; this server takes \${spellSize(largest)} at most.\`);
  }
  progress.say(\`\${file.name} is ready\`);
  submit.focus();
  const sound = await decodeSound(file, isRecorded);
  if (recording !== file) return;
  duration = sound?.duration ?? 0;
  source.describe(file, duration);
  player.load(playable(file, sound, isRecorded), sound?.samples, duration);
  player.mark(speechMarks(list.segments));
}

/** Takes away what was transcribed. */
function forget() {
  showError("");
  list.clear();
  finished = undefined;
  hasUnsaved = false;
  transcript.hidden = true;
  files.hidden = true;
  document.body.classList.remove("has-transcript");
  player.mark([]);
}

function mayForget() {
  return !hasUnsaved || confirm("Your corrections would be lost. Go on?");
}

/** @param {string} message Shown, or nothing to show none. */
function showError(message) {
  alert.hidden = message === "";
  alert.textContent = message;
}

/** Whether the marks of speech are about to be drawn. */
let areMarksDue = false;

/** Draws the marks of speech once a frame, however many segments come. */
function scheduleMarks() {
  if (areMarksDue) return;
  areMarksDue = true;
  requestAnimationFrame(() => {
    areMarksDue = false;
    player.mark(speechMarks(list.segments));
  });
}

async function run() {
  if (recording === undefined || underWay !== undefined || !mayForget()) return;
  forget();
  const work = new AbortController();
  const isTranslation = translate.checked && !translate.disabled;
  const task = isTranslation ? "translate" : "transcribe";
  setBusy(work);
  form.hidden = true;
  progress.upload(0);
  cancel.focus();
  try {
    const result = await transcribe(
      {
        file: recording,
        name: recording.name,
        model: model.value,
        language: language.disabled ? "" : language.value,
        translate: isTranslation,
        skipSilence: skipSilence.checked,
        key: key.value.trim(),
      },
      {
        onUpload: (share) => progress.upload(share),
        onProgress: (loaded, total) => progress.transcribe(loaded, total),
        onSegment(segment) {
          showTranscript();
          list.add(segment);
          scheduleMarks();
        },
      },
      work.signal,
    );
    finish({ ...result, task });
  } catch (error) {
    fail(error, task);
  } finally {
    setBusy(undefined);
  }
}

/** @param {AbortController | undefined} work */
function setBusy(work) {
  underWay = work;
  submit.disabled = work !== undefined;
  source.hold(work !== undefined, list.segments.length > 0);
}

/** @param {Finished & { task: string }} result */
function finish({ task, language: spoken, duration }) {
  finished = { task, language: spoken, duration };
  showTranscript();
  list.speak(codeOf(spoken));
  const { segments } = list;
  const words = segments.reduce((sum, { words }) => sum + (words?.length ?? 0), 0);
  const name = \`\${spoken[0].toUpperCase()}\${spoken.slice(1)}\`;
  facts.textContent = segments.length === 0 ? "Nobody is heard speaking." : \`\${name} · \${words} words\`;
  files.hidden = segments.length === 0;
  progress.end(\`Done. \${facts.textContent}\`);
  title.focus({ preventScroll: true });
}

/** @param {string} name The English name of a language. */
function codeOf(name) {
  return [...language.options].find(({ text }) => text.toLowerCase() === name)?.value ?? "";
}

/** @type {(error: unknown, task: string) => void} */
function fail(error, task) {
  const isCancelled = underWay?.signal.aborted;
  progress.end(isCancelled ? "Cancelled" : "");
  // What has come can be used all the same.
  if (list.segments.length > 0) {
    const end = list.segments.at(-1)?.end ?? 0;
    finished = { task, language: "", duration: duration || end };
    facts.textContent = \`Up to \${spellDuration(end)}\`;
    files.hidden = false;
    title.focus({ preventScroll: true });
  } else {
    form.hidden = false;
    submit.disabled = false;
    submit.focus();
  }
  if (isCancelled) return;
  showError(error instanceof Error ? error.message : String(error));
  if (error instanceof RequestError && error.status === 401) askForKey();
}

function askForKey() {
  form.hidden = keyField.hidden = false;
  key.focus();
}

function showTranscript() {
  if (!transcript.hidden) return;
  facts.textContent = "";
  transcript.hidden = false;
  document.body.classList.add("has-transcript");
}

/** A model of English alone has no choice of language, and nothing to translate. */
function followModel() {
  const isEnglish = /(^|[.-])en$/.test(model.value);
  language.disabled = translate.disabled = isEnglish;
  if (isEnglish) language.value = "en";
}

/** @param {keyof typeof FORMATS} format */
function download(format) {
  if (finished === undefined || recording === undefined) return;
  const text = spellTranscript({ ...finished, segments: list.segments }, format);
  const url = URL.createObjectURL(new Blob([text], { type: FORMATS[format] }));
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(recording.name, format);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  hasUnsaved = false;
}

async function copyText() {
  try {
    await navigator.clipboard.writeText(wholeText(list.segments));
    progress.say("Copied");
    copy.textContent = "Copied";
    setTimeout(() => copy.textContent = "Copy", 2000);
  } catch {
    showError("The browser does not let this page copy; download the text instead.");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
cancel.addEventListener("click", () => underWay?.abort(new DOMException("Cancelled", "AbortError")));
copy.addEventListener("click", copyText);
for (const button of files.querySelectorAll("button[data-format]")) {
  const { format } = /** @type {HTMLElement} */ (button).dataset;
  button.addEventListener("click", () => download(/** @type {keyof typeof FORMATS} */ (format)));
}
key.value = sessionStorage.getItem(KEY) ?? "";
key.addEventListener("change", () => sessionStorage.setItem(KEY, key.value.trim()));
keyField.hidden = document.body.dataset.needsKey !== "true";
model.addEventListener("change", followModel);
followModel();
addEventListener("beforeunload", (event) => {
  if (hasUnsaved) event.preventDefault();
});
`,
  "page.css": `/* Fields */

.field {
  display: grid;
  gap: 0.25rem;
  font-size: 0.875rem;
}

.field > span:first-child {
  color: var(--soft);
}

.field select,
.field input {
  width: 100%;
  min-height: 2.5rem;
  padding: 0.375rem 0.625rem;
  border: 1px solid var(--edge);
  border-radius: 8px;
  background: var(--card);
  font-size: 1rem;
}

.check {
  display: inline-flex;
  align-items: center;
  gap: 0.5rem;
  min-height: 2rem;
  font-size: 0.9375rem;
  cursor: pointer;
}

.check input {
  width: 1.0625rem;
  height: 1.0625rem;
  margin: 0;
  accent-color: var(--accent);
}

.check:has(:disabled) {
  color: var(--soft);
  cursor: default;
}

.dot {
  width: 0.625rem;
  height: 0.625rem;
  flex: none;
  border-radius: 50%;
  background: var(--fault);
}

/* The recording */

.source {
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--card);
}

.source__empty {
  display: grid;
  justify-items: center;
  gap: 1rem;
  margin: 0.5rem;
  padding: 2.5rem 1rem;
  border: 1.5px dashed var(--line);
  border-radius: 6px;
  text-align: center;
}

.source__title {
  font-size: 1.125rem;
  font-weight: 550;
}

.source__ways {
  display: flex;
  flex-wrap: wrap;
  justify-content: center;
  gap: 0.625rem;
}

.is-dragging .source {
  border-color: var(--accent);
  background: var(--tint);
}

.is-dragging .source__empty {
  border-color: var(--accent);
}

.source__recording,
.source__chosen {
  display: flex;
  align-items: center;
  gap: 0.75rem;
  padding: 0.75rem 0.75rem 0.75rem 1.25rem;
}

.source.is-chosen {
  border-color: transparent;
  background: none;
}

.source__chosen {
  gap: 0;
  padding: 0;
}

.source__chosen .button:last-child {
  margin-right: -1rem;
}

.source__file {
  flex: 1;
  min-width: 0;
}

.source__name {
  overflow: hidden;
  font-weight: 550;
  text-overflow: ellipsis;
  white-space: nowrap;
}

.source__clock {
  min-width: 3.5rem;
  font-variant-numeric: tabular-nums;
  font-weight: 550;
}

.dot--live {
  animation: breathe 1.6s ease-in-out infinite;
}

@keyframes breathe {
  50% {
    opacity: 0.35;
  }
}

.level {
  flex: 1;
  height: 0.375rem;
  overflow: hidden;
  border-radius: 1rem;
  background: var(--line);
}

.level span {
  display: block;
  height: 100%;
  border-radius: inherit;
  background: var(--accent);
  transform: scaleX(0);
  transform-origin: left;
}

/* What to do with it */

.options {
  display: grid;
  grid-template-columns: repeat(2, minmax(0, 1fr));
  gap: 0.875rem 1rem;
}

.field--key {
  grid-column: 1 / -1;
}

.options__checks {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem 1.25rem;
}

.options > .button {
  justify-self: end;
  min-width: 9rem;
}

/* What comes of it */

.alert {
  padding: 0.75rem 1rem;
  border-left: 3px solid var(--fault);
  border-radius: 4px;
  background: var(--fault-tint);
  color: var(--fault);
  overflow-wrap: anywhere;
}

.progress {
  display: grid;
  gap: 0.5rem;
}

.progress__line {
  display: flex;
  align-items: center;
  justify-content: space-between;
  font-size: 0.9375rem;
  font-variant-numeric: tabular-nums;
}

.progress__line .button {
  min-height: 2rem;
  margin-right: -0.75rem;
  padding-inline: 0.75rem;
}

progress {
  width: 100%;
  height: 0.375rem;
  border: 0;
  border-radius: 1rem;
  appearance: none;
  background: var(--line);
  overflow: hidden;
}

progress::-webkit-progress-bar {
  background: var(--line);
}

progress::-webkit-progress-value {
  border-radius: 1rem;
  background: var(--accent);
  transition: inline-size 0.25s ease-out;
}

progress::-moz-progress-bar {
  border-radius: 1rem;
  background: var(--accent);
}

progress:indeterminate {
  background: linear-gradient(90deg, var(--line) 30%, var(--accent) 50%, var(--line) 70%) 0 / 300% 100%;
  animation: wander 2s linear infinite;
}

progress:indeterminate::-webkit-progress-bar {
  background: none;
}

@keyframes wander {
  from {
    background-position: 100% 0;
  }
  to {
    background-position: -50% 0;
  }
}

.transcript {
  margin-top: 0.5rem;
}

.transcript__head {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 0.5rem 0.75rem;
  padding-bottom: 0.75rem;
  border-bottom: 1px solid var(--line);
}

.transcript__head h2 {
  font-size: 1.0625rem;
  font-weight: 650;
}

.transcript__head h2:focus {
  outline: none;
}

.transcript__files {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.375rem;
  margin-left: auto;
}

.transcript__files .hint {
  margin-left: 0.5rem;
}

.segment__text:empty::after {
  content: "left out";
  color: var(--soft);
  font-style: italic;
}

.segment.is-corrected .segment__time::after {
  content: " •";
  color: var(--accent);
}

.segment textarea {
  width: 100%;
  margin: -0.25rem -0.5rem;
  padding: 0.25rem 0.5rem;
  border: 1px solid var(--edge);
  border-radius: 6px;
  background: var(--card);
  font-size: 1.0625rem;
  line-height: 1.6;
  resize: none;
  field-sizing: content;
}

.segment textarea:focus-visible {
  border-color: transparent;
}

@media (hover: hover) {
  .segment:not(:hover, :focus-within) .segment__edit {
    color: transparent;
  }
}

@media (max-width: 34rem) {
  .source__empty {
    padding-block: 1.75rem;
  }

  .options > .options__checks,
  .options > .button {
    grid-column: 1 / -1;
    justify-self: stretch;
  }

  .source__chosen {
    flex-wrap: wrap;
  }

  .source__file {
    flex-basis: 100%;
  }

  .source__file + .button[hidden] + .button,
  .source__file + .button {
    margin-left: -1rem;
  }

  .source__recording {
    flex-wrap: wrap;
    padding-right: 1.25rem;
  }

  .source__clock {
    flex: 1;
  }

  .level {
    flex-basis: 100%;
    order: 1;
  }

  .transcript__files {
    margin-left: 0;
  }

  .transcript__files .hint {
    display: none;
  }

  .segment textarea {
    grid-column: 1 / -1;
    grid-row: 2;
  }
}
`,
  "page_elements.js": `// @ts-check
/** The elements of the page. */

/**
 * Finds an element of the page by its id.
 *
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function element(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(\`The page has no \${kind.name} called \${id}\`);
}
`,
  "player.js": `// @ts-check
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
`,
  "progress_line.js": `// @ts-check
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
    this.#show(\`Uploading, \${Math.floor(100 * share)} %\`, share);
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
    if (!total) return this.#show(\`Transcribed \${spellClock(loaded)}\`, undefined);
    this.#show(\`Transcribed \${spellClock(loaded)} of \${spellClock(total)}\`, loaded / total);
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
    if (quarter > 0 && quarter < QUARTERS) this.say(\`\${what}, \${100 * quarter / QUARTERS} percent\`);
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
`,
  "request/event_stream.js": `// @ts-check
/** Server-sent events out of a text that grows. */

/**
 * Reads the events that are whole.
 *
 * @param {string} text All that has come so far.
 * @param {number} from Where the first event starts that was not read yet.
 * @returns {{ events: Record<string, any>[], to: number }} What the events say, and where the next one starts.
 */
export function readEvents(text, from) {
  const events = [];
  let to = from;
  for (;;) {
    const end = text.indexOf("\\n\\n", to);
    if (end < 0) return { events, to };
    const data = text.slice(to, end).split("\\n")
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice("data:".length).trimStart());
    if (data.length > 0) events.push(JSON.parse(data.join("\\n")));
    to = end + 2;
  }
}
`,
  "request/transcribe.js": `// @ts-check
/** A request to the server that the page came from. */
import { readEvents } from "./event_stream.js";

/** @typedef {import("../text/downloads.js").Segment} Segment */

/**
 * @typedef {object} Wanted
 * @property {Blob} file The recording.
 * @property {string} name Its name.
 * @property {string} model
 * @property {string} language Its code, or nothing.
 * @property {boolean} translate Whether into English.
 * @property {boolean} skipSilence
 * @property {string} key The API key, or nothing.
 */

/**
 * @typedef {object} Finished
 * @property {string} language Its English name.
 * @property {number} duration Seconds of the recording.
 */

/**
 * @typedef {object} Listener
 * @property {(share: number) => void} onUpload Told how much was sent, from 0 to 1.
 * @property {(loaded: number, total: number | null) => void} onProgress Told the seconds that were heard.
 * @property {(segment: Segment) => void} onSegment Told each segment as it comes.
 */

/** What the server, or the way to it, says went wrong. */
export class RequestError extends Error {
  /**
   * @param {string} message
   * @param {number} status The HTTP status; 0 if there is none.
   */
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/**
 * Sends a recording and listens to what comes. \`fetch\` tells nothing of an upload, so it is an XMLHttpRequest.
 *
 * @param {Wanted} wanted
 * @param {Listener} listener
 * @param {AbortSignal} signal
 * @returns {Promise<Finished>}
 */
export function transcribe(wanted, listener, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", \`v1/audio/\${wanted.translate ? "translations" : "transcriptions"}\`);
    if (wanted.key !== "") request.setRequestHeader("authorization", \`Bearer \${wanted.key}\`);
    request.upload.onprogress = ({ loaded, total }) => listener.onUpload(loaded / total);
    let read = 0;
    let isOver = false;
    /** @type {(event: Record<string, any>) => void} */
    const take = (event) => {
      if (event.error) reject(new RequestError(event.error.message));
      else if (event.type === "transcript.progress") listener.onProgress(event.loaded, event.total);
      else if (event.type === "transcript.text.segment") {
        const { type: _type, ...segment } = event;
        listener.onSegment(/** @type {Segment} */ (segment));
      } else if (event.type === "transcript.text.done") {
        isOver = true;
        resolve(/** @type {Finished} */ (event));
      }
    };
    request.onprogress = () => {
      if (request.status !== 200) return;
      const { events, to } = readEvents(request.responseText, read);
      read = to;
      events.forEach(take);
    };
    request.onload = () => {
      if (request.status !== 200) return reject(errorOf(request));
      request.onprogress?.(/** @type {any} */ (undefined));
      if (!isOver) reject(new RequestError("The connection broke off before the end."));
    };
    request.onerror = () =>
      reject(
        new RequestError(
          read > 0
            ? "The connection broke off before the end."
            : "The server cannot be reached, or it broke off the upload.",
        ),
      );
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort());
    request.send(formOf(wanted));
  });
}

/** @param {Wanted} wanted */
function formOf({ file, name, model, language, skipSilence }) {
  const form = new FormData();
  const fields = {
    model,
    language,
    response_format: "verbose_json",
    stream: "true",
    progress: "true",
    vad: skipSilence ? "true" : "",
  };
  for (const [field, value] of Object.entries(fields)) if (value !== "") form.append(field, value);
  for (const granularity of ["word", "segment"]) form.append("timestamp_granularities[]", granularity);
  form.append("file", file, name);
  return form;
}

/** @param {XMLHttpRequest} request */
function errorOf(request) {
  const { status } = request;
  const wait = request.getResponseHeader("retry-after");
  const later = wait === null ? "" : \` Try again in \${wait} seconds.\`;
  return new RequestError(
    \`\${sentence(messageIn(request.responseText) ?? \`The server answers \${status}\`)}\${later}\`,
    status,
  );
}

/** @param {string} body */
function messageIn(body) {
  try {
    return /** @type {string | undefined} */ (JSON.parse(body).error?.message);
  } catch {
    return undefined;
  }
}

/** @param {string} text */
function sentence(text) {
  return /[.!?]$/.test(text) ? text : \`\${text}.\`;
}
`,
  "segment_list.js": `// @ts-check
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
    const time = button("segment__time", at, \`Play from \${at}\`);
    const text = document.createElement("p");
    text.className = "segment__text";
    text.dir = "auto";
    const edit = button("segment__edit", "Edit", \`Edit the text at \${at}\`);
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
    field.ariaLabel = \`Text at \${spellClock(row.segment.start)}; Enter keeps it, Escape does not\`;
    row.text.replaceWith(field);
    button.hidden = true;
    const fit = () => {
      field.style.height = "auto";
      field.style.height = \`\${field.scrollHeight + 2}px\`;
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
    const trimmed = typed.replaceAll(/\\s+/g, " ").trim();
    if (trimmed === segment.text.trim()) return;
    const space = /^\\s*/.exec(segment.text)?.[0] ?? "";
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
`,
  "sound/decode_sound.js": `// @ts-check
/** A recording as this browser hears it. */
import { encodeWav } from "./wav.js";

/** Samples a second: enough for a picture, and for what is played. */
const PICTURE_RATE = 8000;
const SPEECH_RATE = 16_000;

/** Bytes beyond which a recording is not decoded here: an hour of it takes some 250 MB. */
const LARGEST = 64 << 20;

/**
 * @typedef {object} Sound
 * @property {Float32Array} samples One channel, from -1 to 1.
 * @property {number} rate Samples a second.
 * @property {number} duration Seconds.
 */

/**
 * Decodes a recording, if this browser can and it is not too large.
 *
 * @param {Blob} file
 * @param {boolean} isRecorded Whether it was recorded here.
 * @returns {Promise<Sound | undefined>}
 */
export async function decodeSound(file, isRecorded) {
  if (file.size > LARGEST) return undefined;
  const rate = isRecorded ? SPEECH_RATE : PICTURE_RATE;
  try {
    const context = new OfflineAudioContext(1, 1, rate);
    const buffer = await context.decodeAudioData(await file.arrayBuffer());
    return { samples: mixed(buffer), rate, duration: buffer.duration };
  } catch {
    // The server reads more than browsers do.
    return undefined;
  }
}

/** @param {AudioBuffer} buffer */
function mixed(buffer) {
  const count = buffer.numberOfChannels;
  const samples = buffer.getChannelData(0);
  if (count === 1) return samples;
  const others = Array.from({ length: count - 1 }, (_, i) => buffer.getChannelData(i + 1));
  for (let i = 0; i < samples.length; i++) {
    let sum = samples[i];
    for (const other of others) sum += other[i];
    samples[i] = sum / count;
  }
  return samples;
}

/**
 * Gives what can be played and wound: what was recorded here has no length and no index.
 *
 * @param {File} file
 * @param {Sound | undefined} sound
 * @param {boolean} isRecorded Whether it was recorded here.
 * @returns {Blob}
 */
export function playable(file, sound, isRecorded) {
  if (!isRecorded || sound === undefined) return file;
  return new Blob([encodeWav(sound.samples, sound.rate)], { type: "audio/wav" });
}
`,
  "sound/peaks.js": `// @ts-check
/** How loud a recording is, for its picture. */

/** What is softer than this is drawn as soft as it is, not made to fill the picture. */
const SOFTEST = 0.05;

/**
 * Measures the loudest sample of each of so many equal parts.
 *
 * @param {Float32Array} samples From -1 to 1; or the peaks of more parts.
 * @param {number} count
 * @returns {Float32Array} From 0 to 1.
 */
export function peaksOf(samples, count) {
  const peaks = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const from = Math.floor(i * samples.length / count);
    const to = Math.max(from + 1, Math.floor((i + 1) * samples.length / count));
    for (let j = from; j < to && j < samples.length; j++) peaks[i] = Math.max(peaks[i], Math.abs(samples[j]));
  }
  return peaks;
}

/**
 * Makes the loudest peak fill the picture.
 *
 * @param {Float32Array} peaks
 * @returns {Float32Array} From 0 to 1.
 */
export function heightsOf(peaks) {
  const loudest = peaks.reduce((one, other) => Math.max(one, other), SOFTEST);
  return peaks.map((peak) => peak / loudest);
}
`,
  "sound/recorder.js": `// @ts-check
/** Recording from the microphone. */

/** What browsers record, the best first; the server reads all of them. */
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

/** Milliseconds between two looks at how loud it is. */
const LOOK_EVERY = 80;

/** @returns {string | undefined} Why nothing can be recorded here, if so. */
export function whyNoRecording() {
  if (navigator.mediaDevices === undefined) {
    return "Recording needs HTTPS, or the page opened as localhost.";
  }
  return typeof MediaRecorder === "undefined" ? "This browser cannot record." : undefined;
}

/**
 * Starts to record. The browser asks whether it may.
 *
 * @param {(state: { seconds: number, level: number }) => void} onLook Told the time and how loud it is, from 0 to 1.
 * @returns {Promise<{ stop(): Promise<File>, discard(): void }>}
 */
export async function startRecording(onLook) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
  const recorder = new MediaRecorder(stream, { mimeType });
  /** @type {Blob[]} */
  const pieces = [];
  recorder.ondataavailable = ({ data }) => void pieces.push(data);
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const started = performance.now();
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    // Decibels, as ears hear: from -60 to 0.
    const level = Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-9) / 6));
    onLook({ seconds: (performance.now() - started) / 1000, level });
  }, LOOK_EVERY);
  const release = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    context.close();
  };
  recorder.start(1000);
  return {
    async stop() {
      await new Promise((resolve) => {
        recorder.onstop = resolve;
        recorder.stop();
      });
      release();
      return new File(pieces, nameNow(recorder.mimeType), { type: recorder.mimeType });
    },
    discard() {
      recorder.ondataavailable = null;
      recorder.stop();
      release();
    },
  };
}

/** @param {string} type */
function nameNow(type) {
  const now = new Date();
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const day = \`\${now.getFullYear()}-\${two(now.getMonth() + 1)}-\${two(now.getDate())}\`;
  const extension = type.includes("mp4") ? "m4a" : type.includes("ogg") ? "ogg" : "webm";
  return \`Recording \${day} \${two(now.getHours())}.\${two(now.getMinutes())}.\${extension}\`;
}
`,
  "sound/speech_marks.js": `// @ts-check
/** Where somebody speaks. */

/** @typedef {{ start: number, end: number }} Span */

/** Seconds of a pause that is not shown. */
const SHORTEST_PAUSE = 0.3;

/**
 * Finds the stretches of speech: what words were heard in, or segments where words are not known.
 *
 * @param {readonly (Span & { words?: readonly Span[] })[]} segments
 * @returns {Span[]} In order, none touching another.
 */
export function speechMarks(segments) {
  const heard = segments.flatMap(({ start, end, words }) => words?.length ? words : [{ start, end }]);
  /** @type {Span[]} */
  const joined = [];
  for (const { start, end } of heard.sort((one, other) => one.start - other.start)) {
    const last = joined.at(-1);
    if (last !== undefined && start - last.end < SHORTEST_PAUSE) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}
`,
  "sound/wav.js": `// @ts-check
/** A WAV file: what a recorder of a browser writes cannot be wound, and does not say how long it is. */

/** Bytes of the header. */
const HEADER = 44;

/**
 * Writes 16-bit PCM of one channel.
 *
 * @param {Float32Array} samples From -1 to 1.
 * @param {number} rate Samples a second.
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encodeWav(samples, rate) {
  const bytes = new Uint8Array(HEADER + 2 * samples.length);
  const view = new DataView(bytes.buffer);
  /** @type {(at: number, text: string) => void} */
  const name = (at, text) => bytes.set(new TextEncoder().encode(text), at);
  name(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, 2 * samples.length, true);
  for (let i = 0; i < samples.length; i++) {
    view.setInt16(HEADER + 2 * i, Math.round(32_767 * Math.max(-1, Math.min(1, samples[i]))), true);
  }
  return bytes;
}
`,
  "sound/waveform.js": `// @ts-check
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
`,
  "source.js": `// @ts-check
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
        level.style.transform = \`scaleX(\${state.level})\`;
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
          : \`The microphone cannot be used: \${/** @type {Error} */ (error).message}\`,
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
`,
  "style/player.css": `/* The player */

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
`,
  "style/segments.css": `/* Segments and their words */

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
`,
  "style/theme.css": `/* One accent, two themes, one column. */
:root {
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

/* On paper it is light. */
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

/* The page */

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

/* Buttons */

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
`,
  "text/clock.js": `// @ts-check
/** Times and sizes as people read them. */

/**
 * Spells seconds as a clock: \`0:07\`, \`12:34\`, \`1:02:03\`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function spellClock(seconds) {
  const { hours, minutes, rest } = split(seconds);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return hours > 0 ? \`\${hours}:\${two(minutes)}:\${two(rest)}\` : \`\${minutes}:\${two(rest)}\`;
}

/**
 * Spells seconds as words, for who hears them: \`1 minute 3 seconds\`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function spellDuration(seconds) {
  const { hours, minutes, rest } = split(seconds);
  const parts = Object.entries({ hour: hours, minute: minutes, second: rest })
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => \`\${count} \${unit}\${count === 1 ? "" : "s"}\`);
  return parts.join(" ") || "0 seconds";
}

/** @param {number} seconds */
function split(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return { hours: Math.floor(whole / 3600), minutes: Math.floor(whole / 60) % 60, rest: whole % 60 };
}

/**
 * Spells bytes: \`812 KB\`, \`3.4 MB\`.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function spellSize(bytes) {
  if (bytes < 1000) return \`\${bytes} bytes\`;
  const [power, unit] = bytes < 1e6 ? [1, "KB"] : bytes < 1e9 ? [2, "MB"] : [3, "GB"];
  const count = bytes / 1000 ** Number(power);
  return \`\${count < 10 ? count.toFixed(1) : Math.round(count)} \${unit}\`;
}
`,
  "text/corrected_words.js": `// @ts-check
/** Times for the words of a text that somebody has corrected. */

/** @typedef {import("./downloads.js").Word} Word */

/**
 * Gives each word of the corrected text its times: a word that was heard keeps them, and the others share the time of those
 * that they stand for, by their lengths.
 *
 * @param {string} text The corrected text.
 * @param {readonly Word[]} heard The words that were heard, with their times.
 * @param {{ start: number, end: number }} segment
 * @returns {Word[]}
 */
export function correctedWords(text, heard, segment) {
  const spelt = split(text, heard);
  const kept = commonWords(spelt.map(bare), heard.map(({ word }) => bare(word)));
  /** @type {Word[]} */
  const words = [];
  let i = 0, j = 0;
  for (const [nextSpelt, nextHeard] of [...kept, [spelt.length, heard.length]]) {
    const replaced = heard.slice(j, nextHeard);
    const start = replaced[0]?.start ?? heard[j - 1]?.end ?? segment.start;
    const end = replaced.at(-1)?.end ?? heard[nextHeard]?.start ?? segment.end;
    words.push(...spread(spelt.slice(i, nextSpelt), start, Math.max(start, end)));
    if (nextSpelt < spelt.length) {
      const { start, end } = heard[nextHeard];
      words.push({ word: spelt[nextSpelt], start, end });
    }
    i = nextSpelt + 1;
    j = nextHeard + 1;
  }
  return words;
}

/**
 * Cuts at spaces; a text without, of a language that has none, by its words.
 *
 * @param {string} text
 * @param {readonly Word[]} heard
 * @returns {string[]}
 */
function split(text, heard) {
  const words = text.match(/\\S+/g) ?? [];
  if (words.length > 1 || heard.length < 2) return words;
  return [...new Intl.Segmenter(undefined, { granularity: "word" }).segment(text.trim())]
    .map(({ segment }) => segment);
}

/**
 * What two spellings of a word have in common.
 *
 * @param {string} word
 */
function bare(word) {
  const letters = word.toLowerCase().replaceAll(/[^\\p{L}\\p{N}]/gu, "");
  return letters === "" ? word.trim() : letters;
}

/**
 * The longest common subsequence.
 *
 * @param {readonly string[]} one
 * @param {readonly string[]} other
 * @returns {[number, number][]} Pairs of positions, in order.
 */
function commonWords(one, other) {
  const lengths = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      lengths[i][j] = one[i] === other[j]
        ? lengths[i + 1][j + 1] + 1
        : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  /** @type {[number, number][]} */
  const pairs = [];
  for (let i = 0, j = 0; i < one.length && j < other.length;) {
    if (one[i] === other[j]) pairs.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** @type {(words: readonly string[], start: number, end: number) => Word[]} */
function spread(words, start, end) {
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let at = start;
  return words.map((word) => {
    const from = at;
    at += (end - start) * word.length / letters;
    return { word, start: from, end: at };
  });
}
`,
  "text/downloads.js": `// @ts-check
/**
 * A transcription as files. What the library's writers make of segments without words, character for character: they are
 * TypeScript, which no browser reads, and a test holds these against them.
 */

/**
 * @typedef {{ word: string, start: number, end: number }} Word
 * @typedef {{ id: number, start: number, end: number, text: string, words?: Word[], corrected?: boolean }} Segment
 * @typedef {{ task: string, language: string, duration: number, segments: readonly Segment[] }} Transcript
 */

/** The formats there are, with what each is said to be. */
export const FORMATS = /** @type {const} */ ({
  txt: "text/plain",
  srt: "application/x-subrip",
  vtt: "text/vtt",
  json: "application/json",
});

/**
 * Spells a transcription. A segment whose text was taken away is left out.
 *
 * @param {Transcript} transcript
 * @param {keyof typeof FORMATS} format
 * @returns {string}
 */
export function spellTranscript(transcript, format) {
  const segments = transcript.segments.filter(({ text }) => text.trim() !== "");
  switch (format) {
    case "txt":
      return segments.map(({ text }) => \`\${text.trim()}\\n\`).join("");
    case "srt":
      return segments.map((segment, i) => \`\${i + 1}\\n\${cue(segment, ",", true)}\`).join("");
    case "vtt":
      return \`WEBVTT\\n\\n\${segments.map((segment) => cue(segment, ".", false)).join("")}\`;
    case "json":
      return \`\${JSON.stringify({ ...transcript, text: wholeText(segments), segments }, null, 2)}\\n\`;
  }
}

/**
 * Joins the texts of segments.
 *
 * @param {readonly Segment[]} segments
 * @returns {string}
 */
export function wholeText(segments) {
  return segments.map(({ text }) => text).join("").trim();
}

/**
 * @param {Segment} segment
 * @param {string} mark What stands before the milliseconds.
 * @param {boolean} withHours Whether hours are spelt when there are none.
 */
function cue({ start, end, text }, mark, withHours) {
  // An arrow or an empty line would end the cue.
  const shown = text.trim().replaceAll(/-{2,}>/g, "->").replaceAll(/\\n\\s*\\n/g, "\\n");
  return \`\${timestamp(start, mark, withHours)} --> \${timestamp(end, mark, withHours)}\\n\${shown}\\n\\n\`;
}

/** @type {(seconds: number, mark: string, withHours: boolean) => string} */
function timestamp(seconds, mark, withHours) {
  const all = roundHalfEven(seconds * 1000);
  const hours = Math.floor(all / 3_600_000);
  const clock = [Math.floor(all / 60_000) % 60, Math.floor(all / 1000) % 60];
  if (withHours || hours > 0) clock.unshift(hours);
  const digits = clock.map((part) => String(part).padStart(2, "0")).join(":");
  return \`\${digits}\${mark}\${String(all % 1000).padStart(3, "0")}\`;
}

/** @param {number} value */
function roundHalfEven(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/**
 * Names a file after the recording.
 *
 * @param {string} recording The recording's file name.
 * @param {string} extension
 * @returns {string}
 */
export function fileName(recording, extension) {
  return \`\${recording.replace(/\\.[^.]*$/, "") || "transcript"}.\${extension}\`;
}
`,
  "text/spoken_light.js": `// @ts-check
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
`,
  "text/word_spans.js": `// @ts-check
/** Which part of a text is which word, and which word is spoken when. */

/** @typedef {import("./downloads.js").Word} Word */

/**
 * Cuts a text into its words and what lies between them.
 *
 * @param {string} text
 * @param {readonly Word[]} words In order; one that is not in the text is left out.
 * @returns {{ text: string, index?: number }[]} Pieces that make up the text; those of words with their index.
 */
export function piecesOf(text, words) {
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

/**
 * Finds the last of several spans that has begun, and whether it goes on.
 *
 * @param {readonly { start: number, end: number }[]} spans In order of their starts.
 * @param {number} time
 * @param {number} [slack] Seconds that a span is taken to go on after its end.
 * @returns {number} The index, or -1.
 */
export function spanAt(spans, time, slack = 0) {
  let low = 0, high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time < spans[low - 1].end + slack ? low - 1 : -1;
}
`,
};
