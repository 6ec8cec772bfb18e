/**
 * Audio of any kind to mono samples at 16 kHz, after `load_audio` of openai/whisper's `audio.py`.
 */
import {
  CALLBACK,
  checkOptions,
  FROM_ZERO,
  HEARING,
  type OptionRules,
  PROGRAM,
  SIGNAL,
} from "../options/check_options.ts";
import type { AudioSource, DecodeAudioOptions } from "./recording/open_recording.ts";
import { checkSamples, scaleSamples } from "./samples.ts";

export type { AudioSource, DecodeAudioOptions };

/** What the options of decoding must be. */
export const DECODE_AUDIO_RULES: OptionRules<DecodeAudioOptions> = {
  signal: SIGNAL,
  fetch: CALLBACK,
  ffmpeg: PROGRAM,
  audioTrack: FROM_ZERO,
  channel: HEARING,
  onWarning: CALLBACK,
};

/**
 * Decodes audio to mono samples at 16 kHz, full scale being 1, without blocking the event loop.
 *
 * Requires `--allow-read` permission for paths, `--allow-net` for `http:` URLs, and for what is left to ffmpeg
 * `--allow-run=ffmpeg` and `--allow-env`, which starting a program needs.
 *
 * @returns The samples. A `Float32Array` comes back as a copy, made at once, with zeros for values that are not finite,
 * scaled if it holds integers.
 * @throws {AudioDecodeError} when the audio cannot be read or decoded, there is none, or it has no such channel.
 * @throws {TypeError | RangeError} when `source` is of another kind, or an option is unknown or wrong.
 */
export async function decodeAudio(
  source: AudioSource,
  options: DecodeAudioOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const given = checkOptions("decode audio", options, DECODE_AUDIO_RULES);
  const { channel = "mix", signal } = given;
  const areSamples = source instanceof Float32Array || source instanceof Int16Array;
  if (areSamples && channel === "mix") {
    signal?.throwIfAborted();
    return await (source instanceof Int16Array ? scaleSamples(source, signal) : checkSamples(source, given));
  }
  const atCall = areSamples ? source.slice() : source;
  // What reads files is imported with the first of them.
  const { collectSamples } = await import("./recording/collect_samples.ts");
  return await collectSamples(atCall, given);
}
