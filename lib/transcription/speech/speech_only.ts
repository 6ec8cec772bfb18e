/**
 * Transcribes only what is speech: the rest is cut out, the speech laid end to end and transcribed as a recording, and
 * every time that comes of it is put back into the recording. As faster-whisper does with its `vad_filter`.
 */
import { FRAMES_PER_SECOND, HOP_LENGTH } from "../../audio/log_mel_spectrogram.ts";
import type { MelSource } from "../../audio/mel/mel_source.ts";
import type { Span } from "../../vad/speech_spans.ts";
import { SpeechTimeline } from "../../vad/speech_timeline.ts";
import type { VadSettings } from "../../vad/vad_options.ts";
import { clipRanges, clipWarnings } from "../clip_timestamps.ts";
import type { SegmentGenerator } from "../segment_stream.ts";
import type { Segment } from "../segments.ts";
import type { TranscribeSettings } from "../transcribe_settings.ts";
import { RestoredTimes } from "./restored_times.ts";

/** A recording in which speech is looked for before it is heard. */
export interface SearchedRecording extends AsyncDisposable {
  /** Has all of it heard by whom it is given, once or twice, and tells who heard it right, and its samples. */
  listen<Heard extends SpeechListening>(
    makeListener: () => Promise<Heard>,
  ): Promise<{ readonly listener: Heard; readonly length: number }>;
  /** Gives the spectrogram of spans of it, in samples, laid end to end. */
  hear(spans: readonly Span[]): Promise<MelSource>;
}

/** Listens for speech in a recording, mono at 16 kHz, piece by piece. */
export interface SpeechListening extends Disposable {
  push(samples: Float32Array): Promise<void>;
  /**
   * Hears the rest.
   *
   * @returns Spans in samples, whole frames of 10 ms but for the end of the recording, in order, none overlapping.
   */
  finish(settings: VadSettings): Promise<Span[]>;
}

/** Begins to listen for speech. Whoever begins disposes. */
export type ListenForSpeech = (signal?: AbortSignal) => Promise<SpeechListening>;

/** Finds the speech of a recording: its spans in samples, and the length of the whole. */
export async function findSpeech(
  recording: Pick<SearchedRecording, "listen">,
  listenForSpeech: ListenForSpeech,
  { vad, signal }: { readonly vad: VadSettings; readonly signal?: AbortSignal },
): Promise<{ readonly spans: Span[]; readonly length: number }> {
  const begun: SpeechListening[] = [];
  try {
    const { listener, length } = await recording.listen(async () => {
      const listening = await listenForSpeech(signal);
      begun.push(listening);
      return listening;
    });
    return { spans: await listener.finish(vad), length };
  } finally {
    for (const listening of begun) listening[Symbol.dispose]();
  }
}

/**
 * Transcribes the speech of a recording, which it leaves open.
 *
 * @param transcribe Transcribes a spectrogram as openai/whisper would, and disposes it.
 */
export async function* transcribeSpeech(
  recording: SearchedRecording,
  settings: TranscribeSettings & { readonly vad: VadSettings },
  listenForSpeech: ListenForSpeech,
  transcribe: (speech: MelSource, settings: TranscribeSettings) => SegmentGenerator,
): SegmentGenerator {
  const { vad, onSilences, onWarning, clipTimestamps } = settings;
  const { spans, length } = await findSpeech(recording, listenForSpeech, settings);
  const timeline = new SpeechTimeline(spans.map(toFrames), length / HOP_LENGTH);
  const times = new RestoredTimes(timeline, vad.speechPad);
  onSilences?.(times.silences());
  for (const warning of clipWarnings(clipTimestamps, timeline.length)) onWarning?.(warning);
  const clips = clipsInSpeech(clipTimestamps, timeline);
  // A list without clips would stand for the whole.
  const speech = await recording.hear(clips.length > 0 ? spans : []);
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
