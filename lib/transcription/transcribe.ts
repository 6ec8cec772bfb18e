/**
 * Transcribes a recording of any length: window after window, each starting where the last complete
 * segment ended, or several at once. After `transcribe` of openai/whisper's `transcribe.py`.
 */
import { anySignal } from "../async/signals.ts";
import { wrongArgument } from "../errors.ts";
import { FRAMES_PER_SECOND } from "../audio/log_mel_spectrogram.ts";
import type { MelSource } from "../audio/mel/mel_source.ts";
import { melSourceOf } from "../audio/mel/streamed_mel.ts";
import { searchedSamples } from "../audio/searched_audio.ts";
import type { Recording, Samples, TranscribeTools } from "./recording.ts";
import { type TranscribeSettings, transcribeSettings } from "./transcribe_settings.ts";
import { windowsAtOnce } from "./windows/windows_at_once.ts";
import { clipRanges, ClipWarnings } from "./clip_timestamps.ts";
import { seededRandom } from "../decoding/random.ts";
import type { WindowReport } from "./explain.ts";
import { Hotwords } from "./context/hotwords.ts";
import type { EncoderDecoder } from "../model/types.ts";
import { optionWarnings } from "./option_warnings.ts";
import { promptHistory } from "./context/prompt.ts";
import { type Segment, type TimeSpan, type Transcription, withinRecording } from "./segments.ts";
import {
  type HoldStep,
  type SegmentGenerator,
  type SegmentStream,
  StoppableSegments,
} from "./segment_stream.ts";
import { isShaped, shapeSegments } from "./shape_segments.ts";
import { transcribeSpeech } from "./speech/speech_only.ts";
import { type SplitRecording, transcribeChannels } from "./split_channels.ts";
import { knownLanguage, spokenLanguage } from "./spoken_language.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import type { TranscribeOptions, TranscribeProgress } from "./transcribe_options.ts";
import { WindowEncoder } from "./windows/window_encoder.ts";
import { windowsInTurn } from "./windows/windows_in_turn.ts";

export type { TranscribeOptions, TranscribeProgress } from "./transcribe_options.ts";

/**
 * Transcribes audio. The options are checked before the recording is asked for.
 *
 * @throws {TypeError} when an option is unknown, of the wrong type, or does not go with another.
 * @throws {RangeError} when a number is out of range, or the vocabulary lacks the language.
 */
export async function transcribe(
  model: EncoderDecoder,
  recording: Recording,
  options: TranscribeOptions = {},
  tools: TranscribeTools = {},
): Promise<Transcription> {
  const settings = transcribeSettings(options);
  // Those of before are cut anew together with the rest.
  const segments: Segment[] = isShaped(settings) ? [] : [...settings.resume?.segments ?? []];
  const windows: WindowReport[] = [];
  let silences: readonly TimeSpan[] | undefined;
  const work = shapeSegments(transcribeRecording, model, recording, tools, {
    ...settings,
    onSilences(found) {
      silences = [...silences ?? [], ...found];
      settings.onSilences?.(found);
    },
    onWindow(window) {
      if (settings.explain) windows.push(window);
      settings.onWindow?.(window);
    },
  });
  let step = await work.next();
  for (; !step.done; step = await work.next()) segments.push(step.value);
  const { text, language } = step.value;
  const explained = settings.explain ? { windows, ...(silences && { silences }) } : {};
  return { text, segments, language, ...explained };
}

/**
 * Transcribes audio and gives the segments as they come, those of a window together. Leaving the loop stops
 * the work and releases what it held.
 *
 * @param tools What the work needs; `hold` runs each step, so that what the steps need can be kept meanwhile.
 * @throws {TypeError} when an option is unknown, of the wrong type, or does not go with another.
 * @throws {RangeError} when a number is out of range, or the vocabulary lacks the language.
 */
export function transcribeSegments(
  model: EncoderDecoder,
  recording: Recording,
  options: TranscribeOptions = {},
  { hold, ...tools }: TranscribeTools & { readonly hold?: HoldStep } = {},
): SegmentStream {
  const settings = transcribeSettings(options);
  const stop = new AbortController();
  const signal = anySignal(stop.signal, settings.signal);
  const generate = (onLanguageKnown: (code: string) => void) =>
    shapeSegments(transcribeRecording, model, recording, tools, {
      ...settings,
      signal,
      onLanguage(code) {
        onLanguageKnown(code);
        settings.onLanguage?.(code);
      },
    });
  return new StoppableSegments(generate, stop, hold);
}

/** Yields the segments, and returns what there is to say of the whole. */
async function* transcribeRecording(
  model: EncoderDecoder,
  recording: Recording,
  tools: TranscribeTools,
  settings: TranscribeSettings,
): SegmentGenerator {
  for (const warning of optionWarnings(model, settings)) settings.onWarning?.(warning);
  const samples = typeof recording === "function" ? await recording(settings.signal) : recording;
  if (!("channels" in samples)) return yield* transcribeSamples(model, samples, tools, settings);
  await using split = samples;
  const language = await languageOfMix(model, split, settings);
  settings.onLanguage?.(language);
  return yield* transcribeChannels(
    split,
    { ...settings, language },
    (samples, ofChannel) => transcribeSamples(model, samples, tools, ofChannel),
  );
}

