/**
 * The speech of a recording laid end to end, as it is transcribed, and the way back: from a time in it to the time in
 * the recording.
 */
import type { Span } from "./speech_spans.ts";

/** Which end of something a time is. */
export type Edge = "start" | "end";

/** Where each stretch of speech lies in the recording, and where in the speech. All times are in one unit. */
export class SpeechTimeline {
  /** The stretches, in the recording. */
  readonly spans: readonly Span[];
  /** The length of the recording. */
  readonly length: number;
  /** The length of the speech. */
  readonly duration: number;
  /** Where each stretch begins in the speech. */
  readonly #offsets: readonly number[];

  /**
   * @param spans In order, none overlapping another.
   * @param length The length of the recording.
   */
  constructor(spans: readonly Span[], length: number) {
    const offsets: number[] = [];
    let duration = 0;
    for (const { start, end } of spans) {
      offsets.push(duration);
      duration += end - start;
    }
    this.spans = spans;
    this.length = length;
    this.duration = duration;
    this.#offsets = offsets;
  }

  /**
   * From a time in the speech to that in the recording. Where two stretches meet, it is the start of the later or the
   * end of the earlier.
   */
  toRecording(time: number, edge: Edge): number {
    if (this.spans.length === 0) return 0;
    const { start, end } = this.spans[this.spanAt(time, edge)];
    const offset = this.#offsets[this.spanAt(time, edge)];
    return Math.max(start, Math.min(end, start + time - offset));
  }

  /** From a time in the recording to that in the speech; one in a silence becomes the start of the speech after it. */
  toSpeech(time: number): number {
    const i = this.spans.findIndex(({ end }) => time < end);
    return i < 0 ? this.duration : this.#offsets[i] + Math.max(0, time - this.spans[i].start);
  }

  /** Which stretch a time in the speech is in. */
  spanAt(time: number, edge: Edge): number {
    let low = 0, high = this.spans.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const begins = this.#offsets[middle];
      if (edge === "start" ? begins <= time : begins < time) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Where a stretch begins in the speech. */
  offsetOf(span: number): number {
    return this.#offsets[span];
  }

  /** What is left out between two times of the recording. */
  silences(from = 0, to: number = this.length): Span[] {
    const edges = [0, ...this.spans.flatMap(({ start, end }) => [start, end]), this.length];
    const silences: Span[] = [];
    for (let i = 0; i < edges.length; i += 2) {
      const start = Math.max(from, edges[i]), end = Math.min(to, edges[i + 1]);
      if (start < end) silences.push({ start, end });
    }
    return silences;
  }
}
