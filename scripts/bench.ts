#!/usr/bin/env -S deno run -A
/**
 * Measures Sotto on both runtimes beside its peers, alternately, each in a process of its own. `--help` tells the
 * options.
 *
 *     deno task bench [options]        (or: bun scripts/bench.ts [options])
 */
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import process from "node:process";
import { benchFormats, formatFormats } from "./bench/formats.ts";
import { benchMemory, formatMemory } from "./bench/memory.ts";
import { type BenchOptions, HELP, parseOptions, type Work } from "./bench/options.ts";
import { benchParts, formatParts } from "./bench/parts.ts";
import { clip, openRecording, type Recording, spokenRecording } from "./bench/recordings.ts";
import {
  compareRows,
  figuresOf,
  formatComparisons,
  formatGrowth,
  formatMany,
  formatRows,
} from "./bench/report.ts";
import { type Row, runRounds, type Task } from "./bench/rounds.ts";
import { ourSystem, peerSystem, type System } from "./bench/systems.ts";

/** Seconds of the long recording; it comes out at 402. */
const LONG_SECONDS = 400;

/** What one kind of work gives: for people and for programs. */
interface Result {
  readonly text: string;
  readonly json: unknown;
}

function report(text: string): void {
  console.error(`bench: ${text}`);
}

function rowsResult(title: string, rows: readonly Row[]): Result {
  const comparisons = compareRows(rows);
  return {
    text: [formatRows(title, rows), ...comparisons.length > 0 ? [formatComparisons(comparisons)] : []].join(
      "\n\n",
    ),
    json: {
      rows: rows.map((row) => ({
        system: row.system,
        ...row.variant,
        unsupported: row.unsupported,
        ...row.measurements.length > 0 && figuresOf(row),
        rounds: row.measurements,
      })),
      comparisons,
    },
  };
}

async function runWork(work: Work, options: BenchOptions): Promise<Result> {
  const { model, variants, rounds, threads, words, verify, audioContext } = options;
  const ours = options.runtimes.map((runtime) => ourSystem(runtime, model));
  const all = [...ours, ...options.peers.map((peer) => peerSystem(peer, model))];
  const own = options.audio && openRecording(resolve(options.audio.path), options.audio.text);
  const base: Task = { threads, words, verify, audioContext, repeat: 1, secondLoad: false };
  const run = (systems: readonly System[], recording: Recording, task: Task) =>
    runRounds(systems, variants, recording, task, { rounds, report });
  switch (work) {
    case "start":
      return rowsResult("process start to text", await run(all, own ?? clip(), base));
    case "clip":
      return rowsResult("clip", await run(all, own ?? clip(), { ...base, repeat: 3, secondLoad: true }));
    case "long":
      return rowsResult("long recording", await run(all, own ?? spokenRecording(LONG_SECONDS), base));
    case "many": {
      const rows = await run(ours, own ?? clip(), { ...base, atOnce: 8 });
      return { text: formatMany(rows), json: rowsResult("many", rows).json };
    }
    case "linear": {
      const rows: Row[] = [];
      for (const length of options.minutes) rows.push(...await run(ours, spokenRecording(60 * length), base));
      return { text: formatGrowth(rows), json: rowsResult("linear", rows).json };
    }
    case "memory": {
      const measured = await benchMemory(ours, { ...base, ...variants[0], audio: (own ?? clip()).path });
      return { text: formatMemory(measured), json: measured };
    }
    case "parts": {
      const measured = await benchParts(options.runtimes, {
        model,
        audio: (own ?? clip()).path,
        rounds,
        threads,
      });
      return { text: formatParts(measured), json: measured };
    }
    case "formats": {
      const measured = benchFormats(options.runtimes, own ?? spokenRecording(LONG_SECONDS), {
        model,
        rounds,
        threads,
        precision: variants[0].precision,
      });
      return { text: formatFormats(measured), json: measured };
    }
    case "download": {
      const { benchDownload, formatDownload } = await import("./bench/download.ts");
      const measured = await benchDownload(rounds);
      return { text: formatDownload(measured), json: measured };
    }
  }
}

async function main(args: readonly string[]): Promise<void> {
  const given = parseOptions(args);
  // Runners run elsewhere: a path is made whole, a name stays one.
  const options = { ...given, model: existsSync(given.model) ? resolve(given.model) : given.model };
  if (options.help) return console.log(HELP);
  if (options.setup) {
    const { setUpPeers } = await import("./bench/setup.ts");
    await setUpPeers(options.peers, options.model, report);
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "an unknown processor"}`;
  const { model, rounds, threads } = options;
  if (!options.json) console.log(`${machine}; ${model}, ${threads} threads, lowest of ${rounds} rounds`);
  const results: Partial<Record<Work, unknown>> = {};
  for (const work of options.only) {
    report(work);
    const { text, json } = await runWork(work, options);
    results[work] = json;
    if (!options.json) console.log(`\n${text}`);
  }
  if (options.json) console.log(JSON.stringify({ machine, model, threads, rounds, ...results }));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
  console.error(`${error.message} (--help tells the options)`);
  process.exitCode = 2;
}
