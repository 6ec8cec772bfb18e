import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchCheckpoint, type FetchOptions } from "../../../lib/checkpoint/fetch_checkpoint.ts";
import { DownloadError } from "../../../lib/errors.ts";
import { describe, it, itNeeds } from "../../harness.ts";
import { assertFiles, fastClock, makeBytes, sourceOf, withFolder } from "./download/download_fixture.ts";
import { fileReply, serveFaults } from "./download/fault_server.ts";

const FILE = makeBytes(3 << 20);

/** Runs a command; gives whether it went well. */
function succeeds(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs `body` with a small file system of its own, mounted at `folder`. */
async function withMount(size: string, body: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (parent) => {
    const folder = join(parent, "mount");
    await mkdir(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
    try {
      await body(folder);
    } finally {
      execFileSync("umount", [folder]);
    }
  });
}

async function whyNoMount(): Promise<string | undefined> {
  let missing: string | undefined;
  await withFolder((folder) => {
    if (!succeeds("mount", "-t", "tmpfs", "tmpfs", folder)) missing = "mount needs root";
    else execFileSync("umount", [folder]);
    return Promise.resolve();
  });
  return missing;
}

async function run(folder: string, options: FetchOptions = {}): Promise<void> {
  await using server = await serveFaults((request) => fileReply(request, FILE));
  await fetchCheckpoint(sourceOf(server.base, FILE), { downloadRoot: folder, ...options }, fastClock());
}

async function assertRefused(download: Promise<void>, message: RegExp): Promise<void> {
  await assert.rejects(download, (error: Error) => {
    assert.match(error.message, message);
    assert.ok(error instanceof DownloadError && error.cause !== undefined);
    return true;
  });
}

const noMount = await whyNoMount();

describe("fetchCheckpoint() and the disk", () => {
  itNeeds(noMount, "names the path and the bytes that are missing when the disk is full", async () => {
    await withMount("2m", async (folder) => {
      await writeFile(join(folder, "other"), new Uint8Array(500_000));
      let message = "";
      await assert.rejects(run(folder), (error: Error) => {
        message = error.message;
        return error instanceof DownloadError;
      });
      const [, path, size, missing] = /disk is full; (\S+) has (\d+) bytes and needs (\d+) more bytes/.exec(
        message,
      )!;
      assert.match(path, /\.partial$/);
      assert.equal(Number(size) + Number(missing), FILE.byteLength);
      execFileSync("mount", ["-o", "remount,size=8m", folder]);
      await run(folder);
      await assertFiles(folder, { "model.pt": FILE, "other": new Uint8Array(500_000) });
    });
  });

  itNeeds(noMount, "says that the cache cannot be written, and still uses what is in it", async () => {
    await withMount("8m", async (folder) => {
      execFileSync("mount", ["-o", "remount,ro", folder]);
      await assertRefused(
        run(folder),
        /^Cannot store model\.pt: .*mount cannot be written \(EROFS\); .*downloadRoot/,
      );
      await assertFiles(folder, {});
      execFileSync("mount", ["-o", "remount,rw", folder]);
      await writeFile(join(folder, "model.pt"), FILE);
      execFileSync("mount", ["-o", "remount,ro", folder]);
      await run(folder, { verify: "once" });
    });
  });

  it("says that the cache is a file", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "cache");
      await writeFile(path, "");
      await assertRefused(run(path), /^Cannot store model\.pt: .*cache is not a folder; /);
      await assertRefused(run(join(path, "below")), /below is not a folder; /);
      await assertFiles(folder, { cache: new Uint8Array(0) });
    });
  });

  it("makes the folders that are missing", async () => {
    await withFolder(async (folder) => {
      await run(join(folder, "a", "b"));
      await assertFiles(join(folder, "a", "b"), { "model.pt": FILE });
    });
  });

  it("follows a symbolic link to the cache, and replaces one to a wrong file", async () => {
    await withFolder(async (folder) => {
      const real = join(folder, "real");
      await mkdir(real);
      await symlink(real, join(folder, "link"), "dir");
      await writeFile(join(folder, "wrong.pt"), "wrong");
      await symlink(join(folder, "wrong.pt"), join(real, "model.pt"));
      await run(join(folder, "link"));
      await assertFiles(real, { "model.pt": FILE });
      await run(join(folder, "link"), { offline: true });
    });
  });
});
