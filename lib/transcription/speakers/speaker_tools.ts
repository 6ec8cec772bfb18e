/** Finds who speaks when in a recording: the speech is looked for first, and then listened to for its voices. */
import type { SpeakerSettings } from "../../speakers/speaker_options.ts";
import type { SpeakerTurn } from "../../speakers/speaker_turns.ts";
import type { Span } from "../../vad/speech_spans.ts";
import { DETECTION_DEFAULTS, vadSettings } from "../../vad/vad_options.ts";
import { findSpeech, type ListenForSpeech, type SearchedRecording } from "../speech/speech_only.ts";

/** A recording whose stretches can be listened to. */
export interface AudibleRecording extends SearchedRecording {
  /** Gives the samples of spans of it, one after the other. */
  samples(spans: readonly Span[]): AsyncIterable<Float32Array>;
}

/** Tells who speaks in spans of speech, whose samples are given. */
export type TellSpeakersApart = (
  spans: readonly Span[],
  samples: AsyncIterable<Float32Array>,
  options: { readonly settings: SpeakerSettings; readonly signal?: AbortSignal },
) => Promise<SpeakerTurn[]>;

/** The models that find turns. */
export interface SpeakerTools {
  readonly listenForSpeech: ListenForSpeech;
  readonly tellSpeakersApart: TellSpeakersApart;
}

/** What is speech: a pause of a quarter of a second is a place for another to begin; longer stretches are cut. */
const SPEECH = vadSettings(
  "find speakers",
  { minSilenceDuration: 0.25, speechPad: 0.06, maxSpeechDuration: 20 },
  DETECTION_DEFAULTS,
);

/** Finds the turns of a recording, and its length in samples. It can be heard afterwards. */
export async function findTurns(
  recording: AudibleRecording,
  { listenForSpeech, tellSpeakersApart }: SpeakerTools,
  options: { readonly settings: SpeakerSettings; readonly signal?: AbortSignal },
): Promise<{ readonly turns: SpeakerTurn[]; readonly length: number }> {
  const { spans, length } = await findSpeech(recording, listenForSpeech, { ...options, vad: SPEECH });
  return { turns: await tellSpeakersApart(spans, recording.samples(spans), options), length };
}
