import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fetchCheckpoint, type FetchOptions } from "../../../../lib/checkpoint/fetch_checkpoint.ts";
import { pause } from "../../../../lib/checkpoint/download/resumable_download.ts";
import { ChecksumMismatchError, DownloadError } from "../../../../lib/errors.ts";
import { describe, it } from "../../../harness.ts";
import {
  arrived,
  assertFiles,
  fastClock,
  makeBytes,
  sha256Of,
  sourceOf,
  withFolder,
} from "./download_fixture.ts";
import {
  type FaultReply,
  type FaultRequest,
  type FaultServer,
  fileReply,
  serveFaults,
} from "./fault_server.ts";

const FILE = makeBytes(300_000);
const PARTIAL = `${sha256Of(FILE)}.partial`;

/** Runs `body` with an empty cache and a server that answers like this. */
async function play(
  answer: (request: FaultRequest) => FaultReply | Promise<FaultReply>,
  body: (
    run: (options?: FetchOptions) => Promise<unknown>,
    server: FaultServer,
    folder: string,
    clock: ReturnType<typeof fastClock>,
  ) => Promise<void>,
): Promise<void> {
  await using server = await serveFaults(answer);
  await withFolder(async (folder) => {
    const clock = fastClock();
    const run = (options: FetchOptions = {}) =>
      fetchCheckpoint(sourceOf(server.base, FILE), { downloadRoot: folder, ...options }, clock);
    await body(run, server, folder, clock);
  });
}

/** Asserts that a download fails with this message, and says where. */
async function assertFails(download: Promise<unknown>, message: RegExp, status?: number): Promise<void> {
  await assert.rejects(download, (error: Error) => {
    assert.match(error.message, message);
    assert.ok(error instanceof DownloadError);
    assert.equal(error.status, status);
    assert.match(error.url, /^https?:/);
    return true;
  });
}

