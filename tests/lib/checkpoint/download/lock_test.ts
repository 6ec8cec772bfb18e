import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DownloadLock, LockLostError, watchLock } from "../../../../lib/checkpoint/download/lock.ts";
import { describe, it } from "../../../harness.ts";
import { assertFiles, fastClock, withFolder } from "./download_fixture.ts";

const clock = {
  ...fastClock(),
  sleep: (time: number) => new Promise<void>((resolve) => setTimeout(resolve, time)),
};

describe("DownloadLock", () => {
  it("has one owner at a time, and is gone when that one is done", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "lock");
      {
        await using first = await DownloadLock.acquire(path, clock);
        assert.ok(first);
        assert.equal(await DownloadLock.acquire(path, clock), undefined);
        assert.equal(await DownloadLock.acquire(path, clock, "something else"), undefined);
      }
      await assertFiles(folder, {});
    });
  });

  it("shows how far its owner is for as long as that one lives", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "lock");
      const lock = await DownloadLock.acquire(path, clock);
      const seen: number[] = [];
      const waiting = watchLock(path, clock, { onNote: ({ loaded }) => seen.push(loaded) });
      lock!.report(5, 10);
      await clock.sleep(2 * clock.stale);
      await lock![Symbol.asyncDispose]();
      assert.equal(await waiting, undefined);
      assert.equal(seen.at(-1), 5);
    });
  });

  it("is taken over by one of several when its owner shows no life", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "lock");
      await writeFile(path, "left by a dead process");
      const found = await Promise.all([1, 2, 3].map(() => watchLock(path, clock)));
      assert.deepEqual(new Set(found), new Set(["left by a dead process"]));
      const locks = await Promise.all(found.map((text) => DownloadLock.acquire(path, clock, text)));
      const owners = locks.filter((lock) => lock !== undefined);
      assert.equal(owners.length, 1);
      await owners[0][Symbol.asyncDispose]();
      await assertFiles(folder, {});
    });
  });

  it("is not taken over by one whose note was overwritten by another that took it over too", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "lock");
      await writeFile(path, "left by a dead process");
      const other = JSON.stringify({ token: "another" });
      const overtaken = { ...clock, sleep: () => writeFile(path, other) };
      assert.equal(await DownloadLock.acquire(path, overtaken, "left by a dead process"), undefined);
      assert.equal(await readFile(path, "utf8"), other);
    });
  });

  it("stops an owner whose lock was taken over, and leaves the lock to the new one", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "lock");
      const lock = await DownloadLock.acquire(path, clock);
      await lock!.assertHeld(0);
      await writeFile(path, JSON.stringify({ token: "another" }));
      await assert.rejects(lock!.assertHeld(0), LockLostError);
      assert.equal(lock!.lost.aborted, true);
      await lock![Symbol.asyncDispose]();
      assert.equal(JSON.parse(await readFile(path, "utf8")).token, "another");
    });
  });
});
