/** What pages and pictures show beside a transcription: how loud its recording is, and where they find it. */
import { dirname, isAbsolute, relative, sep } from "node:path";
import type { AudioSource, DecodeAudioOptions } from "../../../mod.ts";
import type { FormatOptions } from "../../writers/format_transcription.ts";
import { describeError } from "../terminal/describe_error.ts";
import { isPicture } from "../../writers/report/report_options.ts";

/** What is shown. */
export type ReportMaterial = Pick<FormatOptions, "waveform" | "recording">;

/** What is to be shown, and how it is heard. */
export interface ReportMaterialOptions extends Pick<DecodeAudioOptions, "ffmpeg" | "audioTrack" | "signal"> {
  /** The formats that are written. */
  readonly formats: readonly string[];
  /** Told why there is no waveform, if the recording cannot be gone through again. */
  readonly onWarning?: (message: string) => void;
  /** The path of the results. */
  readonly results: string;
  /** What of the channels is heard. Of channels that are transcribed apart, the mix is shown. */
  readonly channel?: "mix" | "split" | number;
}

/**
 * Measures a recording for the formats that show it, in a pass of its own, and finds the way from the results to it.
 * Only a file can be gone through again: of standard input and addresses nothing is shown.
 */
export async function reportMaterial(
  source: AudioSource | undefined,
  { formats, results, channel, onWarning, ...options }: ReportMaterialOptions,
): Promise<ReportMaterial> {
  if (typeof source !== "string" || !formats.some(isPicture)) return {};
  const recording = addressFrom(dirname(results), source);
  const { measureWaveform } = await import("../../../mod.ts");
  const heard = channel === "split" ? "mix" : channel;
  try {
    return { recording, waveform: await measureWaveform(source, { ...options, channel: heard }) };
  } catch (error) {
    options.signal?.throwIfAborted();
    // What was transcribed is not lost for a picture of it.
    onWarning?.(`There is no waveform: ${describeError(error)}`);
    return { recording };
  }
}

/** The address of a file as a page in a folder names it, or nothing where no way leads from one to the other. */
export function addressFrom(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  return isAbsolute(way) ? undefined : way.split(sep).map(encodeURIComponent).join("/");
}
