/**
 * Decoding by the `ffmpeg` program, for every format without a decoder here. It gives mono 16-bit samples at
 * 16 kHz, as in `load_audio` of openai/whisper's `audio.py`.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { missingPermission } from "../../ffi/permission.ts";
import { AudioDecodeError } from "../errors.ts";
import { cancelledWarning, hearOneOfCancelled } from "./cancelled_channels.ts";
import { findProgram } from "./find_program.ts";
import type { FileFormat } from "./format.ts";
import { MAX_SECONDS } from "./limits.ts";
import { SAMPLE_RATE } from "./log_mel_spectrogram.ts";
import type { AudioInput } from "./source.ts";
import { piecesOf, writeTemporaryFile } from "./temporary_file.ts";
import { TimeSlice } from "../async/time_slice.ts";

/** What {@linkcode decodeWithFfmpeg} may be told. */
export interface FfmpegOptions {
  /**
   * The program: a name looked for in `PATH`, or a path.
   *
   * @default {"ffmpeg"}
   */
  readonly ffmpeg?: string;
  /** Which of several audio tracks is heard, from 0. Default: the one that ffmpeg takes. */
  readonly audioTrack?: number;
  /** Stops the program. */
  readonly signal?: AbortSignal;
  /** Told of damage that left something to hear, and of channels that cancel each other out. */
  readonly onWarning?: (message: string) => void;
}

type Ffmpeg = ChildProcessByStdio<Writable, Readable, Readable>;

/** The containers that ffmpeg may read at once: those that people have, and that hold their sound themselves. */
const CONTAINERS =
  "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dss,dts,dtshd,dv,eac3,flac,flv,g722," +
  "g729,gsm,gxf,iff,ircam,loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,mxf,nistsphere,nut,ogg,oma,qcp,rm,sbc," +
  "shn,sln,sox,tak,truehd,tta,voc,w64,wav,webm,wtv,wv,xwma";

/**
 * What ffmpeg must never read a file as, and why: the sound would come from elsewhere, from files and addresses
 * that whoever made the file has chosen. Every other format is allowed once ffmpeg has recognised it.
 */
const DANGEROUS: ReadonlyMap<string, string> = new Map([
  ...["hls", "applehttp", "dash", "imf", "webm_dash_manifest"].map((name) =>
    [name, "a playlist, which names other files and addresses to open"] as const
  ),
  ...["concat", "concatf"].map((name) =>
    [name, "a list of files to join, which names other files to open"] as const
  ),
  ...["image2", "mlv", "vobsub"].map((name) =>
    [name, "one of a series of files, which opens those beside it"] as const
  ),
  ...["rtp", "rtsp", "sap", "sdp", "libndi_newtek"].map((name) =>
    [name, "the description of a stream, which names addresses to open"] as const
  ),
  ...["avisynth", "vapoursynth", "lavfi", "bluray", "dvdvideo"].map((name) =>
    [name, "a script or a device, which opens other files"] as const
  ),
]);

/** Formats that ffmpeg must be able to seek in: their index may stand at the end. */
const SEEKING_FORMATS: readonly (string | undefined)[] = ["mp4", "mxf", "wtv"];

/** How much of what ffmpeg prints is kept, in characters. */
const MAX_STDERR = 4096;

/**
 * Decodes audio of any format that ffmpeg knows. Requires `--allow-run=ffmpeg` and `--allow-env`
 * permission, and `--allow-write` to the temporary folder for MP4 and QuickTime that is not a file.
 *
 * @param format What the audio seems to be, for the message.
 * @returns Mono samples at 16 kHz.
 * @throws {AudioDecodeError} when there is no ffmpeg or it fails.
 */
export async function decodeWithFfmpeg(
  input: AudioInput,
  format: FileFormat | undefined,
  options: FfmpegOptions = {},
): Promise<Float32Array<ArrayBuffer>> {
  const decode = async (path: string | undefined) => {
    const { signal, onWarning } = options;
    const samples = await runAllowed(input, format, path, MIX, options);
    // What a file of one channel lacks is not asked for: its mix is that channel.
    return await hearOneOfCancelled(samples, () => runAllowed(input, format, path, FIRST_CHANNEL, options), {
      signal,
      onCancelled: () => onWarning?.(cancelledWarning(input.name)),
    });
  };
  if (input.path !== undefined || !SEEKING_FORMATS.includes(format?.id)) return await decode(input.path);
  await using file = await writeTemporaryFile(input, options);
  return await decode(file.path);
}

/** The arguments that make one channel of those that there are. */
const MIX = ["-ac", "1"];
const FIRST_CHANNEL = ["-af", "pan=mono|c0=c0"];

/** Lets ffmpeg read the formats that people have, and any other that it recognises if that is not dangerous. */
async function runAllowed(
  input: AudioInput,
  format: FileFormat | undefined,
  path: string | undefined,
  channels: readonly string[],
  options: FfmpegOptions,
): Promise<Float32Array<ArrayBuffer>> {
  try {
    return await run(input, format, path, [...channels], CONTAINERS, options);
  } catch (error) {
    const recognised = /\[([\w,]+) @ \w+\] Format not on whitelist/.exec(
      (error as AudioDecodeError).stderr ?? "",
    )?.[1];
    if (recognised === undefined) throw error;
    const danger = recognised.split(",").map((name) => DANGEROUS.get(name)).find((why) => why !== undefined);
    if (danger === undefined) {
      return await run(input, format, path, [...channels], `${CONTAINERS},${recognised}`, options);
    }
    const { exitCode, stderr } = error as AudioDecodeError;
    throw new AudioDecodeError(
      `Cannot decode ${input.name}: ffmpeg takes it for ${danger} (format ${recognised}); such files are not ` +
        "followed, pass the sound itself",
      { exitCode, stderr },
      { cause: error },
    );
  }
}

