/** What is heard of a recording: its transcription, word by word, and once more that of the parts where it lost the text. */
import type { MelSource } from "../audio/mel/mel_source.ts";
import type { EncoderDecoder } from "../model/types.ts";
import type { TranscribeOptions } from "../transcription/transcribe_options.ts";
import type { TranscribeTools } from "../transcription/recording.ts";
import type { Word } from "../transcription/segments.ts";
import { transcribeSegments } from "../transcription/transcribe.ts";
import type { AlignSettings } from "./align_options.ts";
import type { Gap } from "./gaps/gaps.ts";

/** What is heard, and the language it is in. */
export interface Heard {
  readonly words: readonly Word[];
  readonly language: string;
}

/** Transcribes the recording, and gives its words. */
export async function hear(
  model: EncoderDecoder,
  recording: Float32Array | MelSource,
  { channel: _channel, audioTrack: _track, ffmpeg: _ffmpeg, ...settings }:
    & AlignSettings
    & Pick<TranscribeOptions, "clipTimestamps" | "conditionOnPreviousText">,
  tools: TranscribeTools,
): Promise<Heard> {
  const words: Word[] = [];
  const segments = transcribeSegments(model, () => Promise.resolve(recording), {
    ...settings,
    wordTimestamps: true,
  }, tools);
  for await (const segment of segments) words.push(...segment.words ?? []);
  return { words, language: await segments.language };
}

/**
 * Transcribes a part again, by itself: with other windows, and without the text before, which led the transcription astray
 * where the same is said again and again.
 */
export async function hearPart(
  { start, stop }: Pick<Gap, "start" | "stop">,
  language: string,
  model: EncoderDecoder,
  recording: Float32Array | MelSource,
  { onProgress: _progress, onLanguage: _language, ...settings }: AlignSettings,
  tools: TranscribeTools,
): Promise<readonly Word[]> {
  const { words } = await hear(model, recording, {
    ...settings,
    language,
    clipTimestamps: [start, stop],
    conditionOnPreviousText: false,
  }, tools);
  return words;
}

/**
 * Hears gaps again.
 *
 * @param gaps In order.
 * @param listen Gives the words of a gap.
 * @returns All words, with those heard in the gaps this time in place of those of before, where there are more of them.
 */
export async function hearAgain(
  gaps: readonly Gap[],
  words: readonly Word[],
  listen: (gap: Gap) => Promise<readonly Word[]>,
): Promise<Word[]> {
  const all = [...words];
  for (const gap of gaps.toReversed()) {
    const again = await listen(gap), before = gap.heardEnd - gap.heardFirst;
    if (again.length > before) all.splice(gap.heardFirst, before, ...again);
  }
  return all;
}
