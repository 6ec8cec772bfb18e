/** Windows of a spectrogram: `pad_or_trim` of openai/whisper's `audio.py`. */
import { wrongArgument } from "../errors.ts";
import { type MelSpectrogram, melWindow } from "./log_mel_spectrogram.ts";

/**
 * Cuts `nFrames` frames out of a spectrogram, with zero frames after its end.
 *
 * @param nFrames Frames of the result: `2 * model.dims.nAudioCtx` are a window.
 * @param start The first frame.
 * @throws {TypeError} when `mel` is no spectrogram, or the frames are no whole numbers from 0 up.
 *
 * @example Decode the first window of a recording
 * ```ts ignore
 * const { nMels, nAudioCtx } = model.dims;
 * const mel = await logMelSpectrogram(await decodeAudio("talk.mp3"), { nMels });
 * const { text } = await model.decode(padOrTrim(mel, 2 * nAudioCtx));
 * ```
 */
export function padOrTrim(mel: MelSpectrogram, nFrames: number, start = 0): MelSpectrogram {
  if (!isMelSpectrogram(mel)) {
    throw wrongArgument(
      "INVALID_INPUT",
      "Cannot cut a spectrogram: it is none, logMelSpectrogram() gives one",
    );
  }
  for (const [name, value] of Object.entries({ nFrames, start })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot cut a spectrogram: ${name} is ${value}, wanted a whole number from 0 up`,
    );
  }
  return { nMels: mel.nMels, nFrames, data: melWindow(mel, start, nFrames, nFrames) };
}

/** Tells a spectrogram from everything else, samples above all. */
export function isMelSpectrogram(value: unknown): value is MelSpectrogram {
  if (typeof value !== "object" || value === null || !("data" in value)) return false;
  const { nMels, nFrames, data } = value as MelSpectrogram;
  return data instanceof Float32Array && data.length === nMels * nFrames;
}
