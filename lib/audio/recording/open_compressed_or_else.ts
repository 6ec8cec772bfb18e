/** Opens sound with the decoders in `wasm/`, and what they do not take with ffmpeg. */
import { AudioDecodeError } from "../../errors.ts";
import type { FfmpegOptions } from "../ffmpeg/ffmpeg_recording.ts";
import { type FileFormat, SNIFF_LENGTH } from "../format.ts";
import { type AudioInput, borrowed } from "../input/audio_input.ts";
import type { OpenError } from "../wasm/compressed_recording.ts";
import type { Edit } from "../wasm/mp4_edits.ts";
import { aifcCodec } from "./aifc_codec.ts";
import type { OpenRecordingOptions } from "./open_recording.ts";
import type { Recording } from "./recording.ts";
import { withSecondDecoder } from "./second_decoder.ts";

/**
 * Opens what `wasm/` can, and leaves the rest to ffmpeg: what cannot be opened, and that of which nothing can be
 * decoded.
 *
 * @param input The bytes of the sound.
 */
export async function openCompressedOrElse(
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
  { edit, whole = input }: { readonly edit?: Edit; readonly whole?: AudioInput } = {},
): Promise<Recording> {
  const { signal, audioTrack: track } = options;
  const { openCompressed, OpenError } = await import("../wasm/compressed.ts");
  const openElsewhere = async (file: AudioInput, error: unknown) => {
    if (!(error instanceof OpenError)) throw error;
    return await openUnreadable(file, format, options, error);
  };
  try {
    const recording = await openCompressed(input, { container: format.id, track, edit, signal });
    return withSecondDecoder(recording, (error) => openElsewhere(borrowed(whole), error));
  } catch (error) {
    return await openElsewhere(whole, error);
  }
}

/** Opens what no decoder here can read, for a reason that is known. */
async function openUnreadable(
  input: AudioInput,
  format: FileFormat,
  options: OpenRecordingOptions,
  { failure, message }: OpenError,
): Promise<Recording> {
  if (failure === "no track" && options.audioTrack !== undefined) {
    throw missingTrack(input, options.audioTrack, message);
  }
  if (failure === "unknown codec") {
    const name = `${format.name} whose codec is ${message}`;
    return await leaveToFfmpeg(input, { ...format, name }, options);
  }
  if (failure !== "unknown format") {
    const isHopeless = failure === "no track" || failure === "cut off";
    return await leaveToFfmpeg(input, format, options, { why: message, isHopeless });
  }
  const codec = format.id === "aiff" ? aifcCodec(await input.read(0, SNIFF_LENGTH)) : undefined;
  if (codec !== undefined) {
    return await leaveToFfmpeg(input, { ...format, name: `${format.name} whose codec is ${codec}` }, options);
  }
  const { hasIndex } = await import("../wasm/mp4_boxes.ts");
  const isUnfinished = format.id === "mp4" && !await hasIndex((...where) => input.read(...where), input.size);
  const why = isUnfinished
    ? "it has no index (moov), which is written last: it was cut off, or never finished"
    : "it is damaged, or cut off before its sound begins";
  return await leaveToFfmpeg(input, format, options, {
    why,
    isHopeless: isUnfinished || input.size < SNIFF_LENGTH,
  });
}

/** Leaves a file to ffmpeg, with the reason where that is more than its format. */
export async function leaveToFfmpeg(
  input: AudioInput,
  format: FileFormat | undefined,
  options: OpenRecordingOptions,
  { why, isHopeless }: Pick<FfmpegOptions, "why" | "isHopeless"> = {},
): Promise<Recording> {
  const { openWithFfmpeg } = await import("../ffmpeg/ffmpeg_recording.ts");
  return await openWithFfmpeg(input, format, { ...options, why, isHopeless });
}

/** What is thrown where an audio track is asked for that is not there. */
export function missingTrack(input: AudioInput, track: number, found: string): AudioDecodeError {
  return new AudioDecodeError(
    `Cannot decode audio track ${track} of ${input.name}: ${found}, counted from 0`,
  );
}
