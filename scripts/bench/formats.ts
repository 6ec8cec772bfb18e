/** How fast the formats of recordings are decoded, and what that adds to a transcription. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Recording } from "./recordings.ts";
import { PEER_FOLDER, runnerPath, runtimeCommand } from "./systems.ts";
import { formatTable } from "./table.ts";

/** By name, the ending of the file and how ffmpeg makes it. */
const FORMATS: Readonly<Record<string, readonly [ending: string, ...options: string[]]>> = {
  "wav, 16 kHz mono": ["16.wav", "-c", "copy"],
  "wav, 44.1 kHz stereo": ["44.wav", "-ar", "44100", "-ac", "2"],
  "wav, 8 kHz A-law": ["alaw.wav", "-ar", "8000", "-c:a", "pcm_alaw"],
  "wav, 16 kHz ADPCM": ["adpcm.wav", "-c:a", "adpcm_ima_wav"],
  "aiff, 44.1 kHz stereo": ["aiff", "-ar", "44100", "-ac", "2"],
  "mp3, 44.1 kHz stereo, 128 kb/s": ["mp3", "-ar", "44100", "-ac", "2", "-b:a", "128k"],
  "mp3, 16 kHz mono, 32 kb/s": ["16.mp3", "-b:a", "32k"],
  "flac, 44.1 kHz stereo": ["flac", "-ar", "44100", "-ac", "2"],
  "ogg vorbis, 44.1 kHz stereo": ["ogg", "-ar", "44100", "-ac", "2", "-c:a", "libvorbis"],
  "ogg opus, mono, 32 kb/s": ["opus", "-b:a", "32k"],
  "webm opus, stereo, 64 kb/s": ["webm", "-ac", "2", "-c:a", "libopus", "-b:a", "64k"],
  "m4a AAC, 44.1 kHz stereo": ["m4a", "-ar", "44100", "-ac", "2", "-c:a", "aac", "-b:a", "128k"],
  "m4a ALAC, 44.1 kHz stereo": ["alac.m4a", "-ar", "44100", "-ac", "2", "-c:a", "alac"],
  "aac (ADTS), 44.1 kHz stereo": ["aac", "-ar", "44100", "-ac", "2", "-c:a", "aac", "-b:a", "128k"],
};

/** What `runners/run_formats.ts` is asked. */
export interface FormatsTask {
  readonly model: string;
  readonly precision: string;
  readonly threads: number;
  readonly rounds: number;
  /** Seconds of the recording. */
  readonly seconds: number;
  /** The paths by format; the first is what the others are compared to. */
  readonly files: Readonly<Record<string, string>>;
}

/** What hearing a file takes, in seconds, lowest of the rounds. */
export interface FormatTimes {
  /** Decoding it. */
  readonly decode: number;
  /** The same, of processor time. */
  readonly processor: number;
  /** All that a transcription hears of it, of processor time: both passes, and the spectrogram. */
  readonly hear: number;
}

/** The formats on one runtime. */
export interface RuntimeFormats {
  readonly runtime: string;
  readonly seconds: number;
  /** Seconds of processor time of a transcription of the first file. */
  readonly transcribe: number;
  readonly formats: Readonly<Record<string, FormatTimes>>;
}

/**
 * Measures.
 *
 * @throws when there is no ffmpeg, or a process fails.
 */
export function benchFormats(
  runtimes: readonly string[],
  recording: Recording,
  task: Omit<FormatsTask, "files" | "seconds">,
): RuntimeFormats[] {
  const files = makeFiles(recording);
  return runtimes.map((runtime) => {
    const { program, arguments: args } = runtimeCommand(runtime, runnerPath("run_formats.ts"));
    const whole: FormatsTask = { ...task, files, seconds: recording.seconds };
    const output = execFileSync(program, [...args, JSON.stringify(whole)], { encoding: "utf8" });
    return { runtime, seconds: recording.seconds, ...JSON.parse(output.trim().split("\n").at(-1)!) };
  });
}

/** Makes the recording in every format, once. */
function makeFiles({ path, seconds }: Recording): Record<string, string> {
  const folder = join(PEER_FOLDER, "recordings", `formats-${Math.round(seconds)}`);
  mkdirSync(folder, { recursive: true });
  return Object.fromEntries(
    Object.entries(FORMATS).map(([name, [ending, ...options]]) => {
      const file = join(folder, `spoken.${ending}`);
      if (!existsSync(file)) {
        execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", "-i", path, ...options, file]);
      }
      return [name, file];
    }),
  );
}

/**
 * A line a format: times real time, by the clock and by processor time, and what it adds to a transcription's processor
 * time beside the first.
 */
export function formatFormats(results: readonly RuntimeFormats[]): string {
  const header = [
    "times real time",
    ...results.flatMap(({ runtime }) => [runtime, `${runtime}, processor`, "adds"]),
  ];
  const names = Object.keys(results[0]?.formats ?? {});
  return formatTable(
    header,
    names.map((name) => [
      name,
      ...results.flatMap(({ seconds, transcribe, formats }) => {
        const { decode, processor, hear } = formats[name];
        const added = (hear - formats[names[0]].hear) / transcribe;
        return [
          (seconds / decode).toFixed(0),
          (seconds / processor).toFixed(0),
          `${(100 * added).toFixed(1)} %`,
        ];
      }),
    ]),
  );
}
