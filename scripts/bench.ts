#!/usr/bin/env -S deno run --allow-read --allow-write --allow-net=127.0.0.1 --allow-run --allow-env
/**
 * Measures the download and the re-verification of a checkpoint against `curl` and `openssl`, in turn, in one
 * run, over loopback. Prints medians and ratios: above 1 is faster than the tools.
 *
 * Usage: deno run -A scripts/bench.ts [FILE] [ROUNDS]      (or: bun scripts/bench.ts …)
 */
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { fetchCheckpoint } from "../lib/checkpoint/fetch_checkpoint.ts";

const MEBIBYTE = 1 << 20;

/** Serves a file in a process of its own, so that client and server do not share a thread. */
async function serve(file: string): Promise<void> {
  const { size } = await stat(file);
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": size });
    pipeline(createReadStream(file, { highWaterMark: MEBIBYTE }), response).catch(() => {});
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
  await once(server, "close");
}

async function makeFile(path: string, mebibytes: number): Promise<void> {
  const handle = await open(path, "w");
  for (let count = 0; count < mebibytes; count++) await handle.write(randomBytes(MEBIBYTE));
  await handle.close();
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

async function time(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

async function bench(folder: string, file: string, rounds: number): Promise<void> {
  const [size, sha256] = [(await stat(file)).size, await hashOf(file)];
  const flags = "Deno" in globalThis ? ["run", "-A", "-q"] : [];
  const server = spawn(process.execPath, [...flags, fileURLToPath(import.meta.url), "--serve", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = await once(server.stdout, "data");
  const url = new URL(`http://127.0.0.1:${String(port).trim()}/bench.pt`);
  const [theirs, ours] = [join(folder, "curl.pt"), join(folder, "bench.pt")];
  const seconds: Record<string, number[]> = { curl: [], download: [], openssl: [], verify: [] };
  const fetchIt = () => fetchCheckpoint({ url, sha256, fileName: "bench.pt" }, { downloadRoot: folder });
  const digest = (path: string) => execFileSync("openssl", ["dgst", "-sha256", path]);
  for (let round = 0; round < rounds; round++) {
    await rm(theirs, { force: true });
    await rm(ours, { force: true });
    seconds.curl.push(
      await time(() => (execFileSync("curl", ["-s", "-o", theirs, url.href]), digest(theirs))),
    );
    seconds.download.push(await time(fetchIt));
    seconds.openssl.push(await time(() => digest(ours)));
    seconds.verify.push(await time(fetchIt));
  }
  server.kill();
  const rate = (name: string) => size / 1e6 / median(seconds[name]);
  const print = (ours: string, theirs: string, tools: string) =>
    console.log(
      `${ours.padEnd(9)} ${rate(ours).toFixed(0)} MB/s, ${tools} ${rate(theirs).toFixed(0)} MB/s: ` +
        `ratio ${(rate(ours) / rate(theirs)).toFixed(2)}`,
    );
  console.log(`${"Deno" in globalThis ? "Deno" : "Bun"}, ${(size / 1e6).toFixed(0)} MB, median of ${rounds}`);
  print("download", "curl", "curl + openssl dgst -sha256");
  print("verify", "openssl", "openssl dgst -sha256");
}

const [first, second] = process.argv.slice(2);
if (first === "--serve") {
  await serve(second);
} else {
  const folder = await mkdtemp(join(tmpdir(), "sotto-bench-"));
  try {
    const file = first ?? join(folder, "random.bin");
    if (first === undefined) await makeFile(file, 512);
    await bench(folder, file, Number(second ?? 7));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
