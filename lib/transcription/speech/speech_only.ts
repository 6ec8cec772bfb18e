/**
 * Transcribes only what is speech: the rest is cut out, the speech laid end to end and transcribed as a recording, and
 * every time that comes of it is put back into the recording. As faster-whisper does with its `vad_filter`.
 */
import { FRAMES_PER_SECOND, HOP_LENGTH } from "../../audio/log_mel_spectrogram.ts";
import type { Span } from "../../vad/speech_spans.ts";
import { SpeechTimeline } from "../../vad/speech_timeline.ts";
import type { VadSettings } from "../../vad/vad_options.ts";
import { clipRanges, clipWarnings } from "../clip_timestamps.ts";
import type { SegmentGenerator } from "../segment_stream.ts";
import type { Segment } from "../segments.ts";
import type { TranscribeSettings } from "../transcribe_options.ts";
import { RestoredTimes } from "./restored_times.ts";

/**
 * Finds speech in samples, mono at 16 kHz.
 *
 * @returns Spans in samples, whole frames of 10 ms but for the end of the recording, in order, none overlapping.
 */
export type DetectSpeech = (
  samples: Float32Array,
  settings: VadSettings,
  signal?: AbortSignal,
) => Promise<Span[]>;

/**
 * Transcribes the speech of a recording.
 *
 * @param samples The recording.
 * @param transcribe Transcribes samples as openai/whisper would.
 */
export async function* transcribeSpeech(
  samples: Float32Array,
  settings: TranscribeSettings & { readonly vad: VadSettings },
  detectSpeech: DetectSpeech,
  transcribe: (samples: Float32Array, settings: TranscribeSettings) => SegmentGenerator,
): SegmentGenerator {
  const { vad, signal, onSilences, onWarning, clipTimestamps } = settings;
  const spans = await detectSpeech(samples, vad, signal);
  const timeline = new SpeechTimeline(spans.map(toFrames), samples.length / HOP_LENGTH);
  const times = new RestoredTimes(timeline, vad.speechPad);
  onSilences?.(times.silences());
  for (const warning of clipWarnings(clipTimestamps, timeline.length)) onWarning?.(warning);
  const clips = clipsInSpeech(clipTimestamps, timeline);
  // A list without clips would stand for the whole.
  const speech = clips.length > 0 ? joinSpans(samples, spans) : new Float32Array(0);
  const segments = [...settings.resume?.segments ?? []];
  const work = transcribe(speech, {
    ...settings,
    ...restoring(settings, times, segments),
    vad: undefined,
    clipTimestamps: clips,
  });
  try {
    for (;;) {
      const { done, value } = await work.next();
      if (done) return value;
      const segment = times.segment(value);
      segments.push(segment);
      settings.onSegment?.(segment);
      yield segment;
    }
  } finally {
    await work.return({ text: "", language: "" });
  }
}

/** What the work on the speech is told, so that what it tells is of the recording. */
function restoring(
  { resume, onProgress, onWindow, onState }: TranscribeSettings,
  times: RestoredTimes,
  segments: readonly Segment[],
): Pick<TranscribeSettings, "resume" | "onProgress" | "onWindow" | "onState" | "onSegment"> {
  return {
    resume: resume && times.stateInSpeech(resume),
    onSegment: undefined,
    onProgress: onProgress && ((progress) => onProgress(times.progress(progress))),
    onWindow: onWindow && ((window) => onWindow(times.window(window))),
    onState: onState && ((state) => onState({ ...times.state(state), segments: [...segments] })),
  };
}

function toFrames({ start, end }: Span): Span {
  return { start: start / HOP_LENGTH, end: end / HOP_LENGTH };
}

/** The clips as they lie in the speech, in seconds, without those that have none. */
function clipsInSpeech(clipTimestamps: readonly number[], timeline: SpeechTimeline): number[] {
  return clipRanges(clipTimestamps)
    .map(({ start, end }) => [timeline.toSpeech(start), timeline.toSpeech(end)])
    .filter(([start, end]) => start < end)
    .flat()
    .map((frame) => frame / FRAMES_PER_SECOND);
}

/** Lays spans of samples end to end. */
function joinSpans(samples: Float32Array, spans: readonly Span[]): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(spans.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { start, end } of spans) {
    joined.set(samples.subarray(start, end), at);
    at += end - start;
  }
  return joined;
}
