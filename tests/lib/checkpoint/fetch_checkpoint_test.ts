import assert from "node:assert/strict";
import { mkdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { renameSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fetchCheckpoint, type FetchOptions } from "../../../lib/checkpoint/fetch_checkpoint.ts";
import { identityOf, sameFile } from "../../../lib/checkpoint/file_identity.ts";
import { findModel, modelUrl } from "../../../lib/checkpoint/registry.ts";
import { ChecksumMismatchError, DownloadError } from "../../../lib/errors.ts";
import { describe, fixture, it } from "../../harness.ts";
import { until } from "../../until.ts";
import {
  arrived,
  assertFiles,
  fastClock,
  makeBytes,
  sha256Of,
  sourceOf,
  withFolder,
} from "./download/download_fixture.ts";
import { fileReply, serveFaults } from "./download/fault_server.ts";

const FILE = makeBytes(100_000);
const WRONG = makeBytes(100_000, 2);
const NOWHERE = sourceOf("http://127.0.0.1:1/", FILE);

/** Never to be called. */
const noFetch = (() => assert.fail("The network was used")) as unknown as typeof fetch;

/** Fetches into a folder, by default without a network. */
function run(
  folder: string,
  options: FetchOptions = {},
  source = NOWHERE,
): Promise<{ path: string; sha256?: string }> {
  return fetchCheckpoint(source, { downloadRoot: folder, fetch: noFetch, ...options }, fastClock());
}

describe("fetchCheckpoint()", () => {
  it("uses a cached file without the network, and gives the identity of what it hashed", async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, "model.pt"), FILE);
      const phases = new Set<string>();
      const file = await fetchCheckpoint(NOWHERE, {
        downloadRoot: folder,
        fetch: noFetch,
        onProgress: ({ phase }) => phases.add(phase),
      });
      assert.equal(file.path, join(folder, "model.pt"));
      assert.equal(file.sha256, sha256Of(FILE));
      assert.ok(sameFile(file.identity, identityOf(await stat(file.path, { bigint: true }))));
      assert.deepEqual([...phases], ["verify"]);
      await assertFiles(folder, { "model.pt": FILE });
    });
  });

  it("gives the identity of what it downloaded", async () => {
    await using server = await serveFaults((request) => fileReply(request, FILE));
    await withFolder(async (folder) => {
      const file = await fetchCheckpoint(sourceOf(server.base, FILE), { downloadRoot: folder }, fastClock());
      assert.ok(sameFile(file.identity, identityOf(await stat(file.path, { bigint: true }))));
    });
  });

  it("warns about a wrong cached file, and replaces it by a verified one only", async () => {
    await using server = await serveFaults(({ index }) => index === 0 ? { status: 404 } : { body: FILE });
    await withFolder(async (folder) => {
      await writeFile(join(folder, "model.pt"), WRONG);
      const warnings: string[] = [];
      const options = { fetch, onWarning: (message: string) => warnings.push(message) };
      await assert.rejects(run(folder, options, sourceOf(server.base, FILE)), DownloadError);
      await assertFiles(folder, { "model.pt": WRONG });
      assert.match(warnings[0], /^The cached file .*model\.pt has the SHA-256 .* downloading it again$/);
      await run(folder, options, sourceOf(server.base, FILE));
      await assertFiles(folder, { "model.pt": FILE });
    });
  });

  it("uses a file that another process stored between its look into the cache and its lock", async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "model.pt");
      await writeFile(path, WRONG);
      // Under another name first, as a process does: written twice within one tick of the clock that stamps files, and
      // of the same size, the file would seem untouched.
      const storeAsAnother = () => {
        writeFileSync(join(folder, "other"), FILE);
        renameSync(join(folder, "other"), path);
      };
      await run(folder, { onWarning: storeAsAnother });
      await assertFiles(folder, { "model.pt": FILE });
    });
  });

  it("does not use a wrong cached file offline", async () => {
    await withFolder(async (folder) => {
      await assert.rejects(run(folder, { offline: true }), (error: Error) => {
        assert.ok(error instanceof DownloadError);
        assert.match(
          error.message,
          /^Cannot load model\.pt: it is not in the cache .* the network is forbidden/,
        );
        return true;
      });
      await writeFile(join(folder, "model.pt"), WRONG);
      await assert.rejects(run(folder, { offline: true }), (error: Error) => {
        assert.ok(error instanceof ChecksumMismatchError);
        assert.equal(error.url, join(folder, "model.pt"));
        assert.equal(error.actual, sha256Of(WRONG));
        return true;
      });
      await assertFiles(folder, { "model.pt": WRONG });
    });
  });

  it("obeys SOTTO_OFFLINE, unless the option says otherwise", async () => {
    process.env.SOTTO_OFFLINE = "1";
    try {
      await withFolder(async (folder) => {
        await assert.rejects(run(folder), /network is forbidden/);
        await assert.rejects(run(folder, { offline: false, retries: 0 }), /The network was used/);
      });
    } finally {
      delete process.env.SOTTO_OFFLINE;
    }
  });

  it('hashes once with verify: "once", until the file changes', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "model.pt");
      const hashes = async (): Promise<boolean> => {
        let hashed = false;
        await run(folder, { verify: "once", onProgress: ({ phase }) => hashed ||= phase === "verify" });
        return hashed;
      };
      await writeFile(path, FILE);
      assert.equal(await hashes(), true);
      assert.equal(await hashes(), false);
      await utimes(path, new Date(), new Date(Date.now() + 5000));
      assert.equal(await hashes(), true);
      assert.equal(await hashes(), false);
      await writeFile(path, WRONG);
      await assert.rejects(run(folder, { verify: "once", offline: true }), ChecksumMismatchError);
    });
  });

  it('does not believe a receipt with verify: "always", and hashes nothing with "never"', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "model.pt");
      await writeFile(path, FILE);
      await run(folder, { verify: "once" });
      const { atime, mtime } = await stat(path);
      await writeFile(path, WRONG);
      await utimes(path, atime, mtime);
      assert.equal(
        (await run(folder, { verify: "once" })).sha256,
        sha256Of(FILE),
        "the forgery that a receipt misses",
      );
      await assert.rejects(run(folder, { verify: "always", offline: true }), ChecksumMismatchError);
      assert.equal((await run(folder, { verify: "never" })).sha256, undefined);
    });
  });

  it("writes a receipt after a download for the next time", async () => {
    await using server = await serveFaults((request) => fileReply(request, FILE));
    await withFolder(async (folder) => {
      await run(folder, { fetch, verify: "once" }, sourceOf(server.base, FILE));
      const phases: string[] = [];
      await run(folder, { verify: "once", onProgress: ({ phase }) => phases.push(phase) });
      assert.deepEqual(phases, []);
    });
  });

  it("tries mirrors in turn, laid out as OpenAI's server, and asks no other", async () => {
    const tiny = findModel("tiny.en")!;
    const source = { url: modelUrl(tiny), sha256: tiny.sha256, fileName: tiny.fileName };
    const checkpoint = await readFile(fixture("tiny.en.pt"));
    await using empty = await serveFaults(() => ({ status: 404 }));
    await using mirror = await serveFaults((request) => fileReply(request, checkpoint));
    await withFolder(async (folder) => {
      const warnings: string[] = [];
      const onWarning = (message: string) => warnings.push(message);
      await run(folder, { fetch, mirrors: [empty.base, mirror.base], onWarning }, source);
      await assertFiles(folder, { "tiny.en.pt": checkpoint });
      for (const server of [empty, mirror]) {
        assert.deepEqual(server.requests.map(({ path }) => path), [`/${tiny.sha256}/tiny.en.pt`]);
      }
      assert.match(warnings[0], /answered 404.*Trying http:\/\/127/);
    });
    const asked: string[] = [];
    const recording = (url: URL) => {
      asked.push(url.href);
      return Promise.resolve(new Response("", { status: 404 }));
    };
    const options = { fetch: recording as unknown as typeof fetch };
    await withFolder(async (folder) => {
      process.env.SOTTO_MIRROR = "http://a.test/, http://b.test/models";
      try {
        await assert.rejects(run(folder, options, source), DownloadError);
      } finally {
        delete process.env.SOTTO_MIRROR;
      }
      const mirrors = (model: { name: string }) => [`http://c.test/${model.name}?x=1`];
      await assert.rejects(
        run(folder, { ...options, mirrors }, source),
        /Cannot download http:\/\/c\.test\/tiny\.en: /,
      );
      await assert.rejects(run(folder, { ...options, mirrors }, NOWHERE), DownloadError);
      await assert.rejects(
        run(folder, { ...options, mirrors: ["c.test"] }, source),
        /mirror "c\.test": it is not an/,
      );
      await assertFiles(folder, {});
    });
    assert.deepEqual(asked.toSorted(), [
      NOWHERE.url.href,
      `http://a.test/${tiny.sha256}/tiny.en.pt`,
      `http://b.test/models/${tiny.sha256}/tiny.en.pt`,
      "http://c.test/tiny.en?x=1",
    ]);
  });

  it("takes a wrong file from one mirror, and gets the right one from the other", async () => {
    const tiny = findModel("tiny.en")!;
    const checkpoint = await readFile(fixture("tiny.en.pt"));
    await using bad = await serveFaults(() => ({ body: WRONG }));
    await using good = await serveFaults((request) => fileReply(request, checkpoint));
    await withFolder(async (folder) => {
      const source = { url: modelUrl(tiny), sha256: tiny.sha256, fileName: tiny.fileName };
      await run(folder, { fetch, mirrors: [bad.base, good.base] }, source);
      await assertFiles(folder, { "tiny.en.pt": checkpoint });
      assert.deepEqual([bad.requests.length, good.requests.length], [1, 1]);
    });
  });

  it("sends the credentials of an address as a header, and shows them in no message", async () => {
    await using server = await serveFaults(() => ({ status: 403 }));
    await withFolder(async (folder) => {
      const source = sourceOf(server.base.replace("//", "//user:p%40ss@"), FILE);
      const asked: string[] = [];
      const recording = (input: URL, init?: RequestInit) => {
        asked.push(input.href);
        return fetch(input, init);
      };
      await assert.rejects(run(folder, { fetch: recording as typeof fetch }, source), (error: Error) => {
        assert.doesNotMatch(error.message, /user|p%40ss|p@ss/);
        return true;
      });
      assert.deepEqual(asked, [`${server.base}model.pt`]);
      assert.equal(server.requests[0].headers.get("authorization"), `Basic ${btoa("user:p@ss")}`);
    });
  });

  it('takes a checkpoint without SHA-256 with verify: "never" only', async () => {
    await using server = await serveFaults((request) => ({
      ...fileReply(request, FILE),
      cutAfter: request.index === 0 ? 5000 : undefined,
    }));
    const source = { ...sourceOf(server.base, FILE), sha256: undefined };
    await withFolder(async (folder) => {
      await assert.rejects(run(folder, { fetch }, source), TypeError);
      const file = await run(folder, { fetch, verify: "never" }, source);
      assert.equal(file.sha256, sha256Of(FILE));
      await assertFiles(folder, { "model.pt": FILE });
      assert.deepEqual(server.requests.map(({ from }) => from), [0, 5000]);
    });
  });

  it("does not resume a checkpoint without SHA-256 where nothing says that it is the same file", async () => {
    await using server = await serveFaults((request) => ({
      ...fileReply(request, FILE, ""),
      cutAfter: request.index === 0 ? 5000 : undefined,
    }));
    const source = { ...sourceOf(server.base, FILE), sha256: undefined };
    await withFolder(async (folder) => {
      await run(folder, { fetch, verify: "never" }, source);
      await assertFiles(folder, { "model.pt": FILE });
      assert.deepEqual(server.requests.map(({ from }) => from), [0, 0]);
    });
  });

  it("fetches two models at once into one cache", async () => {
    await using server = await serveFaults((request) =>
      fileReply(request, request.path === "/a.pt" ? FILE : WRONG)
    );
    await withFolder(async (folder) => {
      await Promise.all([
        run(folder, { fetch }, sourceOf(server.base, FILE, "a.pt")),
        run(folder, { fetch }, sourceOf(server.base, WRONG, "b.pt")),
      ]);
      await assertFiles(folder, { "a.pt": FILE, "b.pt": WRONG });
    });
  });

  it("downloads once for several calls at once, and each sees the progress", async () => {
    await using server = await serveFaults((request) => ({
      ...fileReply(request, FILE),
      pace: { milliseconds: 30, block: 10_000 },
    }));
    await withFolder(async (folder) => {
      const source = sourceOf(server.base, FILE);
      const seen = [false, false, false];
      await Promise.all(seen.map((_, index) => {
        const onProgress: FetchOptions["onProgress"] = ({ phase, loaded }) => {
          seen[index] ||= phase === "download" && loaded > 0;
        };
        return run(folder, { fetch, onProgress }, source);
      }));
      assert.deepEqual(seen, [true, true, true]);
      assert.equal(server.requests.length, 1);
      await assertFiles(folder, { "model.pt": FILE });
    });
  });

  it("lets another call go on when the one that downloads is aborted", async () => {
    await using server = await serveFaults((request) => ({
      ...fileReply(request, FILE),
      stallAfter: request.index === 0 ? 40_000 : undefined,
    }));
    await withFolder(async (folder) => {
      const controller = new AbortController();
      const source = sourceOf(server.base, FILE);
      const first = run(folder, { fetch, signal: controller.signal }, source);
      await until(() => server.requests.length === 1);
      const second = run(folder, { fetch }, source);
      arrived(server, 40_000).then(() => controller.abort(new Error("enough")));
      await assert.rejects(first, /enough/);
      await second;
      assert.deepEqual(server.requests.map(({ from }) => from), [0, 40_000]);
      await assertFiles(folder, { "model.pt": FILE });
    });
  });

  it("refuses what is in the way of the file, and names it", async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, "model.pt"));
      await assert.rejects(run(folder), /model\.pt: it exists and is not a regular file/);
    });
  });

  it("rejects malformed arguments", async () => {
    const url = new URL("http://127.0.0.1:1/model.pt");
    const sha256 = "0".repeat(64);
    for (
      const [source, options] of [
        [{ url: new URL("file:///model.pt"), sha256, fileName: "a" }, {}],
        [{ url, sha256: "12", fileName: "a" }, {}],
        [{ url, sha256, fileName: "../a" }, {}],
        [{ url, sha256, fileName: ".." }, {}],
        [{ url, sha256, fileName: "a" }, { verify: "sometimes" }],
      ] as [Parameters<typeof fetchCheckpoint>[0], FetchOptions][]
    ) {
      await assert.rejects(fetchCheckpoint(source, options), TypeError);
    }
    await assert.rejects(fetchCheckpoint({ url, sha256, fileName: "a" }, { retries: -1 }), RangeError);
    await assert.rejects(fetchCheckpoint({ url, sha256, fileName: "a" }, { stallTimeout: 0 }), RangeError);
  });
});
