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
import { type AlignOptions, alignSettings } from "./align_options.ts";
import type { Alignment } from "./alignment_types.ts";
import { alignedSegments, heardOf } from "./aligned_segments.ts";
import { compareWords } from "./compare_words.ts";
import { findGapTimes } from "./gaps/gap_times.ts";
import { hear, hearAgain, hearPart } from "./hear.ts";
import type { Gap } from "./gaps/gaps.ts";
import type { HeardText } from "./gaps/judge_gaps.ts";
import { wordsOfLines } from "./known_text.ts";
import { type PlacedGaps, placeGaps } from "./gaps/lost_text.ts";
import { pausesOf } from "./pauses.ts";
import { opensSentence, settleWords, usualSeconds } from "./settle_words.ts";

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
  const pauses = await pausesOf(source, model.family.windowFrames, settings.signal);
  const compare = (heard: readonly Word[]): HeardText & PlacedGaps => {
    const { gaps, ...compared } = compareWords(words, heard, tokenizer, seconds);
    const text = { words, heard, pauses, ...compared };
    return { ...text, ...placeGaps(gaps, text, seconds, longest) };
  };
  let text = compare(first.words);
  if (text.lost.length > 0) {
    const listen = (gap: Gap) => hearPart(gap, language, model, sound, settings, tools);
    text = compare(await hearAgain(text.lost, first.words, listen));
  }
  const { times, extra } = await findGapTimes(text, { model, source, tokenizer, longest, settings });
  const settled = settleWords(
    times,
    pauses,
    extra.flatMap((words) => heardOf(words, text.heard)),
    usualSeconds(words, times),
    opensSentence(words),
  );
  return await alignedSegments({
    lines,
    words,
    times: settled,
    heard: text.heard,
    extra,
    language,
    tokenizer,
  });
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