/** The language of a recording whose channels are transcribed apart: one may be silent for long. */
async function languageOfMix(
  model: EncoderDecoder,
  { openMix }: SplitRecording<Samples>,
  settings: TranscribeSettings,
): Promise<string> {
  const known = knownLanguage(model, settings);
  if (known !== undefined) return known;
  await using mix = await openMix(settings.signal);
  using encoder = new WindowEncoder(model, mix, settings);
  return await spokenLanguage(model, encoder, mix, settings);
}

/** Transcribes a recording, or only what is speech in it. */
async function* transcribeSamples(
  model: EncoderDecoder,
  samples: Samples,
  { listenForSpeech }: TranscribeTools,
  settings: TranscribeSettings,
): SegmentGenerator {
  const { vad, signal } = settings;
  if (vad === undefined && !("listen" in samples)) return yield* transcribeSource(model, samples, settings);
  if (vad === undefined || listenForSpeech === undefined || "frames" in samples) {
    throw wrongArgument(
      "INVALID_OPTION",
      "Cannot transcribe: vad needs samples, and a model that finds speech",
    );
  }
  await using searched = samples instanceof Float32Array
    ? searchedSamples(samples, { ...model.family, signal })
    : samples;
  return yield* transcribeSpeech(
    searched,
    { ...settings, vad },
    listenForSpeech,
    (speech, inSpeech) => transcribeSource(model, speech, inSpeech),
  );
}

/** Transcribes what is there from window to window. */
async function* transcribeSource(
  model: EncoderDecoder,
  samples: Float32Array | MelSource,
  settings: TranscribeSettings,
): SegmentGenerator {
  const { signal, seed, resume, batchSize, onProgress, onWindow } = settings;
  await using source = await openSource(model, samples, signal);
  using encoder = new WindowEncoder(model, source, settings);
  const spoken = await spokenLanguage(model, encoder, source, settings);
  const tokenizer = await loadTokenizer(model.family, { language: spoken, task: settings.task });
  settings.onLanguage?.(tokenizer.language ?? "en");
  const random = seededRandom(resume?.random ?? seed);
  const hotwords = new Hotwords(settings.hotwords ?? [], tokenizer, model.dims.nTextCtx);
  const context = {
    model,
    encoder,
    tokenizer,
    settings,
    source,
    random,
    ...(!hotwords.isEmpty && { hotwords }),
  };
  const prompt = promptHistory(model, tokenizer, settings);
  const language = tokenizer.language ?? "en";
  const segments = [...resume?.segments ?? []];
  const leftOut = new ClipWarnings(settings.clipTimestamps, settings.onWarning);
  const clips = clipRanges(settings.clipTimestamps);
  const onReached = () => leftOut.warn(source.length);
  const windows = batchSize === undefined
    ? windowsInTurn(context, { clips, prompt, onReached })
    : windowsAtOnce(context, {
      clips,
      from: resume,
      batchSize,
      prompt: prompt.initial,
      onReached,
      random: random.state(),
    });
  for await (const { clip, transcribed, goesOn } of windows) {
    const { nextSeek: seek, lastSpeechTimestamp } = transcribed;
    for (const { tokens } of transcribed.segments) prompt.add(tokens);
    if (transcribed.resetsPrompt) prompt.reset();
    onWindow?.(transcribed.report);
    onProgress?.(progressOf(seek, source));
    for (const unnumbered of transcribed.segments) {
      const numbered = { ...unnumbered, id: segments.length };
      // Differs from whisper: no segment and no word ends after the recording; there the last often does.
      const segment = settings.strictParity ? numbered : await endWithRecording(numbered, source);
      segments.push(segment);
      settings.onSegment?.(segment);
      yield segment;
    }
    if (goesOn) continue;
    const { resetSince } = prompt;
    const place = { clip, seek, lastSpeechTimestamp };
    settings.onState?.({ language, segments: [...segments], ...place, resetSince, random: random.state() });
  }
  leftOut.warn(source.length ?? Infinity);
  return { text: tokenizer.decode(prompt.transcribed), language };
}

async function openSource(
  model: EncoderDecoder,
  samples: Float32Array | MelSource,
  signal?: AbortSignal,
): Promise<MelSource> {
  return samples instanceof Float32Array ? await melSourceOf(samples, { ...model.family, signal }) : samples;
}

/** Cuts the times of a segment off at the end of the recording, if that comes before them. */
async function endWithRecording(segment: Segment, source: MelSource): Promise<Segment> {
  // A model may well say that a segment ends before it starts.
  const latest = Math.max(...[segment, ...segment.words ?? []].flatMap(({ start, end }) => [start, end]));
  const reached = await source.reach(Math.ceil(latest * FRAMES_PER_SECOND) + 1);
  return withinRecording(segment, reached / FRAMES_PER_SECOND);
}

function progressOf(seek: number, { length }: MelSource): TranscribeProgress {
  return {
    loaded: Math.min(seek, length ?? Infinity) / FRAMES_PER_SECOND,
    total: length === undefined ? undefined : length / FRAMES_PER_SECOND,
  };
}
