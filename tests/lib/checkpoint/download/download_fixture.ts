/** What the tests of downloads share: bytes to fetch, a folder for them, a clock that does not wait. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../../../lib/checkpoint/download/clock.ts";
import type { CheckpointSource } from "../../../../lib/checkpoint/fetch_options.ts";

/** Bytes that look random and are the same at every run. */
export function makeBytes(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

/** The SHA-256 of bytes, in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A checkpoint at `<base>model.pt` with the given bytes. */
export function sourceOf(base: string, bytes: Uint8Array, fileName = "model.pt"): CheckpointSource {
  return { url: new URL(fileName, base), sha256: sha256Of(bytes), fileName };
}

/** A clock for tests: pauses are noted instead of made, and locks are watched closely. */
export function fastClock(): Clock & { readonly pauses: number[] } {
  const pauses: number[] = [];
  return {
    pauses,
    beat: 40,
    stale: 600,
    poll: 15,
    random: () => 0,
    sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      if (milliseconds >= 500) pauses.push(milliseconds);
      return new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 30)));
    },
  };
}

/** Runs `body` with a new folder, and removes it. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-test-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits until a server has sent so many bytes, however busy the machine is, and a moment for them to arrive. */
export async function arrived(server: { readonly sent: number }, bytes: number): Promise<void> {
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  while (server.sent < bytes) await wait(10);
  await wait(300);
}

/** Asserts that the cache holds exactly these files, with these bytes. */
export async function assertFiles(folder: string, files: Record<string, Uint8Array>): Promise<void> {
  assert.deepEqual((await readdir(folder)).sort(), Object.keys(files).sort());
  for (const [name, bytes] of Object.entries(files)) {
    assert.equal(sha256Of(await readFile(join(folder, name))), sha256Of(bytes), name);
  }
}
