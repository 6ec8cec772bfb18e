/** The one file of the benchmark that knows the library beyond `mod.ts`. */
import { Session } from "../../ffi/session.ts";
import { decodeAudio } from "../../lib/audio/decode.ts";
import { melWindow } from "../../lib/audio/log_mel_spectrogram.ts";
import { StreamedMel } from "../../lib/audio/mel/streamed_mel.ts";
import { openRecording } from "../../lib/audio/recording/open_recording.ts";
import { createSha256, readBlocks } from "../../lib/checkpoint/hash.ts";
import type { AudioFeatures, EncoderDecoder, Inference } from "../../lib/model/types.ts";
import { Whisper } from "../../lib/model/whisper.ts";
import { modelFamily } from "../../lib/model/family.ts";
import { loadTokenizer, type Tokenizer } from "../../lib/tokenizer/tokenizer.ts";
import { type loadModel, logMelSpectrogram, type MelSpectrogram } from "../../mod.ts";

export { fetchCheckpoint } from "../../lib/checkpoint/fetch_checkpoint.ts";
export { createSha256, decodeAudio, readBlocks };
export type { AudioFeatures, Inference };

/** A model as `loadModel` gives it. */
export type Model = Awaited<ReturnType<typeof loadModel>>;

/** The tokenizer of a model's vocabulary, for English. */
export async function tokenizerOf({ dims }: Pick<Model, "dims">): Promise<Tokenizer> {
  return await loadTokenizer(modelFamily({ dims }));
}

/** The merges of a vocabulary, two tokens each, and how many tokens it has. */
export async function mergesOf(isMultilingual: boolean): Promise<{ merges: Uint16Array; size: number }> {
  const { MERGES, SIZE } = isMultilingual
    ? await import("../../lib/tokenizer/multilingual_vocabulary.ts")
    : await import("../../lib/tokenizer/gpt2_vocabulary.ts");
  return { merges: new Uint16Array(Uint8Array.fromBase64(MERGES).buffer), size: SIZE };
}

/** The first window of samples as a mel spectrogram. */
export async function firstWindow({ dims }: Model, samples: Float32Array): Promise<MelSpectrogram> {
  const { nMels, nAudioCtx } = dims;
  const nFrames = 2 * nAudioCtx;
  return {
    nMels,
    nFrames,
    data: melWindow(await logMelSpectrogram(samples, { nMels }), 0, nFrames, nFrames),
  };
}

/** The whole of `samples` as a mel spectrogram. */
export async function mel(samples: Float32Array, nMels: number): Promise<void> {
  await logMelSpectrogram(samples, { nMels });
}

/** All that a transcription hears of a file, window by window, as of one that is too long to be kept. */
export async function hearAll(path: string, nMels: number): Promise<void> {
  const window = 3000;
  await using source = await StreamedMel.open(await openRecording(path), { nMels, keptSamples: 0 });
  for (let start = 0; start < source.length; start += window) {
    await source.frames(start, Math.min(window, source.length - start));
  }
}

/** The encoder and decoder behind a model: what its encoder is called on. */
export async function modelBehind(model: Model): Promise<EncoderDecoder> {
  const { embedAudio } = Whisper.prototype;
  let found: EncoderDecoder | undefined;
  Whisper.prototype.embedAudio = function (...args) {
    found = this;
    return embedAudio.apply(this, args);
  };
  try {
    using _features = await model.embedAudio(await firstWindow(model, new Float32Array(16000)));
  } finally {
    Whisper.prototype.embedAudio = embedAudio;
  }
  if (found === undefined) throw new TypeError("Cannot measure: the model has no encoder of this library");
  return found;
}

/** One native run, in milliseconds since the start of the process. */
export interface Run {
  readonly session: object;
  readonly start: number;
  end: number;
}

/** Notes every native run that `work` makes: sessions are wrapped meanwhile. */
export async function watchRuns(work: () => Promise<unknown>): Promise<Run[]> {
  const { run } = Session.prototype;
  const runs: Run[] = [];
  Session.prototype.run = async function (...args) {
    const noted: Run = { session: this, start: performance.now(), end: 0 };
    runs.push(noted);
    try {
      await run.apply(this, args);
    } finally {
      noted.end = performance.now();
    }
  };
  try {
    await work();
  } finally {
    Session.prototype.run = run;
  }
  return runs;
}
