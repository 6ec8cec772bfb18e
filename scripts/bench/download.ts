/**
 * The download and the re-verification of a checkpoint over loopback, against `curl` and `openssl` in turn. Made data
 * of 512 MB; the library here is the runtime's that this runs on.
 */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchCheckpoint } from "./internals.ts";
import { median } from "./statistics.ts";
import { runnerPath, runtimeCommand } from "./systems.ts";
import { formatTable } from "./table.ts";

const MEBIBYTE = 1 << 20;
const MEBIBYTES = 512;

/** Seconds by round, of 512 MiB. */
export interface DownloadTimes {
  readonly runtime: string;
  readonly bytes: number;
  /** `curl`, then `openssl dgst -sha256`: together what a verified download is. */
  readonly curl: readonly number[];
  readonly download: readonly number[];
  readonly openssl: readonly number[];
  readonly verify: readonly number[];
}

async function makeFile(path: string): Promise<void> {
  await using handle = await open(path, "w");
  for (let count = 0; count < MEBIBYTES; count++) await handle.write(randomBytes(MEBIBYTE));
}

async function time(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

function digest(path: string): string {
  return execFileSync("openssl", ["dgst", "-sha256", "-r", path], { encoding: "utf8" }).split(" ")[0];
}

/** Measures, in a temporary folder. The server is a process of its own, so that it shares no thread with the client. */
export async function benchDownload(rounds: number): Promise<DownloadTimes> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-bench-"));
  const runtime = "Deno" in globalThis ? "deno" : "bun";
  const [file, theirs, ours] = ["random.bin", "curl.pt", "bench.pt"].map((name) => join(folder, name));
  const times = { curl: [], download: [], openssl: [], verify: [] } as Record<string, number[]>;
  await makeFile(file);
  const command = runtimeCommand(runtime, runnerPath("serve_file.ts"));
  const server = spawn(command.program, [...command.arguments, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [port] = await once(server.stdout, "data");
    const url = new URL(`http://127.0.0.1:${String(port).trim()}/bench.pt`);
    const sha256 = digest(file);
    const fetchIt = () => fetchCheckpoint({ url, sha256, fileName: "bench.pt" }, { downloadRoot: folder });
    for (let round = 0; round < rounds; round++) {
      await rm(theirs, { force: true });
      await rm(ours, { force: true });
      const curl = () => execFileSync("curl", ["-s", "-o", theirs, url.href]);
      times.curl.push(await time(() => (curl(), digest(theirs))));
      times.download.push(await time(fetchIt));
      times.openssl.push(await time(() => digest(ours)));
      times.verify.push(await time(fetchIt));
    }
  } finally {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  }
  const { curl, download, openssl, verify } = times;
  return { runtime, bytes: MEBIBYTES * MEBIBYTE, curl, download, openssl, verify };
}

/** A line for the download and one for the verification. */
export function formatDownload(times: DownloadTimes): string {
  const rate = (values: readonly number[]) => times.bytes / 1e6 / median(values);
  const line = (name: string, ours: readonly number[], tools: string, theirs: readonly number[]) => [
    name,
    rate(ours).toFixed(0),
    tools,
    rate(theirs).toFixed(0),
    (rate(ours) / rate(theirs)).toFixed(2),
  ];
  return formatTable([`on ${times.runtime}, median`, "MB/s", "beside", "MB/s", "ratio"], [
    line("download", times.download, "curl, then openssl dgst -sha256", times.curl),
    line("verify", times.verify, "openssl dgst -sha256", times.openssl),
  ]);
}
