#!/usr/bin/env -S deno run -A
/**
 * Puts a server under load: many clients with clips of mixed lengths against one process with tiny.en, between two
 * spells of one client alone. Prints latencies by the clip's length, throughput, memory, and how late a timer of 5 ms
 * was in the server; beside it how late the same timer was in a process that does nothing else: what it waits for a
 * core, the server's timer waits too. The last it prints is the table of README.
 *
 *     deno run -A scripts/load_server.ts [--clients 64] [--seconds 180] [--alone 30] [--precision float32]
 *       [--audio-context full]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { listen } from "../lib/http/node/listen.ts";
import { createHandler } from "../lib/server.ts";
import { quantile } from "./bench/statistics.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../tests/fixtures/${name}`, import.meta.url));

const { values: flags } = parseArgs({
  options: {
    clients: { type: "string", default: "64" },
    seconds: { type: "string", default: "180" },
    alone: { type: "string", default: "30" },
    precision: { type: "string", default: "float32" },
    "audio-context": { type: "string", default: "full" },
    server: { type: "boolean", default: false },
    idle: { type: "boolean", default: false },
  },
});

/** Seconds of the clips, all from one recording. */
const LENGTHS = [2.5, 5, 11, 27];

/** Milliseconds of the timer, and between two lines of a process that is watched. */
const TICK = 5;
const TELL_EVERY = 5000;

/** What a process under watch tells. */
interface Told {
  readonly port: number;
  /** Milliseconds that the timer was late, since the line before. */
  readonly late: readonly number[];
  /** Resident bytes. */
  readonly memory: number;
}

/** Tells on stdout how late a timer is and how much memory the process holds, in lines of JSON. */
function watch(port: number): void {
  let last = performance.now();
  let late: number[] = [];
  setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, Math.round(now - last - TICK)));
    last = now;
  }, TICK);
  const tell = () => {
    console.log(JSON.stringify({ port, late, memory: process.memoryUsage().rss }));
    late = [];
  };
  tell();
  setInterval(tell, TELL_EVERY);
}

async function serve(): Promise<void> {
  const models = { "tiny.en": fixture("tiny.en.pt") };
  const load = { precision: flags.precision as "float32" };
  const handler = createHandler({ models, load, preload: true, maxRequests: 256 });
  await handler.ready;
  const { port } = await listen(handler, {
    host: "127.0.0.1",
    port: 0,
    headersTimeout: 15,
    requestTimeout: 600,
  });
  watch(port);
}

/** A process of this script that is watched. */
class Watched implements Disposable {
  #told: Told[] = [];
  #child: ChildProcess;
  /** The first line it told. */
  readonly ready: Promise<Told>;

  constructor(flag: "--server" | "--idle") {
    const runtime = "Deno" in globalThis ? ["run", "-A", "--quiet"] : [];
    const args = [...runtime, fileURLToPath(import.meta.url), flag, "--precision", flags.precision];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const first = Promise.withResolvers<Told>();
    this.ready = first.promise;
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      this.#told.push(JSON.parse(line));
      first.resolve(this.#told[0]);
    });
  }

  /** What it has told since it was asked last. */
  take(): readonly Told[] {
    return this.#told.splice(0);
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

interface Spell {
  /** Seconds of each answer, by the length of its clip in seconds. */
  readonly latencies: ReadonlyMap<number, readonly number[]>;
  readonly audioSeconds: number;
  readonly seconds: number;
  readonly statuses: ReadonlyMap<number, number>;
}

/** The recording's first seconds, with a header of its own. */
function clipOf(seconds: number): Blob {
  const wav = readFileSync(fixture("sense.wav"));
  const header = new Uint8Array(wav.subarray(0, 44));
  const bytes = Math.floor(seconds * 16_000) * 2;
  const view = new DataView(header.buffer);
  view.setUint32(4, 36 + bytes, true);
  view.setUint32(40, bytes, true);
  return new Blob([header, new Uint8Array(wav.subarray(44, 44 + bytes))]);
}

async function ask(base: string, clip: Blob): Promise<number> {
  const form = new FormData();
  form.append("file", clip, "clip.wav");
  form.append("audioContext", flags["audio-context"]);
  const response = await fetch(`${base}/v1/audio/transcriptions`, { method: "POST", body: form });
  await response.text();
  if (response.status === 429) {
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get("retry-after"))));
  }
  return response.status;
}

