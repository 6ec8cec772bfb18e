/** A recording in every format at every sample rate and number of channels that people have, made by ffmpeg. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Samples a second. */
const RATES = [8000, 11025, 16000, 22050, 44100, 48000];
/** Those of them that Opus takes. */
const OPUS_RATES = [8000, 16000, 48000];

/** A format. */
export interface MatrixFormat {
  readonly ending: string;
  /** How ffmpeg makes it. */
  readonly options: string;
  /** The numbers of channels it can have. */
  readonly channels: readonly number[];
  /** The milliseconds it is longer, where that cannot be told. */
  readonly longer?: (rate: number) => number;
}

/** All of them. */
export const FORMATS: readonly MatrixFormat[] = [
  { ending: "wav", options: "-c:a pcm_s16le", channels: [1, 2, 6] },
  { ending: "aiff", options: "-c:a pcm_s24be", channels: [1, 2, 6] },
  { ending: "caf", options: "-c:a pcm_s16le", channels: [1, 2, 6] },
  { ending: "mp3", options: "-c:a libmp3lame", channels: [1, 2] },
  { ending: "flac", options: "-c:a flac", channels: [1, 2, 6] },
  { ending: "ogg", options: "-c:a libvorbis", channels: [1, 2, 6] },
  { ending: "opus", options: "-c:a libopus", channels: [1, 2, 6] },
  { ending: "webm", options: "-c:a libopus", channels: [1, 2, 6] },
  { ending: "mkv", options: "-c:a flac", channels: [1, 2, 6], longer: (rate) => 4608 / rate * 1000 },
  { ending: "m4a", options: "-c:a aac", channels: [1, 2] },
  { ending: "mp4", options: "-c:a alac", channels: [1, 2, 6] },
  { ending: "aac", options: "-c:a aac", channels: [1, 2], longer: (rate) => 2 * 1024 / rate * 1000 },
];

/** A file of the matrix. */
export interface MatrixFile {
  readonly rate: number;
  readonly count: number;
  readonly path: string;
}

/** Makes the files of a format in a folder. */
export function makeFormat(
  { ending, options, channels }: MatrixFormat,
  { source, seconds, folder }: { readonly source: string; readonly seconds: number; readonly folder: string },
): MatrixFile[] {
  const rates = ending === "opus" || ending === "webm" ? OPUS_RATES : RATES;
  const files = rates.flatMap((rate) =>
    channels.map((count) => ({ rate, count, path: join(folder, `${rate}-${count}.${ending}`) }))
  );
  const outputs = files.flatMap(({ rate, count, path }) => [
    ...["-t", String(seconds), ...options.split(" "), "-strict", "-2"],
    ...["-ar", String(rate), "-ac", String(count), path],
  ]);
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", source, ...outputs]);
  return files;
}

/** Whether a length, in milliseconds too much, is what the format allows: 20, or what it has no way to tell. */
export function isRightLength(excess: number, { longer }: MatrixFormat, rate: number): boolean {
  return Math.abs(excess) <= 20 || (excess > 0 && excess <= (longer?.(rate) ?? 0));
}
