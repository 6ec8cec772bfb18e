/**
 * Decoding by the `ffmpeg` program, for every format without a decoder here. It gives mono 16-bit samples at
 * 16 kHz, as in `load_audio` of openai/whisper's `audio.py`.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Readable, Writable } from "node:stream";
import { missingPermission } from "../../ffi/permission.ts";
import { AudioDecodeError } from "../errors.ts";
import { path as pathFunctions } from "../std.ts";
import type { FileFormat } from "./format.ts";
import { MAX_SECONDS } from "./limits.ts";
import { SAMPLE_RATE } from "./log_mel_spectrogram.ts";
import type { AudioInput } from "./source.ts";
import { TimeSlice } from "../async/time_slice.ts";

/** What {@linkcode decodeWithFfmpeg} may be told. */
export interface FfmpegOptions {
  /**
   * The program: a name looked for in `PATH`, or a path.
   *
   * @default {"ffmpeg"}
   */
  readonly ffmpeg?: string;
  /** Stops the program. */
  readonly signal?: AbortSignal;
}

type Ffmpeg = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * The containers ffmpeg may read: those that hold their sound themselves. Playlists, which name other files
 * and addresses to open, are not among them.
 */
const CONTAINERS = "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,g722,g729," +
  "gsm,iff,ircam,loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,nistsphere,ogg,oma,qcp,rm,sbc,shn,sln,sox,tak," +
  "truehd,tta,voc,w64,wav,webm,wv,xwma";

/** Bytes given to ffmpeg, or written to a temporary file, at a time. */
const PIECE = 1 << 20;
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
  if (input.path !== undefined) return await run(input, format, input.path, options);
  // The index of an MP4 may stand at its end, so ffmpeg must be able to seek in it.
  if (format?.id !== "mp4") return await run(input, format, undefined, options);
  const { dirname } = await pathFunctions();
  const path = await writeTemporaryFile(input, options.signal);
  try {
    return await run(input, format, path, options);
  } finally {
    await rm(dirname(path), { recursive: true, force: true });
  }
}

/** Copies the input to a file in a folder of its own, and gives its path. */
async function writeTemporaryFile(input: AudioInput, signal?: AbortSignal): Promise<string> {
  const { join } = await pathFunctions();
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(tmpdir(), "sotto-"));
    const path = join(folder, "audio");
    await using file = await open(path, "wx", 0o600);
    for await (const piece of pieces(input, signal)) await file.writeFile(piece);
    return path;
  } catch (cause) {
    if (folder) await rm(folder, { recursive: true, force: true });
    signal?.throwIfAborted();
    const why = missingPermission(cause) ?? (cause as Error).message;
    throw new AudioDecodeError(
      `Cannot decode ${input.name}: ffmpeg needs it as a file, and no temporary one can be written: ${why}`,
      {},
      { cause },
    );
  }
}

async function run(
  input: AudioInput,
  format: FileFormat | undefined,
  path: string | undefined,
  { ffmpeg = "ffmpeg", signal }: FfmpegOptions,
): Promise<Float32Array<ArrayBuffer>> {
  signal?.throwIfAborted();
  // A named protocol: no path can pass for an option, an address or a pattern.
  const [protocol, source] = path === undefined ? ["pipe", "pipe:0"] : ["file", `file:${path}`];
  const args = ["-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "0"];
  args.push("-protocol_whitelist", protocol, "-format_whitelist", CONTAINERS, "-i", source);
  args.push("-f", "s16le", "-ac", "1", "-acodec", "pcm_s16le", "-ar", String(SAMPLE_RATE), "pipe:1");
  const child = await start(ffmpeg, args).catch((cause) => {
    throw notStarted(input, format, ffmpeg, cause);
  });
  const stop = () => {
    child.kill("SIGKILL");
    // A wrapper script may leave a child of its own that holds them open.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const [exitCode, stderr, chunks] = await Promise.all([
      new Promise<number | null>((resolve) => child.once("close", resolve)),
      collectText(child.stderr),
      collectSamples(child.stdout, input.name),
      path === undefined ? feed(child.stdin, input, signal) : child.stdin.end(),
    ]);
    signal?.throwIfAborted();
    if (exitCode !== 0) throw failure(input, exitCode, stderr);
    return await toFloat32(chunks, signal);
  } catch (error) {
    stop();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function start(command: string, args: readonly string[]): Promise<Ffmpeg> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "pipe" });
    child.once("error", reject);
    child.once("spawn", () => resolve(child));
    // ffmpeg may stop reading before the end; whether that is a failure, its exit code tells.
    child.stdin.on("error", () => {});
  });
}

async function feed(stdin: Writable, input: AudioInput, signal?: AbortSignal): Promise<void> {
  for await (const piece of pieces(input, signal)) {
    const failed = await new Promise((resolve) => stdin.write(piece, resolve));
    if (failed) break;
  }
  stdin.end();
}

async function* pieces(input: AudioInput, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < input.size; offset += PIECE) {
    signal?.throwIfAborted();
    yield await input.read(offset, PIECE);
  }
}

async function collectText(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) text = (text + chunk).slice(-MAX_STDERR);
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
