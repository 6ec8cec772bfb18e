/** How loud a recording is, in a pass over it. */
import { checkOptions } from "../../options/check_options.ts";
import { type AudioSource, DECODE_AUDIO_RULES, type DecodeAudioOptions } from "../decode.ts";
import type { Waveform } from "./waveform_meter.ts";

/**
 * Measures how loud a recording is from moment to moment, for the pictures of the writers (`html`, `svg`). It is gone
 * through once, in memory that does not grow with it (at most 512 KiB of peaks). Permissions as for `decodeAudio`.
 *
 * @param source As in `decodeAudio`. What can be read once only is read up.
 * @throws {AudioDecodeError} when the audio cannot be decoded, there is none, or it has no such channel.
 * @throws {TypeError | RangeError} when `source` is of another kind, or an option is unknown or wrong.
 *
 * @example A page to look at
 * ```ts ignore
 * import { formatTranscription } from "jsr:@sotto/whisper/writers";
 *
 * const result = await model.transcribe("talk.mp3", { wordTimestamps: true, explain: true });
 * const waveform = await measureWaveform("talk.mp3");
 * const html = formatTranscription(result, "html", { name: "talk", waveform, recording: "talk.mp3" });
 * ```
 */
export async function measureWaveform(
  source: AudioSource,
  options: DecodeAudioOptions = {},
): Promise<Waveform> {
  const given = checkOptions("measure a waveform", options, DECODE_AUDIO_RULES);
  // Whoever hands samples over may write to them while the work goes on.
  const atCall = source instanceof Float32Array || source instanceof Int16Array ? source.slice() : source;
  // What reads files is imported with the first of them.
  const [{ openRecording }, { firstPass }, { WaveformMeter }] = await Promise.all([
    import("../recording/open_recording.ts"),
    import("../recording/first_pass.ts"),
    import("./waveform_meter.ts"),
  ]);
  await using recording = await openRecording(atCall, given);
  const { listener } = await firstPass(recording, given.channel ?? "mix", () => new WaveformMeter(), given);
  return listener.waveform();
}
