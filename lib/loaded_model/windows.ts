/** Windows of log-mel spectrogram that a caller hands in, or what `embedAudio` has made of them. */
import type { MelSpectrogram } from "../audio/log_mel_spectrogram.ts";
import { isMelSpectrogram } from "../audio/pad_or_trim.ts";
import { wrongArgument } from "../errors.ts";
import type { AudioFeatures, EncoderDecoder, ModelFamily } from "../model/types.ts";

/**
 * Runs the encoder over windows. Whoever asks for the features disposes them.
 *
 * @param action What is being done, for messages.
 * @throws {TypeError} when one is no window of this model.
 */
export async function embedWindows(
  action: string,
  model: EncoderDecoder,
  windows: readonly MelSpectrogram[],
  signal?: AbortSignal,
): Promise<AudioFeatures> {
  const { nMels, windowFrames } = model.family;
  const length = nMels * windowFrames;
  for (const window of windows) assertWindow(action, window, model.family);
  const mel = new Float32Array(windows.length * length);
  windows.forEach(({ data }, i) => mel.set(data, i * length));
  return await model.embedAudio(mel, { signal });
}

/** Does something with the features of one window, which are the caller's or are disposed afterwards. */
export async function withFeatures<Result>(
  action: string,
  model: EncoderDecoder,
  audio: MelSpectrogram | AudioFeatures,
  signal: AbortSignal | undefined,
  use: (features: AudioFeatures) => Promise<Result>,
): Promise<Result> {
  if (isFeatures(audio)) return await use(audio);
  using features = await embedWindows(action, model, [audio], signal);
  return await use(features);
}

/** Tells what `embedAudio` gave from everything else. */
export function isFeatures(value: unknown): value is AudioFeatures {
  return typeof value === "object" && value !== null && "batch" in value && "toArray" in value;
}

function assertWindow(
  action: string,
  window: unknown,
  { nMels, windowFrames }: ModelFamily,
): asserts window is MelSpectrogram {
  const wanted = `wanted a window of log-mel spectrogram, ${nMels} bands and ${windowFrames} frames`;
  if (isMelSpectrogram(window)) {
    if (window.nMels === nMels && window.nFrames === windowFrames) return;
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot ${action}: the spectrogram has ${window.nMels} bands and ${window.nFrames} frames, ${wanted}; ` +
        "padOrTrim() cuts frames",
    );
  }
  const found = window instanceof Float32Array
    ? "a Float32Array does not say whether it is samples or mel"
    : "this is no spectrogram";
  throw wrongArgument(
    "INVALID_INPUT",
    `Cannot ${action}: ${found}, ${wanted}; logMelSpectrogram() makes one of samples, and transcribe() takes samples`,
  );
}