async function run(
  input: AudioInput,
  format: FileFormat | undefined,
  path: string | undefined,
  channels: readonly string[],
  containers: string,
  { ffmpeg = "ffmpeg", audioTrack, signal, onWarning }: FfmpegOptions,
): Promise<Float32Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  // A named protocol: no path can pass for an option, an address or a pattern.
  const [protocol, source] = path === undefined ? ["pipe", "pipe:0"] : ["file", `file:${path}`];
  const args = ["-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "0"];
  args.push("-protocol_whitelist", protocol, "-format_whitelist", containers, "-i", source);
  if (audioTrack !== undefined) args.push("-map", `0:a:${audioTrack}`);
  args.push("-f", "s16le", ...channels, "-acodec", "pcm_s16le", "-ar", String(SAMPLE_RATE), "pipe:1");
  const child = await start(ffmpeg, args).catch((cause) => {
    throw notStarted(input, format, ffmpeg, cause);
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const stop = () => {
    child.kill("SIGKILL");
    // A wrapper script may leave a child of its own that holds them open.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const [exitCode, stderr, chunks] = await Promise.all([
      ended,
      collectText(child.stderr),
      collectSamples(child.stdout, input.name),
      path === undefined ? feed(child.stdin, input, signal) : child.stdin.end(),
    ]);
    signal?.throwIfAborted();
    if (exitCode !== 0) throw failure(input, exitCode, stderr);
    if (stderr !== "") {
      onWarning?.(`${input.name} is damaged, what could be read is heard. ffmpeg says: ${stderr}`);
    }
    return await toFloat32(chunks, signal);
  } catch (error) {
    stop();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function start(name: string, args: readonly string[]): Promise<Ffmpeg> {
  return new Promise((resolve, reject) => {
    const command = findProgram(name);
    if (command === undefined) throw Object.assign(new Error(`${name} is not in PATH`), { code: "ENOENT" });
    const child = spawn(command, args, { stdio: "pipe" });
    child.once("error", reject);
    child.once("spawn", () => resolve(child));
    // ffmpeg may stop reading before the end; whether that is a failure, its exit code tells.
    child.stdin.on("error", () => {});
  });
}

async function feed(stdin: Writable, input: AudioInput, signal?: AbortSignal): Promise<void> {
  for await (const piece of piecesOf(input, signal)) {
    const failed = await new Promise((resolve) => stdin.write(piece, resolve));
    if (failed) break;
  }
  stdin.end();
}

async function collectText(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text = (text + chunk).slice(0, MAX_STDERR);
  return text.trim();
}

async function collectSamples(stream: Readable, name: string): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > 2 * SAMPLE_RATE * MAX_SECONDS) {
      throw new AudioDecodeError(`Cannot decode ${name}: it is longer than ${MAX_SECONDS / 3600} hours`);
    }
  }
  return chunks;
}

async function toFloat32(
  chunks: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const slice = new TimeSlice(signal);
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const samples = new Float32Array(Math.floor(length / 2));
  let written = 0;
  for (const chunk of chunks) {
    writeSamples(chunk, samples, written);
    written += chunk.length;
    await slice.pause();
  }
  return samples;
}

/** Writes 16-bit samples, of which `written` bytes came before: a chunk may begin or end inside a sample. */
function writeSamples(chunk: Uint8Array, samples: Float32Array, written: number): void {
  for (let i = 0, at = written; i < chunk.length; i++, at++) {
    const index = Math.floor(at / 2);
    samples[index] = at % 2 === 0 ? chunk[i] : (chunk[i] << 24 >> 16 | samples[index]) / 32768;
  }
}

function failure(input: AudioInput, exitCode: number | null, stderr: string): AudioDecodeError {
  const how = exitCode === null ? "was killed" : `failed with exit code ${exitCode}`;
  return new AudioDecodeError(
    `Cannot decode ${input.name}: ffmpeg ${how}: ${stderr === "" ? "it gave no reason" : stderr}`,
    { exitCode: exitCode ?? undefined, stderr },
  );
}

function notStarted(
  input: AudioInput,
  format: FileFormat | undefined,
  ffmpeg: string,
  cause: unknown,
): AudioDecodeError {
  const what = format ? `it looks like ${format.name}, which ` : "its format is not known here, so it ";
  const denied = missingPermission(cause);
  const why = denied !== undefined
    ? `and ${denied}`
    : (cause as NodeJS.ErrnoException).code === "ENOENT"
    ? "which was not found; install ffmpeg, or convert the audio to WAV"
    : `which cannot be started: ${(cause as Error).message}`;
  return new AudioDecodeError(
    `Cannot decode ${input.name}: ${what}needs the program ${JSON.stringify(ffmpeg)}, ${why}`,
    {},
    { cause },
  );
}
