/** The times of a text's words, of those in its gaps too: these are looked for in windows of sound. */
import { FRAMES_PER_SECOND } from "../../audio/log_mel_spectrogram.ts";
import type { MelSource } from "../../audio/mel/mel_source.ts";
import type { EncoderDecoder } from "../../model/types.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { WindowEncoder } from "../../transcription/windows/window_encoder.ts";
import type { AlignSettings } from "../align_options.ts";
import type { ExtraWords } from "../aligned_segments.ts";
import { fitsDecoder } from "./force_words.ts";
import { type Gap, type GapWindow, layWindows } from "./gaps.ts";
import { type HeardText, type JudgedGap, judgeGaps } from "./judge_gaps.ts";
import { mayBeSpoken, type PlacedGaps } from "./lost_text.ts";
import { speechAround } from "./speech_beside.ts";
import type { WordTime } from "../timed_words.ts";

/** What the words are looked for with. */
export interface GapSearch {
  readonly model: EncoderDecoder;
  readonly source: MelSource;
  readonly tokenizer: Tokenizer;
  /** Seconds of a window at most. */
  readonly longest: number;
  readonly settings: AlignSettings;
}

/** The times of all words, and what is spoken and not in the text. */
export interface GapTimes {
  /** The time of each word; `undefined` for one that is not spoken. */
  readonly times: (WordTime | undefined)[];
  readonly extra: ExtraWords[];
}

/** Gives the words that were heard their times, and looks for the others. */
export async function findGapTimes(text: HeardText & PlacedGaps, search: GapSearch): Promise<GapTimes> {
  const { words, matches, gaps } = text, { model, longest, settings } = search;
  const times: (WordTime | undefined)[] = [...matches];
  const windows = layWindows(gaps.filter((gap) => mayBeSpoken(gap, words)), matches, longest)
    .filter(({ first, end }) => fitsDecoder(words.slice(first, end), model));
  const judged = new Map<Gap, JudgedGap>();
  using encoder = new WindowEncoder(model, search.source, settings);
  for (const window of windows) {
    settings.signal?.throwIfAborted();
    for (const found of await judgeWindow(window, text, encoder, search)) {
      judged.set(found.gap, found);
      for (const [i, time] of [...found.spoken, ...found.beside]) times[i] = time;
    }
  }
  return { times, extra: gaps.flatMap((gap) => extrasOf(gap, judged.get(gap), text)) };
}

async function judgeWindow(
  window: GapWindow,
  text: HeardText,
  encoder: WindowEncoder,
  { model, source, tokenizer, settings: { signal } }: GapSearch,
): Promise<JudgedGap[]> {
  const seek = Math.floor(window.start * FRAMES_PER_SECOND);
  const size = Math.max(1, Math.min(Math.ceil(window.stop * FRAMES_PER_SECOND), source.length!) - seek);
  using features = await encoder.encodeAside({ seek, size });
  return await judgeGaps(window, text, { model, features, tokenizer, seek, size, signal });
}

/**
 * What is heard in a gap and is not in the text: all of it where none of its words is spoken, or what stands beside them.
 */
function extrasOf(gap: Gap, judged: JudgedGap | undefined, { heard }: HeardText): ExtraWords[] {
  if (judged !== undefined && judged.spoken.size > 0) {
    return judged.extra ? [judged.extra] : speechAround(gap, [...judged.spoken.values()], heard);
  }
  return gap.heardFirst < gap.heardEnd ? [gap] : [];
}
