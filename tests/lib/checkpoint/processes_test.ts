import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { fetchCheckpoint } from "../../../lib/checkpoint/fetch_checkpoint.ts";
import type { CheckpointSource } from "../../../lib/checkpoint/fetch_options.ts";
import { describe, it } from "../../harness.ts";
import { assertFiles, fastClock, makeBytes, sourceOf, withFolder } from "./download/download_fixture.ts";
import { fileReply, serveFaults } from "./download/fault_server.ts";

const CHILD = fileURLToPath(new URL("./fetch_child.ts", import.meta.url));
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** Starts a process of this runtime that fetches a checkpoint, and takes a lock over after `stale` ms. */
function startChild(source: CheckpointSource, downloadRoot: string, stale: number): ChildProcess {
  const flags = "Deno" in globalThis
    ? ["run", "-A", "-q", "--no-check", "--cached-only", "--config", CONFIG]
    : [];
  const task = JSON.stringify({ ...source, url: source.url.href, downloadRoot, stale });
  return spawn(process.execPath, [...flags, CHILD, task], { stdio: ["ignore", "pipe", "pipe"] });
}

/** Waits for a child and gives what it printed. */
async function outcome(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let out = "";
  let err = "";
  child.stdout!.on("data", (bytes) => out += bytes);
  child.stderr!.on("data", (bytes) => err += bytes);
  const [code] = await once(child, "close");
  return { code, out, err };
}

describe("fetchCheckpoint() in several processes", () => {
  it("survives kill -9 at ten random points, and resumes each time", async () => {
    const file = makeBytes(24 << 20);
    // Fast enough to be short, slow enough to be caught on the way.
    await using server = await serveFaults((request) => ({
      ...fileReply(request, file),
      pace: { milliseconds: 10, block: 1 << 18 },
    }));
    await withFolder(async (folder) => {
      const source = sourceOf(server.base, file);
      for (let kill = 0; kill < 10; kill++) {
        const requests = server.requests.length;
        const target = server.sent + Math.random() * (3 << 20);
        const child = startChild(source, folder, 300);
        const ended = outcome(child);
        while (child.exitCode === null && (server.requests.length === requests || server.sent < target)) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        child.kill("SIGKILL");
        await ended;
        const names = await readdir(folder);
        assert.ok(!names.includes("model.pt") || (await readFile(join(folder, "model.pt"))).equals(file));
        assert.ok(names.length <= 3, `strays: ${names}`);
      }
      await fetchCheckpoint(source, { downloadRoot: folder }, fastClock());
      await assertFiles(folder, { "model.pt": file });
      const starts = server.requests.map(({ from }) => from);
      assert.ok(starts.every((from, index) => index === 0 || from >= starts[index - 1]), `${starts}`);
      assert.ok(starts.at(-1)! > 0, "nothing was resumed");
    });
  });

  it("downloads once for eight processes at once", async () => {
    const file = makeBytes(2 << 20);
    await using server = await serveFaults((request) => ({
      ...fileReply(request, file),
      pace: { milliseconds: 50, block: 1 << 15 },
    }));
    await withFolder(async (folder) => {
      const source = sourceOf(server.base, file);
      const children = Array.from({ length: 8 }, () => outcome(startChild(source, folder, 10_000)));
      for (const { code, out, err } of await Promise.all(children)) {
        assert.equal(code, 0, err);
        assert.deepEqual(JSON.parse(out), {
          path: join(folder, "model.pt"),
          sha256: source.sha256,
          downloading: true,
        });
      }
      assert.equal(server.requests.length, 1);
      await assertFiles(folder, { "model.pt": file });
    });
  });

  it("takes over the lock of a process that is gone", async () => {
    const file = makeBytes(100_000);
    await using server = await serveFaults((request) => fileReply(request, file));
    await withFolder(async (folder) => {
      const source = sourceOf(server.base, file);
      await writeFile(join(folder, `${source.sha256}.lock`), "");
      await writeFile(join(folder, `${source.sha256}.partial`), file.subarray(0, 60_000));
      await fetchCheckpoint(source, { downloadRoot: folder }, fastClock());
      await assertFiles(folder, { "model.pt": file });
      assert.deepEqual(server.requests.map(({ from }) => from), [60_000]);
    });
  });

  it("ends right where two processes hold the lock, as on a file system without locks", async () => {
    const file = makeBytes(3 << 20);
    const overwrite = (lock: string) =>
      writeFile(lock, JSON.stringify({ token: "somebody else" }).padEnd(256));
    for (const breakLock of [overwrite, (lock: string) => rm(lock)]) {
      await using server = await serveFaults((request) => ({
        ...fileReply(request, file),
        pace: { milliseconds: 20, block: 1 << 17 },
      }));
      await withFolder(async (folder) => {
        const source = sourceOf(server.base, file);
        const first = fetchCheckpoint(source, { downloadRoot: folder }, fastClock());
        while (server.sent < 3 << 19) await new Promise((resolve) => setTimeout(resolve, 10));
        await breakLock(join(folder, `${source.sha256}.lock`));
        const second = fetchCheckpoint(source, { downloadRoot: folder }, fastClock());
        await Promise.all([first, second]);
        await assertFiles(folder, { "model.pt": file });
        assert.ok(server.requests.length <= 2);
      });
    }
  });
});