describe("download()", () => {
  it("stores the file under its name, and nothing else", async () => {
    await play((request) => fileReply(request, FILE), async (run, server, folder) => {
      await run();
      await assertFiles(folder, { "model.pt": FILE });
      assert.equal(server.requests.length, 1);
      assert.equal(server.requests[0].headers.get("accept-encoding"), "identity");
    });
  });

  it("resumes a body that is cut at random points, and fetches no byte twice", async () => {
    const cuts = Array.from({ length: 5 }, () => 1000 + Math.floor(Math.random() * 50_000));
    await play(
      (request) => ({ ...fileReply(request, FILE), cutAfter: cuts[request.index] }),
      async (run, server, folder, clock) => {
        const warnings: string[] = [];
        await run({ onWarning: (message) => warnings.push(message) });
        await assertFiles(folder, { "model.pt": FILE });
        let from = 0;
        for (const [index, request] of server.requests.entries()) {
          assert.equal(request.from, from, `cuts: ${cuts}`);
          if (from > 0) assert.equal(request.headers.get("if-range"), '"1"');
          from += cuts[index];
        }
        assert.equal(warnings.length, 5);
        assert.deepEqual(clock.pauses, [1000, 2000, 4000, 8000, 16000]);
      },
    );
  });

  it("gives up a server that always cuts, and keeps what came", async () => {
    await play(
      (request) => ({ ...fileReply(request, FILE), cutAfter: 1000 }),
      async (run, server, folder) => {
        await assertFails(run({ retries: 2 }), /^Cannot download http.*model\.pt: .*check the network/);
        const validator = JSON.stringify({ url: `${server.base}model.pt`, value: '"1"' });
        await assertFiles(folder, {
          [PARTIAL]: FILE.subarray(0, 3000),
          [`${PARTIAL}.etag`]: new TextEncoder().encode(validator),
        });
      },
    );
  });

  it("takes a file that is whole although Content-Length promised more", async () => {
    await play(
      () => ({ body: FILE, headers: { "content-length": String(FILE.byteLength + 1000) } }),
      async (run, server, folder) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
        assert.equal(server.requests.length, 1);
      },
    );
  });

  it("fetches again when Content-Length is too small, and takes no cut file", async () => {
    await play(
      ({ index }) => ({ body: FILE, headers: { "content-length": index === 0 ? "1000" : "300000" } }),
      async (run, server, folder) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
        assert.equal(server.requests.length, 2);
      },
    );
  });

  it("needs no Content-Length, and then reports no total", async () => {
    await play(() => ({ body: FILE, headers: { "content-length": "" } }), async (run, _server, folder) => {
      const totals = new Set<number | undefined>();
      await run({ onProgress: ({ total }) => totals.add(total) });
      assert.deepEqual([...totals], [undefined]);
      await assertFiles(folder, { "model.pt": FILE });
    });
  });

  it("notices a body without Content-Length that ends early", async () => {
    await play(
      ({ index }) => ({
        body: index === 0 ? FILE.subarray(0, 999) : FILE,
        headers: { "content-length": "" },
      }),
      async (run, _server, folder) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
      },
    );
  });

  it("follows a redirect to another host, which does not get the headers", async () => {
    await using other = await serveFaults((request) => fileReply(request, FILE));
    await play(
      () => ({ status: 302, headers: { location: `${other.base}elsewhere` } }),
      async (run, server, folder) => {
        await run({ headers: { authorization: "Bearer secret", "x-token": "secret" } });
        await assertFiles(folder, { "model.pt": FILE });
        assert.equal(server.requests[0].headers.get("x-token"), "secret");
        assert.equal(other.requests[0].path, "/elsewhere");
        assert.equal(other.requests[0].headers.get("authorization"), undefined);
        assert.equal(other.requests[0].headers.get("x-token"), undefined);
      },
    );
  });

  it("stops at a loop of redirects", async () => {
    await play(
      ({ path }) => ({ status: 301, headers: { location: path === "/model.pt" ? "/b" : "/model.pt" } }),
      async (run, server, folder) => {
        await assertFails(run(), /redirects in a loop/);
        assert.ok(server.requests.length < 20);
        await assertFiles(folder, {});
      },
    );
  });

  it("starts over when a 206 brings another range than was asked for", async () => {
    await play(
      (request) => {
        if (request.index === 0) return { ...fileReply(request, FILE), cutAfter: 5000 };
        if (request.from === 0) return fileReply(request, FILE);
        const range = `bytes 100-${FILE.byteLength - 1}/${FILE.byteLength}`;
        return { status: 206, headers: { "content-range": range }, body: FILE.subarray(100) };
      },
      async (run, server, folder) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
        assert.deepEqual(server.requests.map(({ from }) => from), [0, 5000, 0]);
      },
    );
  });

  it("starts over with the answer itself when a range is answered by 200", async () => {
    await play(
      ({ index }) => ({ body: FILE, cutAfter: index === 0 ? 5000 : undefined }),
      async (run, server, folder) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
        assert.deepEqual(server.requests.map(({ from }) => from), [0, 5000]);
      },
    );
  });

  it("starts over when the ETag changed", async () => {
    const old = makeBytes(300_000, 2);
    await play(
      (request) =>
        request.index === 0
          ? { ...fileReply(request, old, '"old"'), cutAfter: 5000 }
          : fileReply(request, FILE, '"new"'),
      async (run, server, folder) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
        assert.equal(server.requests[1].headers.get("if-range"), '"old"');
        assert.equal(server.requests.length, 2);
      },
    );
  });

  it("starts over when a server ignores If-Range and its 206 has another ETag", async () => {
    const old = makeBytes(300_000, 2);
    await play(
      (request) => {
        if (request.index === 0) return { ...fileReply(request, old, '"old"'), cutAfter: 5000 };
        return fileReply({ ...request, headers: new Map() }, FILE, '"new"');
      },
      async (run, server, folder) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
        assert.deepEqual(server.requests.map(({ from }) => from), [0, 5000, 0]);
      },
    );
  });

  it("settles a 416 by starting over, and uses a whole partial file without asking", async () => {
    await play((request) => fileReply(request, FILE), async (run, server, folder) => {
      await writeFile(join(folder, PARTIAL), makeBytes(400_000, 3));
      await run();
      await assertFiles(folder, { "model.pt": FILE });
      assert.deepEqual(server.requests.map(({ from }) => from), [400_000, 0]);
    });
    await play((request) => fileReply(request, FILE), async (run, server, folder) => {
      await writeFile(join(folder, PARTIAL), FILE);
      await run();
      await assertFiles(folder, { "model.pt": FILE });
      assert.equal(server.requests.length, 0);
    });
  });

  it("fetches once more from zero when a resumed file has the wrong hash", async () => {
    await play((request) => fileReply(request, FILE), async (run, server, folder) => {
      await writeFile(join(folder, PARTIAL), makeBytes(1000, 3));
      await run({ retries: 0 });
      await assertFiles(folder, { "model.pt": FILE });
      assert.deepEqual(server.requests.map(({ from }) => from), [1000, 0]);
    });
  });

  it("tries a name that is not found twice, with a warning between and a second to wait", async () => {
    await play(() => ({ status: 500 }), async (run, _server, _folder, clock) => {
      const warnings: string[] = [];
      let tries = 0;
      const fetch = () => {
        tries++;
        return Promise.reject(new TypeError("getaddrinfo ENOTFOUND a.test"));
      };
      await assertFails(run({ fetch, onWarning: (message) => warnings.push(message) }), /ENOTFOUND/);
      assert.equal(tries, 2);
      assert.deepEqual(clock.pauses, [1000]);
      assert.match(warnings.join(), /Trying again in 1 s \(1 of 1\)$/);
    });
  });

  it("waits for a network that was there a moment ago", async () => {
    const gone = [1, 2, 3];
    await play(
      (request) => ({ ...fileReply(request, FILE), ...(request.index === 0 && { cutAfter: 1000 }) }),
      async (run, server, folder) => {
        const broken: typeof fetch = (input, init) =>
          server.requests.length === 1 && gone.pop()
            ? Promise.reject(new TypeError("getaddrinfo EAI_AGAIN a.test"))
            : fetch(input, init);
        await run({ fetch: broken });
        await assertFiles(folder, { "model.pt": FILE });
        assert.deepEqual(gone, []);
      },
    );
  });

  it("waits as long as a 429 asks, in seconds or until a date", async () => {
    const date = new Date(Date.now() + 60_000).toUTCString();
    await play(
      (request) =>
        request.index < 2
          ? { status: 429, headers: { "retry-after": request.index === 0 ? "7" : date } }
          : fileReply(request, FILE),
      async (run, _server, folder, clock) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
        assert.equal(clock.pauses[0], 7000);
        assert.ok(clock.pauses[1] > 50_000 && clock.pauses[1] <= 60_000);
      },
    );
  });

  it("does not wait for a server that asks for hours", async () => {
    await play(() => ({ status: 429, headers: { "retry-after": "7200" } }), async (run, server) => {
      await assertFails(run(), /answered 429.*try again in 7200 s/, 429);
      assert.equal(server.requests.length, 1);
    });
  });

  it("tries 408, 429 and 5xx again, and no other status", async () => {
    const statuses = [503, 500, 408, 429];
    await play(
      (request) => statuses[request.index] ? { status: statuses[request.index] } : fileReply(request, FILE),
      async (run, server, folder) => {
        await run();
        await assertFiles(folder, { "model.pt": FILE });
        assert.equal(server.requests.length, 5);
      },
    );
    for (const status of [400, 401, 403, 404, 410]) {
      await play(() => ({ status }), async (run, server, folder) => {
        await assertFails(run(), new RegExp(`the server answered ${status} .*; `), status);
        assert.equal(server.requests.length, 1);
        await assertFiles(folder, {});
      });
    }
  });

  it("gives up a connection that stalls, before the head or in the body, and resumes", async () => {
    await play(
      async (request) => {
        if (request.index === 0) return { ...fileReply(request, FILE), stallAfter: 7000 };
        if (request.index === 1) await request.closed;
        return fileReply(request, FILE);
      },
      async (run, server, folder) => {
        const warnings: string[] = [];
        await run({ stallTimeout: 200, onWarning: (message) => warnings.push(message) });
        await assertFiles(folder, { "model.pt": FILE });
        assert.deepEqual(server.requests.map(({ from }) => from), [0, 7000, 7000]);
        assert.match(warnings[0], /no byte came for 0\.2 s/);
      },
    );
  });

  it("waits for a slow server that does not stall", async () => {
    const pace = { milliseconds: 20, block: 10_000 };
    await play((request) => ({ ...fileReply(request, FILE), pace }), async (run, server, folder) => {
      await run({ stallTimeout: 200 });
      await assertFiles(folder, { "model.pt": FILE });
      assert.equal(server.requests.length, 1);
    });
  });

  it("resumes a body that ends early although the runtime takes it for whole", async () => {
    await play((request) => fileReply(request, FILE), async (run, server, folder) => {
      let isFirst = true;
      const cutting = (input: URL, init?: RequestInit) => {
        if (!isFirst) return fetch(input, init);
        isFirst = false;
        const headers = { "content-length": String(FILE.byteLength), etag: '"1"' };
        return Promise.resolve(new Response(FILE.subarray(0, 5000), { headers }));
      };
      await run({ fetch: cutting as typeof fetch });
      await assertFiles(folder, { "model.pt": FILE });
      assert.deepEqual(server.requests.map(({ from }) => from), [5000]);
    });
  });

  it("rejects a flipped byte after a second try from zero", async () => {
    const flipped = FILE.slice();
    flipped[123_456] ^= 1;
    await play((request) => fileReply(request, flipped), async (run, server, folder) => {
      await assert.rejects(run(), (error: Error) => {
        assert.ok(error instanceof ChecksumMismatchError);
        assert.equal(error.expected, sha256Of(FILE));
        assert.equal(error.actual, sha256Of(flipped));
        assert.equal(error.bytes, FILE.byteLength);
        return true;
      });
      assert.deepEqual(server.requests.map(({ from }) => from), [0, 0]);
      await assertFiles(folder, {});
    });
  });

  it("names an HTML page with status 200, also in answer to a range", async () => {
    const page = new TextEncoder().encode("\n<!DOCTYPE html><html><body>Sign in</body></html>");
    await play(() => ({ body: page }), async (run, server, folder) => {
      await assertFails(run(), /an HTML page, not a checkpoint/, 200);
      assert.equal(server.requests.length, 1);
      await writeFile(join(folder, PARTIAL), FILE.subarray(0, 1000));
      await assertFails(run(), /an HTML page, not a checkpoint/, 200);
      await assertFiles(folder, {});
    });
  });

  it("keeps the partial file of an aborted download, and goes on from it", async () => {
    await play((request) => fileReply(request, FILE), async (run, server, folder) => {
      const controller = new AbortController();
      const stalling = await serveFaults((request) => ({ ...fileReply(request, FILE), stallAfter: 50_000 }));
      await using _ = stalling;
      const reason = new Error("enough");
      const aborted = run({
        signal: controller.signal,
        fetch: ((_input: unknown, init?: RequestInit) => fetch(stalling.base, init)) as typeof fetch,
      });
      arrived(stalling, 50_000).then(() => controller.abort(reason));
      await assert.rejects(aborted, reason);
      await run();
      await assertFiles(folder, { "model.pt": FILE });
      assert.deepEqual(server.requests.map(({ from }) => from), [50_000]);
    });
  });

  it("rejects at once with the reason of a signal that is aborted already", async () => {
    await play((request) => fileReply(request, FILE), async (run, server) => {
      await assert.rejects(run({ signal: AbortSignal.abort(new Error("never mind")) }), /never mind/);
      assert.equal(server.requests.length, 0);
    });
  });

  it("rejects with what onProgress throws, and does not take it for the network", async () => {
    await play((request) => fileReply(request, FILE), async (run, server) => {
      const onProgress = () => {
        throw new Error("my own fault");
      };
      await assert.rejects(run({ onProgress }), /my own fault/);
      assert.ok(server.requests.length <= 1);
    });
  });

  it("reports progress from the bytes that were there to the last one", async () => {
    await play((request) => fileReply(request, FILE), async (run, _server, folder) => {
      await writeFile(join(folder, PARTIAL), FILE.subarray(0, 1000));
      const reports: [string, number, number | undefined][] = [];
      await run({ onProgress: ({ phase, loaded, total }) => reports.push([phase, loaded, total]) });
      assert.deepEqual(reports.slice(0, 2), [["verify", 0, 1000], ["download", 1000, undefined]]);
      assert.deepEqual(reports.at(-1), ["download", FILE.byteLength, FILE.byteLength]);
    });
  });
});

describe("pause()", () => {
  it("doubles up to half a minute, and takes up to half of it off by chance", () => {
    assert.deepEqual([1, 2, 3, 10].map((failures) => pause(failures, 0)), [1000, 2000, 4000, 30_000]);
    assert.equal(pause(2, 0.5), 1500);
  });
});
