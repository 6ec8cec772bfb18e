/** Puts the times of a transcription of speech laid end to end back into the recording that the speech was cut out of. */
import { FRAMES_PER_SECOND } from "../../audio/log_mel_spectrogram.ts";
import type { Edge, SpeechTimeline } from "../../vad/speech_timeline.ts";
import type { WindowReport } from "../explain.ts";
import type { Segment, TimeSpan, Word } from "../segments.ts";
import type { TranscribeProgress } from "../transcribe_options.ts";
import type { TranscriptionState } from "../transcription_state.ts";

/** Seconds that nothing is said in: what reaches this far into a stretch of speech, silence apart, says nothing there. */
const LESS_THAN_A_SYLLABLE = 0.25;

/** The way back from the speech to the recording. */
export class RestoredTimes {
  readonly #timeline: SpeechTimeline;
  readonly #slack: number;

  /**
   * @param timeline Where the speech lies, in frames of 10 ms.
   * @param pad Seconds of silence that stretches of speech begin and end with, at most.
   */
  constructor(timeline: SpeechTimeline, pad: number) {
    this.#timeline = timeline;
    this.#slack = (pad + LESS_THAN_A_SYLLABLE) * FRAMES_PER_SECOND;
  }

  /** A segment with its words. */
  segment(segment: Segment): Segment {
    return {
      ...segment,
      ...this.#span(segment),
      seek: this.#frame(segment.seek),
      ...(segment.words && { words: segment.words.map((word) => this.#word(word)) }),
    };
  }

  /** What happened in a window. */
  window(window: WindowReport): WindowReport {
    const { seek, start, end, nextSeek, discarded } = window;
    return {
      ...window,
      seek: this.#frame(seek),
      nextSeek: this.#frame(nextSeek),
      start: this.#time(start, "start"),
      end: this.#time(end, "end"),
      discarded: discarded.map((text) => ({ ...text, ...this.#span(text) })),
    };
  }

  /** How far the work is: at the end of the recording when the speech is at its end. */
  progress({ loaded, total }: TranscribeProgress): TranscribeProgress {
    const length = this.#timeline.length / FRAMES_PER_SECOND;
    const isDone = total !== undefined && loaded >= total;
    return { loaded: isDone ? length : this.#time(loaded, "end"), total: length };
  }

  /** A state that is kept, without its segments. */
  state(state: TranscriptionState): TranscriptionState {
    const { seek, lastSpeechTimestamp } = state;
    return {
      ...state,
      seek: this.#frame(seek),
      lastSpeechTimestamp: this.#time(lastSpeechTimestamp, "end"),
    };
  }

  /** A state that was kept, for the work on the speech; of its segments only the tokens count there. */
  stateInSpeech(state: TranscriptionState): TranscriptionState {
    const { seek, lastSpeechTimestamp } = state;
    const frame = lastSpeechTimestamp * FRAMES_PER_SECOND;
    return {
      ...state,
      seek: Math.round(this.#timeline.toSpeech(seek)),
      lastSpeechTimestamp: this.#timeline.toSpeech(frame) / FRAMES_PER_SECOND,
    };
  }

  /** The parts of the recording that are left out, in seconds. */
  silences(): TimeSpan[] {
    return this.#timeline.silences().map(({ start, end }) => ({
      start: start / FRAMES_PER_SECOND,
      end: end / FRAMES_PER_SECOND,
    }));
  }

  #frame(seek: number): number {
    return Math.round(this.#timeline.toRecording(seek, "start"));
  }

  #time(seconds: number, edge: Edge): number {
    return rounded(this.#timeline.toRecording(seconds * FRAMES_PER_SECOND, edge));
  }

  /**
   * A stretch of text. Nobody speaks in the silence beside a cut: what begins in the one before it begins after it, and
   * what ends in the one after it ended before.
   */
  #span({ start, end }: TimeSpan): TimeSpan {
    const timeline = this.#timeline;
    if (timeline.spans.length === 0) return { start: 0, end: 0 };
    const from = start * FRAMES_PER_SECOND, to = end * FRAMES_PER_SECOND;
    let first = timeline.spanAt(from, "start");
    let last = Math.max(first, timeline.spanAt(to, "end"));
    if (first < last && timeline.offsetOf(first + 1) - from <= this.#slack) first++;
    if (first < last && to - timeline.offsetOf(last) <= this.#slack) last--;
    return { start: rounded(this.#within(first, from)), end: rounded(this.#within(last, to)) };
  }

  /** A word is spoken where its middle is: no word goes on over a cut. */
  #word(word: Word): Word {
    const middle = (word.start + word.end) / 2 * FRAMES_PER_SECOND;
    const span = this.#timeline.spanAt(middle, "start");
    const within = (seconds: number) => rounded(this.#within(span, seconds * FRAMES_PER_SECOND));
    return { ...word, start: within(word.start), end: within(word.end) };
  }

  /** A time in the speech, moved into one stretch of it, in the recording. */
  #within(span: number, time: number): number {
    const { start, end } = this.#timeline.spans[span];
    return Math.max(start, Math.min(end, start + time - this.#timeline.offsetOf(span)));
  }
}

/** From frames to seconds; whisper's times have two decimals. */
function rounded(frame: number): number {
  return Math.round(frame) / FRAMES_PER_SECOND;
}
