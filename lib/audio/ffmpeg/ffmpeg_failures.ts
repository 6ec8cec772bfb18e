/** Why a file cannot be decoded by the `ffmpeg` program: how it ended, or why it did not start. */
import { missingPermission } from "../../../ffi/permission.ts";
import { AudioDecodeError } from "../../errors.ts";
import type { FileFormat } from "../format.ts";
import type { AudioInput } from "../input/audio_input.ts";
import { relevantLine } from "./ffmpeg_message.ts";
import type { FfmpegOptions } from "./ffmpeg_recording.ts";

/** What is thrown where it failed. */
export function failure(
  input: AudioInput,
  format: FileFormat | undefined,
  { why }: FfmpegOptions,
  { exitCode, stderr }: { readonly exitCode: number | null; readonly stderr: string },
): AudioDecodeError {
  const isUnknown = format === undefined;
  const before = isUnknown
    ? "its format is not known here, and "
    : why !== undefined
    ? `it looks like ${format.name}, but ${why}; `
    : "";
  const how = /does not contain any stream/.test(stderr)
    ? "finds no sound in it"
    : `${exitCode === null ? "was killed" : `failed with exit code ${exitCode}`}: ${
      relevantLine(stderr) ?? "it gave no reason"
    }`;
  return new AudioDecodeError(
    `Cannot decode ${input.name}: ${before}ffmpeg ${how}`,
    { exitCode: exitCode ?? undefined, stderr, isUnknown },
  );
}

/** What is thrown where it did not start: what the file is, and what to do. */
export function notStarted(
  input: AudioInput,
  format: FileFormat | undefined,
  { ffmpeg = "ffmpeg", why, isHopeless }: FfmpegOptions,
  cause: unknown,
): AudioDecodeError {
  if (format && why !== undefined && isHopeless) {
    return new AudioDecodeError(
      `Cannot decode ${input.name}: it looks like ${format.name}, but ${why}`,
      {},
      { cause },
    );
  }
  const what = format === undefined
    ? "its format is not known here, so it needs"
    : why === undefined
    ? `it looks like ${format.name}, which needs`
    : `it looks like ${format.name}, but ${why}; it might be read by`;
  const denied = missingPermission(cause);
  const missing = denied !== undefined
    ? `and ${denied}`
    : (cause as NodeJS.ErrnoException).code === "ENOENT"
    ? "which was not found; install ffmpeg, or convert the audio to WAV"
    : `which cannot be started: ${(cause as Error).message}`;
  return new AudioDecodeError(
    `Cannot decode ${input.name}: ${what} the program ${JSON.stringify(ffmpeg)}, ${missing}`,
    { isUnknown: format === undefined },
    { cause },
  );
}
