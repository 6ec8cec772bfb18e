// @ts-check
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
    showError(`The file has ${spellSize(file.size)}; this server takes ${spellSize(largest)} at most.`);
  }
  progress.say(`${file.name} is ready`);
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
  const name = `${spoken[0].toUpperCase()}${spoken.slice(1)}`;
  facts.textContent = segments.length === 0 ? "Nobody is heard speaking." : `${name} · ${words} words`;
  files.hidden = segments.length === 0;
  progress.end(`Done. ${facts.textContent}`);
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
    facts.textContent = `Up to ${spellDuration(end)}`;
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
