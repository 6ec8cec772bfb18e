/** The command line of the benchmark. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { PEER_NAMES } from "./systems.ts";

/** The kinds of work, in the order they are done. */
export const WORKS = [
  "start",
  "clip",
  "long",
  "many",
  "linear",
  "memory",
  "parts",
  "formats",
  "download",
] as const;

/** A kind of work; `HELP` says what each is. */
export type Work = typeof WORKS[number];

/** One way of decoding that every system is asked for. */
export interface Variant {
  readonly precision: string;
  readonly beam: number;
  readonly batch: number;
}

/** What the benchmark was told. */
export interface BenchOptions {
  readonly only: readonly Work[];
  readonly peers: readonly string[];
  readonly runtimes: readonly string[];
  readonly model: string;
  readonly variants: readonly Variant[];
  /** A recording of one's own, and the path of its text. */
  readonly audio?: { readonly path: string; readonly text: string };
  readonly rounds: number;
  /** Lengths of the recordings that show how cost grows. */
  readonly minutes: readonly number[];
  readonly threads: number;
  readonly words: boolean;
  readonly verify?: string;
  readonly audioContext?: string;
  readonly json: boolean;
  readonly setup: boolean;
  readonly help: boolean;
}

export const HELP =
  `Measures Sotto on Deno and on Bun beside its peers, alternately, each in a process of its own.

    deno task bench [--only WORK,…] [options]        (or: bun scripts/bench.ts …)

Work (default: start,clip,long):
  start      from the start of a process to the text of an 11 s clip
  clip       the clip: load, second load, first text, transcribe
  long       a recording of 402 s that never repeats (needs Debian's flite and fortunes)
  many       the clip eight times one after the other, and all at once (Sotto only)
  linear     how time and memory grow with the recording: 1, 5 and 20 minutes (Sotto only, needs the same)
  memory     what eight processes with one model take (Sotto only, Linux)
  parts      hash, decode, resample, mel, encoder, decoder step, picking tokens, word alignment (Sotto only)
  formats    decoding of each format, and what it adds to a transcription (Sotto only, needs ffmpeg and the same)
  download   downloading and verifying a checkpoint beside curl and openssl
  all        everything

Options:
  --peers NAME,…       of ${PEER_NAMES.join(", ")}; "none" (default: all)
  --runtimes NAME,…    of deno, bun (default: both)
  --model NAME         an official name or a path (default: base)
  --precision NAME,…   float32, int8 (default: float32)
  --beam N,…           1 is greedy (default: 1)
  --batch N,…          windows decoded together; 0 is one after the other (default: 0)
  --audio FILE TEXT    a recording instead of the clip and the long one (16 kHz mono WAV), and the file of its text
  --rounds N           (default: 5)
  --minutes N,…        of the recordings of "linear" (default: 1,5,20)
  --threads N          (default: one a core)
  --words              with word timestamps
  --verify WHEN        given to Sotto: always, once, never
  --audio-context C    given to Sotto: full, fit
  --json               one object on standard output instead of tables
  --setup              makes the environments and the weights of the peers first, under the cache's sotto-bench
`;

/**
 * Reads the arguments.
 *
 * @throws {TypeError | RangeError} that names the argument, what was found and what is wanted.
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: "string", default: "start,clip,long" },
      peers: { type: "string", default: PEER_NAMES.join(",") },
      runtimes: { type: "string", default: "deno,bun" },
      model: { type: "string", default: "base" },
      precision: { type: "string", default: "float32" },
      beam: { type: "string", default: "1" },
      batch: { type: "string", default: "0" },
      audio: { type: "string" },
      rounds: { type: "string", default: "5" },
      minutes: { type: "string", default: "1,5,20" },
      threads: { type: "string", default: String(availableParallelism()) },
      words: { type: "boolean", default: false },
      verify: { type: "string" },
      "audio-context": { type: "string" },
      json: { type: "boolean", default: false },
      setup: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [text, ...rest] = positionals;
  if (rest.length > 0 || (text !== undefined) !== (values.audio !== undefined)) {
    throw new TypeError(
      `Cannot benchmark: found ${positionals.length} arguments without a name, wanted --audio FILE TEXT or none`,
    );
  }
  const precisions = values.precision.split(",");
  const beams = counts("beam", values.beam, 1);
  const batches = counts("batch", values.batch, 0);
  return {
    only: values.only === "all" ? WORKS : names("only", values.only, WORKS),
    peers: values.peers === "none" ? [] : names("peers", values.peers, PEER_NAMES),
    runtimes: names("runtimes", values.runtimes, ["deno", "bun"]),
    model: values.model,
    variants: precisions.flatMap((precision) =>
      beams.flatMap((beam) => batches.map((batch) => ({ precision, beam, batch })))
    ),
    audio: values.audio === undefined ? undefined : { path: values.audio, text },
    rounds: counts("rounds", values.rounds, 1)[0],
    minutes: counts("minutes", values.minutes, 1),
    threads: counts("threads", values.threads, 1)[0],
    words: values.words,
    verify: values.verify,
    audioContext: values["audio-context"],
    json: values.json,
    setup: values.setup,
    help: values.help,
  };
}

function names<T extends string>(option: string, list: string, known: readonly T[]): T[] {
  return list.split(",").map((name) => {
    const found = known.find((value) => value === name);
    if (found !== undefined) return found;
    throw new RangeError(`Cannot benchmark: --${option} is "${name}", wanted of ${known.join(", ")}`);
  });
}

function counts(option: string, list: string, least: number): number[] {
  return list.split(",").map((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least) return value;
    throw new RangeError(`Cannot benchmark: --${option} is "${text}", wanted whole numbers from ${least} on`);
  });
}