/** Lets clients ask one thing after the other for a while. */
async function spell(base: string, clients: number, seconds: number): Promise<Spell> {
  const clips = LENGTHS.map((length) => [length, clipOf(length)] as const);
  const latencies = new Map(LENGTHS.map((length) => [length, [] as number[]]));
  const statuses = new Map<number, number>();
  let audioSeconds = 0;
  const started = performance.now();
  const over = started + seconds * 1000;
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    for (let i = client; performance.now() < over; i++) {
      const [length, clip] = clips[i % clips.length];
      const asked = performance.now();
      const status = await ask(base, clip);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status !== 200) continue;
      latencies.get(length)!.push((performance.now() - asked) / 1000);
      audioSeconds += length;
    }
  }));
  return { latencies, audioSeconds, seconds: (performance.now() - started) / 1000, statuses };
}

/** Seconds below which 50, 95 and 99 % of the answers came. */
function percentiles(values: readonly number[] = []): string {
  return [0.5, 0.95, 0.99].map((share) => {
    const seconds = quantile(values, share);
    return seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(0);
  }).join(", ");
}

function report(name: string, { latencies, audioSeconds, seconds, statuses }: Spell): void {
  console.log(
    `${name}: ${(audioSeconds / seconds).toFixed(2)} s of audio a second, ` +
      `answers ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(", ")}`,
  );
  for (const [length, values] of latencies) {
    console.log(`  clips of ${length} s: ${values.length} answers, p50, p95, p99 ${percentiles(values)} s`);
  }
}

/** A spell, and what the processes that were watched meanwhile told. */
interface Measured extends Spell {
  readonly late: readonly number[];
  readonly memory: readonly number[];
}

function lateness(told: readonly Told[]): number[] {
  return told.flatMap(({ late }) => late);
}

function reportTimer(name: string, late: readonly number[]): void {
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => quantile(late, share));
  console.log(`  timer of ${TICK} ms ${name}: late by p50 ${p50}, p99 ${p99}, at most ${most} ms`);
}

/** Takes the spells of one client as one. */
function joined(one: Measured, other: Measured): Measured {
  return {
    latencies: new Map(LENGTHS.map((length) => [
      length,
      [...one.latencies.get(length)!, ...other.latencies.get(length)!],
    ])),
    audioSeconds: one.audioSeconds + other.audioSeconds,
    seconds: one.seconds + other.seconds,
    statuses: other.statuses,
    late: [...one.late, ...other.late],
    memory: [...one.memory, ...other.memory],
  };
}

/** Prints the table of README: seconds to the answer, and what else there is to know. */
function printTable(columns: ReadonlyMap<string, Measured>): void {
  const runtime = "Deno" in globalThis ? "Deno" : "Bun";
  const row = (name: string, tell: (spell: Measured) => string) => [name, ...[...columns.values()].map(tell)];
  const rows = [
    [runtime, ...columns.keys()],
    ...LENGTHS.map((length) =>
      row(`clip of ${length} s`, ({ latencies }) => percentiles(latencies.get(length)))
    ),
    row("sound a second", ({ audioSeconds, seconds }) => `${(audioSeconds / seconds).toFixed(1)} s`),
    row("timer late, p99 and most", ({ late }) => `${quantile(late, 0.99)}, ${quantile(late, 1)} ms`),
    row(
      "memory, first, last and most",
      ({ memory }) =>
        [memory[0], memory.at(-1)!, Math.max(...memory)].map((bytes) => Math.round(bytes / 1e6)).join(", ") +
        " MB",
    ),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const line = (cells: readonly string[], fill = " ") =>
    console.log(`| ${cells.map((cell, column) => cell.padEnd(widths[column], fill)).join(" | ")} |`);
  line(rows[0]);
  line(widths.map(() => ""), "-");
  for (const cells of rows.slice(1)) line(cells);
}

async function main(): Promise<void> {
  using server = new Watched("--server");
  using idle = new Watched("--idle");
  const base = `http://127.0.0.1:${(await server.ready).port}`;
  await idle.ready;
  const nameOf = (clients: number) => clients === 1 ? "one client" : `${clients} clients`;
  const measure = async (clients: number, seconds: number): Promise<Measured> => {
    server.take();
    idle.take();
    const done = await spell(base, clients, seconds);
    const told = server.take(), late = lateness(told), memory = told.map(({ memory }) => memory);
    report(nameOf(clients), done);
    reportTimer("in the server", late);
    reportTimer("in an idle process", lateness(idle.take()));
    console.log(`  memory, MB: ${memory.map((bytes) => Math.round(bytes / 1e6)).join(" ")}`);
    return { ...done, late, memory };
  };
  await spell(base, 2, 5); // Warms up.
  const before = await measure(1, Number(flags.alone));
  const many = await measure(Number(flags.clients), Number(flags.seconds));
  const after = await measure(1, Number(flags.alone));
  printTable(new Map([[nameOf(1), joined(before, after)], [nameOf(Number(flags.clients)), many]]));
}

if (flags.server) await serve();
else if (flags.idle) watch(0);
else await main();
