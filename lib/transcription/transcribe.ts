/**
 * Transcribes a recording of any length: window after window, each starting where the last complete
 * segment ended. After `transcribe` of openai/whisper's `transcribe.py`.
 */
import { FRAMES_PER_SECOND, HOP_LENGTH, logMelSpectrogram } from "../audio/log_mel_spectrogram.ts";
import { clipRanges, clipWarnings } from "./clip_timestamps.ts";
import { detectLanguage } from "../decoding/detect_language.ts";
import { chosenLanguage } from "../decoding/options.ts";
import { seededRandom } from "../decoding/random.ts";
import type { WindowReport } from "./explain.ts";
import type { EncoderDecoder } from "../model/types.ts";
import { PromptHistory } from "./prompt.ts";
import { strip } from "../python/python_text.ts";
import { type Segment, type Transcription, withinRecording } from "./segments.ts";
import {
  type HoldStep,
  type SegmentGenerator,
  type SegmentStream,
  StoppableSegments,
} from "./segment_stream.ts";
import { loadTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts";
import { type TranscribeOptions, type TranscribeSettings, transcribeSettings } from "./transcribe_options.ts";
import { transcribeWindow, type WindowContext } from "./transcribe_window.ts";
import { WindowEncoder } from "./window_encoder.ts";

export type { TranscribeOptions, TranscribeProgress } from "./transcribe_options.ts";

/** A language less probable than this was hardly heard: there may be no speech at all. */
const SURE = 0.5;

/** Mono samples at 16 kHz, or what gives them, called with the signal that stops the work. */
export type Samples = Float32Array | ((signal?: AbortSignal) => Promise<Float32Array>);

/**
 * Transcribes audio. The options are checked before the samples are asked for.
 *
 * @throws {TypeError} when an option is unknown, of the wrong type, or does not go with another.
 * @throws {RangeError} when a number is out of range, or the vocabulary lacks the language.
 */
export async function transcribe(
  model: EncoderDecoder,
  samples: Samples,
  options: TranscribeOptions = {},
): Promise<Transcription> {
  const settings = transcribeSettings(options);
  const segments: Segment[] = [...settings.resume?.segments ?? []];
  const windows: WindowReport[] = [];
  const recording = transcribeRecording(model, samples, {
    ...settings,
    onWindow(window) {
      windows.push(window);
      settings.onWindow?.(window);
    },
  });
  let step = await recording.next();
  for (; !step.done; step = await recording.next()) segments.push(step.value);
  const { text, language } = step.value;
  return { text, segments, language, ...(settings.explain ? { windows } : {}) };
}

/**
 * Transcribes audio and gives the segments as they come, those of a window together. Leaving the loop stops
 * the work and releases what it held.
 *
 * @param hold Runs each step, so that what the steps need can be kept meanwhile.
 * @throws {TypeError} when an option is unknown, of the wrong type, or does not go with another.
 * @throws {RangeError} when a number is out of range, or the vocabulary lacks the language.
 */
export function transcribeSegments(
  model: EncoderDecoder,
  samples: Samples,
  options: TranscribeOptions = {},
  hold?: HoldStep,
): SegmentStream {
  const settings = transcribeSettings(options);
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(settings.signal ? [settings.signal] : [])]);
  const generate = (onLanguageKnown: (code: string) => void) =>
    transcribeRecording(model, samples, {
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
  samples: Samples,
  settings: TranscribeSettings,
): SegmentGenerator {
  const { signal, seed, resume, onProgress, onWindow } = settings;
  warn(model, settings);
  const { nMels, windowFrames } = model.family;
  const recording = typeof samples === "function" ? await samples(signal) : samples;
  const mel = await logMelSpectrogram(recording, { nMels, padding: windowFrames * HOP_LENGTH, signal });
  const contentFrames = mel.nFrames - windowFrames;
  for (const warning of clipWarnings(settings.clipTimestamps, contentFrames)) settings.onWarning?.(warning);
  using encoder = new WindowEncoder(model, mel, signal);
  const tokenizer = await tokenizerFor(model, encoder, contentFrames, settings);
  settings.onLanguage?.(tokenizer.language ?? "en");
  const context = {
    model,
    encoder,
    tokenizer,
    settings,
    contentFrames,
    random: seededRandom(resume?.random ?? seed),
  };
  const prompt = promptHistory(context);
  const language = tokenizer.language ?? "en";
  const segments = [...resume?.segments ?? []];
  let lastSpeechTimestamp = resume?.lastSpeechTimestamp ?? 0;
  const clips = clipRanges(settings.clipTimestamps, contentFrames);
  for (let clipIndex = resume?.clip ?? 0; clipIndex < clips.length; clipIndex++) {
    const clip = clips[clipIndex];
    let seek = clipIndex === resume?.clip ? resume.seek : clip.start;
    while (seek < clip.end) {
      signal?.throwIfAborted();
      const window = { seek, size: Math.min(windowFrames, clip.end - seek) };
      const before = { prompt: prompt.next(), lastSpeechTimestamp };
      const transcribed = await transcribeWindow(context, window, before);
      ({ nextSeek: seek, lastSpeechTimestamp } = transcribed);
      for (const { tokens } of transcribed.segments) prompt.add(tokens);
      if (transcribed.resetsPrompt) prompt.reset();
      onWindow?.(transcribed.report);
      const done = Math.min(seek, contentFrames);
      onProgress?.({ loaded: done / FRAMES_PER_SECOND, total: contentFrames / FRAMES_PER_SECOND });
      for (const unnumbered of transcribed.segments) {
        const numbered = { ...unnumbered, id: segments.length };
        // Differs from whisper: no segment and no word ends after the recording; there the last often does.
        const segment = settings.strictParity
          ? numbered
          : withinRecording(numbered, contentFrames / FRAMES_PER_SECOND);
        segments.push(segment);
        settings.onSegment?.(segment);
        yield segment;
      }
      const [{ resetSince }, random] = [prompt, context.random.state()];
      const place = { clip: clipIndex, seek, lastSpeechTimestamp };
      settings.onState?.({ language, segments: [...segments], ...place, resetSince, random });
    }
  }
  return { text: tokenizer.decode(prompt.transcribed), language };
}

function warn(model: EncoderDecoder, settings: TranscribeSettings): void {
  const { onWarning, language, task, wordTimestamps, hallucinationSilenceThreshold } = settings;
  if (!model.family.isMultilingual && (chosenLanguage(language) ?? "en") !== "en") {
    onWarning?.(`The model is English-only: language "${language}" is ignored`);
  }
  if (wordTimestamps && task === "translate") {
    onWarning?.("The word timestamps of a translation may be unreliable");
  }
  if (!wordTimestamps && typeof hallucinationSilenceThreshold === "number") {
    onWarning?.("Without wordTimestamps, hallucinationSilenceThreshold is ignored");
  }
}

/** The tokenizer of the language asked for, or of that of the first window. */
async function tokenizerFor(
  model: EncoderDecoder,
  encoder: WindowEncoder,
  contentFrames: number,
  { language, task, signal, strictParity, resume }: TranscribeSettings,
): Promise<Tokenizer> {
  const { family } = model;
  const { windowFrames } = family;
  let code = family.isMultilingual ? resume?.language ?? chosenLanguage(language) : "en";
  if (code === undefined) {
    const tokenizer = await loadTokenizer(family);
    // Differs from whisper: audio shorter than a window is heard with the zeros its first window has anyway, so that the
    // encoder runs once; there it is heard with silence after it. So it is here if that leaves doubts.
    const size = strictParity ? windowFrames : Math.min(windowFrames, contentFrames);
    const features = await encoder.encodeAhead({ seek: 0, size });
    let detected = await detectLanguage(model, features, tokenizer, { signal });
    if (size < windowFrames && detected.languageProbs.get(detected.language)! < SURE) {
      using padded = await encoder.encode({ seek: 0, size: windowFrames });
      detected = await detectLanguage(model, padded, tokenizer, { signal });
    }
    code = detected.language;
  }
  return loadTokenizer(family, { language: code, task });
}

function promptHistory({ model, tokenizer, settings }: WindowContext): PromptHistory {
  const { initialPrompt, carryInitialPrompt, strictParity, resume } = settings;
  const text = strip(initialPrompt ?? "");
  // Differs from whisper: a blank prompt is none; there it is a space.
  const isNone = initialPrompt === undefined || (text === "" && !strictParity);
  const initial = isNone ? [] : tokenizer.encode(` ${text}`);
  const resumed = resume &&
    { tokens: resume.segments.flatMap(({ tokens }) => tokens), resetSince: resume.resetSince };
  return new PromptHistory({
    initial,
    carryInitialPrompt,
    nTextCtx: model.dims.nTextCtx,
    strictParity,
    ...(resumed && { resumed }),
  });
}
