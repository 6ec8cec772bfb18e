/**
 * Decoding by the `ffmpeg` program, for every format without a decoder here. It gives mono 16-bit samples at
 * 16 kHz, as in `load_audio` of openai/whisper's `audio.py`.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { AudioDecodeError } from "../../errors.ts";
import { CONTAINERS, DANGEROUS } from "./allowed_formats.ts";
import { failure, notStarted } from "./ffmpeg_failures.ts";
import { complaint } from "./ffmpeg_message.ts";
import { findProgram } from "./find_program.ts";
import type { FileFormat } from "../format.ts";
import { MAX_SECONDS, tooLong } from "../limits.ts";
import { SAMPLE_RATE } from "../log_mel_spectrogram.ts";
import type { Hearing, PieceOptions, Recording } from "../recording/recording.ts";
import type { AudioInput } from "../input/audio_input.ts";
import { piecesOf, writeTemporaryFile } from "../input/temporary_file.ts";

/** What {@linkcode openWithFfmpeg} may be told. */
export interface FfmpegOptions {
  /**
   * The program: a name looked for in `PATH`, or a path.
   *
   * @default {"ffmpeg"}
   */
  readonly ffmpeg?: string;
  /** Which of several audio tracks is heard, from 0. Default: the one that ffmpeg takes. */
  readonly audioTrack?: number;
  /** Why it is not decoded here, where its format is: what follows "but". */
  readonly why?: string;
  /**
   * Whether that is a reason for every program, so that none is advised.
   *
   * @default {false}
   */
  readonly isHopeless?: boolean;
  /** Stops the writing of a temporary file. */
  readonly signal?: AbortSignal;
  /** Told when a temporary file cannot be removed. */
  readonly onWarning?: (message: string) => void;
}

type Ffmpeg = ChildProcessByStdio<Writable, Readable, Readable>;

/** Formats that ffmpeg must be able to seek in: their index may stand at the end. */
const SEEKING_FORMATS: readonly (string | undefined)[] = ["mp4", "mxf", "wtv"];

/** How much of what ffmpeg prints is kept, in characters. */
const MAX_STDERR = 4096;

/**
 * Opens audio of any format that ffmpeg knows; it runs when the samples are asked for. The recording disposes the
 * input. Requires `--allow-run=ffmpeg` and `--allow-env` permission, and `--allow-write` to the temporary folder for
 * MP4 and QuickTime that is not a file.
 *
 * @param format What the audio seems to be, for the message.
 * @throws {AudioDecodeError} when a temporary file is needed and cannot be written. The recording throws it when
 * there is no ffmpeg, or it fails.
 */
export async function openWithFfmpeg(
  input: AudioInput,
  format: FileFormat | undefined,
  options: FfmpegOptions = {},
): Promise<Recording> {
  const file = input.path === undefined && SEEKING_FORMATS.includes(format?.id)
    ? await writeTemporaryFile(input, options)
    : undefined;
  const run = (output: readonly string[], pieceOptions: PieceOptions) =>
    runAllowed({ input, format, path: file?.path ?? input.path, output, options, ...pieceOptions });
  return {
    name: input.name,
    countChannels: async (signal) => await countChannels(run(WAV_HEAD, { signal }), input.name),
    pieces: (hearing, pieceOptions = {}) =>
      samplesOf(run([...RAW, ...channelArguments(hearing)], pieceOptions), input.name),
    async [Symbol.asyncDispose]() {
      await file?.[Symbol.asyncDispose]();
      await input[Symbol.asyncDispose]();
    },
  };
}

/** The arguments that ask for samples, and for the beginning of a WAV file, whose header counts the channels. */
const RAW = ["-f", "s16le"];
const WAV_HEAD = ["-t", "0.1", "-f", "wav"];
/** Where a WAV file of ffmpeg's has the number of its channels. */
const CHANNELS_AT = 22;

/** The arguments that make one channel of those that there are. */
function channelArguments(hearing: Hearing): string[] {
  return hearing === "mix" ? ["-ac", "1"] : ["-af", `pan=mono|c0=c${hearing}`];
}

/** One run of the program. */
interface Run extends PieceOptions {
  readonly input: AudioInput;
  readonly format: FileFormat | undefined;
  /** The file it reads; without one it is given the bytes. */
  readonly path: string | undefined;
  /** The arguments for what it writes. */
  readonly output: readonly string[];
  readonly options: FfmpegOptions;
}

