/**
 * Tells speakers apart: the voice in windows over all that is spoken, clustered, and back to who speaks when. What is kept
 * of an hour of speech is 9 MB; two who speak at once are one of them.
 */
import { joinFloats } from "../bytes/join.ts";
import { HOP_LENGTH, SAMPLE_RATE } from "../audio/log_mel_spectrogram.ts";
import type { Span } from "../vad/speech_spans.ts";
import type { Vectors } from "./clustering/dendrogram.ts";
import { likelySpeakers } from "./clustering/likely_speakers.ts";
import { speakersOf } from "./clustering/speakers_of.ts";
import { MOST_WINDOWS, VOICE_SIZE, type VoiceEncoder, WINDOW_FRAMES } from "./ge2e/voice_encoder.ts";
import { LEAST_SAMPLES, voiceMel } from "./ge2e/voice_mel.ts";
import type { SpeakerSettings } from "./speaker_options.ts";
import { joinTurns, type SpeakerTurn } from "./speaker_turns.ts";
import { partsOf, windowsOver } from "./voice_windows.ts";

/** Most frames from one window to the next: 0.4 s. */
const WINDOW_HOP = 40;

/** What a change of speakers costs, in cosines: see `scripts/speakers/measure.ts`. */
const CHANGE_COSTS = { inSpeech: 0.3, afterPause: 0.1 };

/** What is needed to tell speakers apart. */
export interface VoiceTools {
  readonly encoder: VoiceEncoder;
  readonly settings: SpeakerSettings;
  readonly signal?: AbortSignal;
}

/** Windows over speech with their voices. */
interface Heard {
  /** What each window stands for, in seconds of the recording. */
  readonly parts: readonly Span[];
  /** Whether each follows the one before without a pause. */
  readonly follows: readonly boolean[];
  readonly voices: Vectors;
}

/**
 * Finds who speaks when.
 *
 * @param spans The stretches of speech in samples, in order.
 * @param samples The samples of each.
 */
export async function tellSpeakersApart(
  spans: readonly Span[],
  samples: AsyncIterable<Float32Array>,
  tools: VoiceTools,
): Promise<SpeakerTurn[]> {
  const { parts, follows, voices } = await hearVoices(spans, samples, tools);
  const speakers = speakersOf(voices, tools.settings);
  const likely = likelySpeakers(voices, speakers, follows, CHANGE_COSTS);
  return joinTurns(parts.map((part, i) => ({ ...part, speaker: likely[i] })));
}

async function hearVoices(
  spans: readonly Span[],
  samples: AsyncIterable<Float32Array>,
  { encoder, signal }: VoiceTools,
): Promise<Heard> {
  const parts: Span[] = [], follows: boolean[] = [], vectors: Float32Array[] = [];
  let number = 0, end = -1;
  for await (const stretch of samples) {
    const span = spans[number++];
    if (stretch.length < LEAST_SAMPLES) continue;
    const mel = await voiceMel(stretch, signal);
    const windows = windowsOver(mel.frames, WINDOW_FRAMES, WINDOW_HOP);
    for (const [i, part] of partsOf(windows, stretch.length / HOP_LENGTH).entries()) {
      parts.push({
        start: (span.start + part.start * HOP_LENGTH) / SAMPLE_RATE,
        end: (span.start + part.end * HOP_LENGTH) / SAMPLE_RATE,
      });
      follows.push(i > 0 || span.start === end);
    }
    end = span.end;
    for (let i = 0; i < windows.starts.length; i += MOST_WINDOWS) {
      vectors.push(
        await encoder.embed(mel, windows.starts.slice(i, i + MOST_WINDOWS), windows.frames, signal),
      );
    }
  }
  const data = joinFloats(vectors);
  return {
    parts,
    follows,
    voices: { size: VOICE_SIZE, data, weights: Float32Array.from(parts, ({ start, end }) => end - start) },
  };
}
