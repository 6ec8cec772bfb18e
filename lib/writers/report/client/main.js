// @ts-check
/** The page of a transcription: its recording is played, its words light up, and a click on one plays from there. */
import { element } from "../../../http/page/client/page_elements.js";
import { Player } from "../../../http/page/client/player.js";
import { LitTranscript } from "./lit_transcript.js";
import { LitTimeline } from "./lit_timeline.js";
import { spansIn } from "./spans.js";

const choice = element("choice", HTMLElement);
const reason = element("choice-reason", HTMLElement);
const file = element("file", HTMLInputElement);
const waveform = element("waveform", HTMLElement);
const { peaks = "", speech = "" } = waveform.dataset;
const { recording } = document.body.dataset;

/** The peaks of the recording, as far as the picture needs them. */
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
        : `${decodeURIComponent(recording ?? "")} is not beside this page, or this browser cannot play it.`,
    );
  },
});

/** @param {string} why */
function ask(why) {
  reason.textContent = why;
  choice.hidden = false;
}

/**
 * Plays, where there is what could be played; else leads to where it is chosen.
 *
 * @param {number} from Seconds.
 */
function play(from) {
  if (choice.hidden) player.play(from);
  else file.focus();
}

/** @param {Blob | string} sound */
function load(sound) {
  choice.hidden = true;
  player.load(sound, samples.length > 0 ? samples : undefined, Number(waveform.dataset.duration));
  player.mark(spansIn(speech));
}

file.addEventListener("change", () => file.files?.[0] && load(file.files[0]));
document.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) return;
  const from = target.closest("[data-play]")?.getAttribute("data-play") ?? transcript.timeOf(target);
  // Who marks text does not want to hear it.
  if (from !== undefined && getSelection()?.isCollapsed !== false) play(Number(from));
});
timeline.onSeek(play);
document.addEventListener("pointerover", ({ target }) => {
  if (target instanceof HTMLElement && target.dataset.p !== undefined) target.title = `${target.dataset.p} %`;
});
if (recording === undefined) ask("The recording is not part of this page.");
else load(recording);
