/**
 * The times of a known text. The recording is transcribed, and the text matched with what was heard by the fewest edits:
 * where both say the same, the words have the times of the transcription, which are openai/whisper's. Where they do not,
 * the text between is put through the decoder over a window of the sound around it, and its attention tells when each
 * word is spoken, or its probability that it is not. Beside pauses, words begin and end where sound does.
 */
import { wrongArgument } from "../errors.ts";
import { FRAMES_PER_SECOND } from "../audio/log_mel_spectrogram.ts";
import type { MelSource } from "../audio/mel/mel_source.ts";
import { melSourceOf } from "../audio/mel/streamed_mel.ts";
import type { EncoderDecoder } from "../model/types.ts";
import { show } from "../options/check_options.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import type { TranscribeTools } from "../transcription/recording.ts";
import type { Word } from "../transcription/segments.ts";
import { WindowEncoder } from "../transcription/windows/window_encoder.ts";
import { type AlignOptions, alignSettings } from "./align_options.ts";
import type { Alignment } from "./alignment_types.ts";
import { alignedSegments, type ExtraWords, heardOf } from "./aligned_segments.ts";
import { compareWords } from "./compare_words.ts";
import { fitsDecoder } from "./force_words.ts";
import { type Gap, layWindows, wholeGap } from "./gaps.ts";
import { hear, hearAgain } from "./hear.ts";
import { judgeGaps } from "./judge_gaps.ts";
import { type TextWord, wordsOfLines } from "./known_text.ts";
import { pausesOf } from "./pauses.ts";
import { settleWords, usualSeconds } from "./settle_words.ts";
import type { WordTime } from "./timed_words.ts";

export type { AlignOptions } from "./align_options.ts";

/** What gives the recording, once the options are checked: its mel, or its samples where `vad` needs them. */
export type OpenRecording = (signal?: AbortSignal) => Promise<Float32Array | MelSource>;

/**
 * Aligns lines of text with a recording.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong, or the text is none or has no words.
 */
export async function alignText(
  model: EncoderDecoder,
  open: OpenRecording,
  lines: readonly string[],
  options: AlignOptions,
  tools: TranscribeTools = {},
): Promise<Alignment> {
  const settings = alignSettings(options);
  if (!Array.isArray(lines) || !lines.every((line) => typeof line === "string")) {
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot align: the text is ${show(lines)}, wanted text or its lines`,
    );
  }
  if (!lines.some((line) => /[\p{L}\p{N}]/u.test(line))) {
    throw wrongArgument("INVALID_INPUT", "Cannot align: the text has no words");
  }
  const recording = await open(settings.signal);
  const samples = recording instanceof Float32Array ? recording : undefined;
  await using source = recording instanceof Float32Array
    ? await melSourceOf(recording, { ...model.family, signal: settings.signal })
    : recording;
  const sound = samples ?? unowned(source);
  const seconds = source.length! / FRAMES_PER_SECOND, longest = model.family.windowSeconds - 1;
  const first = await hear(model, sound, settings, tools);
  const { language } = first;
  const tokenizer = await loadTokenizer(model.family, { language });
  const words = wordsOfLines(lines, tokenizer, settings);
  const compare = (heard: readonly Word[]) => {
    const { gaps, ...compared } = compareWords(words, heard, tokenizer, seconds);
    const lost: Gap[] = [];
    const placed = gaps.map((gap) => {
      if (fits(gap, words, longest)) return gap;
      const whole = wholeGap(gap, compared.matches, seconds);
      lost.push(whole);
      return whole;
    });
    return { ...compared, heard, gaps: placed, lost };
  };
  let compared = compare(first.words);
  const again = compared.lost.filter((gap) => mayBeSpoken(gap, words));
  if (again.length > 0) compared = compare(await hearAgain(again, first, model, sound, settings, tools));
  const { heard, matches, misplaced, gaps } = compared;
  const times: (WordTime | undefined)[] = [...matches];
  const extra: ExtraWords[] = gaps.filter(isExtra).map(({ heardFirst, heardEnd }) => ({
    heardFirst,
    heardEnd,
  }));

  const windows = layWindows(gaps.filter((gap) => mayBeSpoken(gap, words)), matches, longest)
    .filter(({ first, end }) => fitsDecoder(words.slice(first, end), model));
  const looked = new Set<Gap>();
  using encoder = new WindowEncoder(model, source, settings);
  for (const window of windows) {
    settings.signal?.throwIfAborted();
    const seek = Math.floor(window.start * FRAMES_PER_SECOND);
    const size = Math.max(1, Math.min(Math.ceil(window.stop * FRAMES_PER_SECOND), source.length!) - seek);
    using features = await encoder.encodeAside({ seek, size });
    const { signal } = settings;
    const found = await judgeGaps(window, { words, heard, matches, misplaced }, {
      model,
      features,
      tokenizer,
      seek,
      size,
      signal,
    });
    for (const { gap, spoken, beside, extra: besideText } of found) {
      looked.add(gap);
      for (const [i, time] of [...spoken, ...beside]) times[i] = time;
      if (spoken.size === 0 && gap.heardFirst < gap.heardEnd) extra.push(gap);
      else if (besideText !== undefined) extra.push(besideText);
    }
  }
  for (const gap of gaps) {
    if (!isExtra(gap) && !looked.has(gap) && gap.heardFirst < gap.heardEnd) extra.push(gap);
  }
  const pauses = await pausesOf(source, model.family.windowFrames, settings.signal);
  const settled = settleWords(
    times,
    pauses,
    extra.flatMap((words) => heardOf(words, heard)),
    usualSeconds(words, times),
  );
  return await alignedSegments({ lines, words, times: settled, heard, extra, language, tokenizer });
}

/** Whether something is heard that is not in the text. */
function isExtra({ first, end, heardFirst, heardEnd }: Gap): boolean {
  return first === end && heardFirst < heardEnd;
}

/** Whether the text of a gap, if it has any, can be looked for in its time. */
function fits(gap: Gap, words: readonly TextWord[], longest: number): boolean {
  return gap.first === gap.end || mayBeSpoken(gap, words) && gap.stop - gap.start <= longest;
}

/** Letters a second that nobody speaks. */
const FASTEST = 40;

/** Seconds that the words around may have taken of a gap. */
const LENT = 0.5;

/** Whether the words of a gap have the time to be spoken. */
function mayBeSpoken({ first, end, start, stop }: Gap, words: readonly TextWord[]): boolean {
  if (first === end) return false;
  const letters = words.slice(first, end).reduce((sum, { word }) => sum + word.trim().length, 0);
  return letters <= FASTEST * (stop - start + LENT);
}

/** A source that whoever uses it does not dispose. */
function unowned(source: MelSource): MelSource {
  return {
    nMels: source.nMels,
    get length() {
      return source.length;
    },
    reach: (frame) => source.reach(frame),
    frames: (start, size) => source.frames(start, size),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