/** Lets ffmpeg read the formats that people have, and any other that it recognises if that is not dangerous. */
async function* runAllowed(run: Run): AsyncGenerator<Uint8Array> {
  try {
    return yield* runProgram(run, CONTAINERS);
  } catch (error) {
    const recognised = /\[([\w,]+) @ \w+\] Format not on whitelist/.exec(
      (error as AudioDecodeError).stderr ?? "",
    )?.[1];
    if (recognised === undefined) throw error;
    const danger = recognised.split(",").map((name) => DANGEROUS.get(name)).find((why) => why !== undefined);
    if (danger === undefined) return yield* runProgram(run, `${CONTAINERS},${recognised}`);
    const { exitCode, stderr } = error as AudioDecodeError;
    throw new AudioDecodeError(
      `Cannot decode ${run.input.name}: ffmpeg takes it for ${danger} (format ${recognised}); such files are not ` +
        "followed, pass the sound itself",
      { exitCode, stderr },
      { cause: error },
    );
  }
}

/** Runs the program and gives what it writes; leaving it stops the program. */
async function* runProgram(
  { input, format, path, output, options, signal, onWarning }: Run,
  containers: string,
): AsyncGenerator<Uint8Array> {
  const { ffmpeg = "ffmpeg", audioTrack } = options;
  signal?.throwIfAborted();
  // A named protocol: no path can pass for an option, an address or a pattern.
  const [protocol, source] = path === undefined ? ["pipe", "pipe:0"] : ["file", `file:${path}`];
  const args = ["-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "0"];
  args.push("-protocol_whitelist", protocol, "-format_whitelist", containers, "-i", source);
  if (audioTrack !== undefined) args.push("-map", `0:a:${audioTrack}`);
  args.push(...output, "-acodec", "pcm_s16le", "-ar", String(SAMPLE_RATE), "pipe:1");
  const child = await start(ffmpeg, args).catch((cause) => {
    throw notStarted(input, format, options, cause);
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort();
    child.kill("SIGKILL");
    // A wrapper script may leave a child of its own that holds them open.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  };
  signal?.addEventListener("abort", stop, { once: true });
  const messages = collectText(child.stderr);
  const fed = path === undefined ? feed(child.stdin, input, stopping.signal) : void child.stdin.end();
  // Whoever waits for them is told of what went wrong; until then nobody is.
  for (const promise of [messages, fed]) promise?.catch(() => {});
  let isOver = false;
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>;
    const [exitCode, stderr] = await Promise.all([ended, messages, fed]);
    isOver = true;
    signal?.throwIfAborted();
    if (exitCode !== 0) throw failure(input, format, options, { exitCode, stderr });
    const damage = complaint(stderr);
    if (damage !== undefined) {
      onWarning?.(`${input.name} is damaged, what could be read is heard. ffmpeg says: ${damage}`);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    if (!isOver) stop();
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

async function feed(stdin: Writable, input: AudioInput, signal: AbortSignal): Promise<void> {
  for await (const piece of piecesOf(input)) {
    if (signal.aborted) return;
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

/** Makes samples of the program's 16-bit ones: a chunk may begin or end inside a sample. */
async function* samplesOf(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Float32Array> {
  let length = 0;
  let odd: number | undefined;
  let memory = new Float32Array(0);
  for await (const chunk of chunks) {
    const bytes = odd === undefined ? chunk : Uint8Array.of(odd, ...chunk);
    odd = bytes.length % 2 === 1 ? bytes[bytes.length - 1] : undefined;
    if (memory.length < bytes.length >> 1) memory = new Float32Array(bytes.length >> 1);
    const samples = memory.subarray(0, bytes.length >> 1);
    for (let i = 0; i < samples.length; i++) {
      samples[i] = (bytes[2 * i + 1] << 24 >> 16 | bytes[2 * i]) / 32768;
    }
    length += samples.length;
    if (length > SAMPLE_RATE * MAX_SECONDS) throw tooLong(name);
    yield samples;
  }
}

/** Reads the number of channels from the header of a WAV file. */
async function countChannels(chunks: AsyncIterable<Uint8Array>, name: string): Promise<number> {
  let head: number[] = [];
  for await (const chunk of chunks) {
    head = [...head, ...chunk.subarray(0, CHANNELS_AT + 2)];
    if (head.length >= CHANNELS_AT + 2) return head[CHANNELS_AT] + 256 * head[CHANNELS_AT + 1];
  }
  throw new AudioDecodeError(`Cannot decode ${name}: it holds no samples`);
}
