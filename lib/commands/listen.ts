/**
 * `sotto listen`: transcribes what comes in on standard input while it comes, from a microphone or another program. What
 * is being said is shown on a terminal, and what was said is printed.
 */
import { join } from "node:path";
import type { LiveOptions, LiveSegment, LoadModelOptions } from "../../mod.ts";
import { expandHome } from "../checkpoint/cache/cache_paths.ts";
import { AudioDecodeError } from "../errors.ts";
import { liveSettings } from "../live/live_options.ts";
import type { OutputFormat } from "../writers/format_transcription.ts";
import { checkUsage, type Command, type Terminal, UsageError } from "./command.ts";
import { LISTEN_FLAGS, type ListenFlags, liveOptionsFrom, outputFormatsFrom } from "./flags/listen_flags.ts";
import { loadOptionsFrom } from "./flags/load_settings.ts";
import { describeFlags, parseFlags } from "./flags/parse_flags.ts";
import { tryOutputFiles } from "./results/output_files.ts";
import { resultPaths, writeResults } from "./results/result_files.ts";
import { LiveLine } from "./terminal/live_line.ts";
import { loadForCommand, loadWhenCalled } from "./terminal/load_for_command.ts";
import { formatSpan } from "./terminal/quantities.ts";
import { warn } from "./terminal/warn.ts";

/** What listening needs of a model. */
export interface ListeningModel extends Disposable {
  stream(audio: ReadableStream<Uint8Array>, options: LiveOptions): AsyncIterable<LiveSegment>;
}

/** Loads a model: `loadModel`. */
export type LoadListeningModel = (source: string, options: LoadModelOptions) => Promise<ListeningModel>;

/** The command. */
export const command: Command = {
  name: "listen",
  summary: "Transcribe what comes in on standard input while it comes",
  usage: `Usage: PROGRAM | sotto listen [FLAG]...

Transcribes sound while it comes in: raw samples, or a file of any format (a WAV file is heard as it comes, others
when they have come). What was said is printed at each pause; a terminal shows it before. Ctrl-C ends it, with what
was said until then; the exit code is 0 then too.

  arecord -f S16_LE -r 16000 | sotto listen --model base
  ffmpeg -i rtsp://camera/door -f s16le -ac 1 -ar 16000 - | sotto listen

${describeFlags(LISTEN_FLAGS)}`,
  flags: LISTEN_FLAGS,
  run: (args, terminal) => listen(args, terminal, loadWhenCalled),
};

/**
 * Transcribes standard input.
 *
 * @returns The exit code.
 * @throws {UsageError} when the command line is wrong, there is no such model, or standard input is a terminal.
 */
export async function listen(
  args: readonly string[],
  terminal: Terminal,
  loadModel: LoadListeningModel,
): Promise<number> {
  const { values: flags, positionals: [word] } = parseFlags(args, LISTEN_FLAGS);
  if (word !== undefined && word !== "-") {
    throw new UsageError(
      `Cannot listen to ${word}: only standard input is heard; sotto ${word} transcribes a file`,
    );
  }
  if (terminal.stdin === undefined) throw new UsageError("Cannot read standard input: there is none");
  const options = {
    ...liveOptionsFrom(flags),
    onWarning(message: string) {
      // What Ctrl-C cut off was meant to be.
      if (!terminal.signal.aborted) warn(terminal, message, LISTEN_FLAGS);
    },
  };
  // A wrong option is found before the model is loaded.
  checkUsage(() => liveSettings(options));
  const sound = terminal.stdin();
  const results = join(expandHome(flags.output_dir), flags.output_name), formats = outputFormatsFrom(flags);
  await tryOutputFiles(resultPaths(results, formats));
  using model = await loadForCommand(flags.model, loadOptionsFrom(flags), terminal, loadModel);
  const segments = await hear(model.stream(untilAborted(sound, terminal.signal), options), flags, terminal);
  await write(segments, results, formats);
  return 0;
}

/** Prints what is said, and gives the segments that are final. */
async function hear(
  stream: AsyncIterable<LiveSegment>,
  { timestamps }: ListenFlags,
  terminal: Terminal,
): Promise<LiveSegment[]> {
  const line = new LiveLine(terminal);
  const segments: LiveSegment[] = [];
  try {
    for await (const segment of stream) {
      const { isFinal, text, stableText } = segment;
      if (!isFinal) {
        line.show(stableText, text.slice(stableText.length));
        continue;
      }
      line.clear();
      if (text === "") continue;
      segments.push(segment);
      terminal.out(timestamps ? `${formatSpan(segment)} ${text}\n` : `${text.trim()}\n`);
    }
  } finally {
    line.clear();
  }
  return segments;
}

async function write(
  segments: readonly LiveSegment[],
  results: string,
  formats: readonly OutputFormat[],
): Promise<void> {
  const text = segments.map(({ text }) => text).join("");
  await writeResults(results, formats, { text, segments, language: segments.at(-1)?.language ?? "en" });
}

/**
 * A stream that ends when a signal is aborted: what has come is still heard. It fails with {@linkcode AudioDecodeError}
 * where it ends by itself and nothing has come.
 */
function untilAborted(stream: ReadableStream<Uint8Array>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  const aborted = Promise.withResolvers<{ readonly done: true }>();
  signal.addEventListener("abort", () => aborted.resolve({ done: true }), { once: true });
  if (signal.aborted) aborted.resolve({ done: true });
  let isEmpty = true;
  return new ReadableStream({
    async pull(controller) {
      const result = await Promise.race([reader.read(), aborted.promise]);
      if (!result.done) {
        isEmpty = false;
        return controller.enqueue(result.value);
      }
      if (isEmpty && !signal.aborted) throw new AudioDecodeError("Cannot decode standard input: it is empty");
      controller.close();
      reader.cancel().catch(() => {});
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
