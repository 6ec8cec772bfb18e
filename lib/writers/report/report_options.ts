/** What pictures of a transcription are told beside it. */
import type { Waveform } from "../../audio/waveform/waveform_meter.ts";
import { checkOptions, type OptionRules, SECONDS_ABOVE_ZERO } from "../../options/check_options.ts";

/** Whether a format shows the recording: it wants the waveform, words with their times, and what happened in windows. */
export function isPicture(format: string): boolean {
  return format === "html" || format === "svg";
}

/** What `html` and `svg` are told. */
export interface ReportOptions {
  /**
   * What the recording is called.
   *
   * @default {"audio"}
   */
  readonly name?: string;
  /** How loud the recording is, as `measureWaveform` gives it. Default: there is no waveform. */
  readonly waveform?: Waveform;
  /**
   * Where the page finds the recording, as an address that is relative to the page (`talk.mp3`) or the sound itself as a
   * `data:` URL. Default: the page asks whoever reads it for the recording. For `html` alone.
   */
  readonly recording?: string;
  /** Seconds of a row of the picture. Default: as many as make 30 rows at most, of a document 60. */
  readonly secondsPerRow?: number;
}

const REPORT_RULES: OptionRules<ReportOptions> = {
  name: ["a text", (value) => typeof value === "string"],
  waveform: ["what measureWaveform gives", isWaveform],
  recording: ["an address", (value) => typeof value === "string"],
  secondsPerRow: SECONDS_ABOVE_ZERO,
};

function isWaveform(value: unknown): boolean {
  const { peaks, secondsPerPeak, duration } = (value ?? {}) as Partial<Waveform>;
  return peaks instanceof Float32Array && Number(secondsPerPeak) > 0 && Number(duration) >= 0;
}

/**
 * Checks what a picture is told.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function checkReportOptions(options: ReportOptions): void {
  checkOptions("draw a transcription", options, REPORT_RULES);
}
