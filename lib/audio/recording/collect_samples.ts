/** All samples of a recording, for what takes them at once. */
import { firstPass } from "./first_pass.ts";
import { type AudioSource, type DecodeAudioOptions, openRecording } from "./open_recording.ts";
import { SampleCollector } from "./sample_collector.ts";

/**
 * Decodes audio to mono samples at 16 kHz in memory of their own.
 *
 * @throws {AudioDecodeError} when the audio cannot be decoded, there is none, or it has no such channel.
 */
export async function collectSamples(
  source: AudioSource,
  options: DecodeAudioOptions,
): Promise<Float32Array<ArrayBuffer>> {
  await using recording = await openRecording(source, options);
  const { listener } = await firstPass(
    recording,
    options.channel ?? "mix",
    () => new SampleCollector(),
    options,
  );
  return listener.take()!;
}
