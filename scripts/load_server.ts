#!/usr/bin/env -S deno run -A
/**
 * Puts a server under load: many clients with clips of mixed lengths against one process with tiny.en, between two
 * spells of one client alone. Prints latencies, throughput, memory, and how late a timer of 5 ms was in the server.
 *
 *     deno run -A scripts/load_server.ts [--clients 64] [--seconds 180] [--alone 30] [--precision float32]
 *       [--audio-context full]
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { listen } from "../lib/http/listen.ts";
import { createHandler } from "../lib/server.ts";

const fixture = (name: string) => fileURLToPath(new URL(`../tests/fixtures/${name}`, import.meta.url));

const { values: flags } = parseArgs({
  options: {
    clients: { type: "string", default: "64" },
    seconds: { type: "string", default: "180" },
    alone: { type: "string", default: "30" },
    precision: { type: "string", default: "float32" },
    "audio-context": { type: "string", default: "full" },
    server: { type: "boolean", default: false },
  },
});

/** Seconds of the clips, all from one recording. */
const LENGTHS = [2.5, 5, 11, 27];

/** Milliseconds between two looks at the clock and at the memory. */
const TICK = 5;
const MEMORY_EVERY = 5000;

/** The server: it tells on stdout how late its timer was and how much memory it holds, in lines of JSON. */
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
  let last = performance.now();
  let latest = 0;
  setInterval(() => {
    const now = performance.now();
    latest = Math.max(latest, now - last - TICK);
    last = now;
  }, TICK);
  const tell = () => {
    console.log(JSON.stringify({ port, drift: latest, memory: process.memoryUsage().rss }));
    latest = 0;
  };
  tell();
  setInterval(tell, MEMORY_EVERY);
}

interface Told {
  readonly port: number;
  readonly drift: number;
  readonly memory: number;
}

interface Spell {
  readonly latencies: number[];
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
  const latencies: number[] = [];
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
      latencies.push((performance.now() - asked) / 1000);
      audioSeconds += length;
    }
  }));
  return { latencies, audioSeconds, seconds: (performance.now() - started) / 1000, statuses };
}

function report(name: string, { latencies, audioSeconds, seconds, statuses }: Spell): void {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(1);
  console.log(
    `${name}: ${sorted.length} requests, ${(audioSeconds / seconds).toFixed(2)} s of audio a second, ` +
      `latency p50 ${at(0.5)} p90 ${at(0.9)} p99 ${at(0.99)} s, statuses ${JSON.stringify([...statuses])}`,
  );
}

async function main(): Promise<void> {
  const runtime = "Deno" in globalThis ? ["run", "-A", "--quiet"] : [];
  const args = [...runtime, fileURLToPath(import.meta.url), "--server", "--precision", flags.precision];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const told: Told[] = [];
  const first = Promise.withResolvers<Told>();
  child.stdout.on("data", (bytes: Uint8Array) => {
    for (const line of new TextDecoder().decode(bytes).trim().split("\n")) told.push(JSON.parse(line));
    first.resolve(told[0]);
  });
  const base = `http://127.0.0.1:${(await first.promise).port}`;
  const megabytes = () => Math.round(told.at(-1)!.memory / 1e6);
  await spell(base, 2, 5); // Warms up.
  report("one client", await spell(base, 1, Number(flags.alone)));
  console.log(
    `timer of 5 ms at most ${Math.max(...told.slice(1).map(({ drift }) => drift)).toFixed(0)} ms late`,
  );
  const from = told.length;
  const warm = megabytes();
  const loaded = await spell(base, Number(flags.clients), Number(flags.seconds));
  report(`${flags.clients} clients`, loaded);
  const memories = told.slice(from).map(({ memory }) => Math.round(memory / 1e6));
  const drifts = told.slice(from).map(({ drift }) => drift);
  console.log(`timer of 5 ms at most ${Math.max(...drifts).toFixed(0)} ms late`);
  console.log(`memory ${warm} MB before, then every 5 s ${memories.join(" ")} MB`);
  report("one client", await spell(base, 1, Number(flags.alone)));
  child.kill();
}

await (flags.server ? serve() : main());
