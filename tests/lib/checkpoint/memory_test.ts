import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import process from "node:process";
import { fetchCheckpoint } from "../../../lib/checkpoint/fetch_checkpoint.ts";
import { describe, it } from "../../harness.ts";
import { fastClock, makeBytes, withFolder } from "./download/download_fixture.ts";

const MEBIBYTE = 1 << 20;

describe("fetchCheckpoint() and memory", () => {
  it("needs no more than a few blocks for half a gigabyte", async () => {
    const block = makeBytes(MEBIBYTE);
    const hash = createHash("sha256");
    for (let count = 0; count < 512; count++) hash.update(block);
    let left = 512;
    const body = () =>
      new ReadableStream({
        pull(controller) {
          if (left-- > 0) controller.enqueue(block);
          else controller.close();
        },
      });
    await withFolder(async (folder) => {
      const before = process.memoryUsage();
      let heap = 0;
      let rss = 0;
      await fetchCheckpoint(
        { url: new URL("http://127.0.0.1:1/big.pt"), sha256: hash.digest("hex"), fileName: "big.pt" },
        {
          downloadRoot: folder,
          fetch: (() => Promise.resolve(new Response(body()))) as typeof fetch,
          onProgress() {
            const usage = process.memoryUsage();
            heap = Math.max(heap, usage.heapUsed - before.heapUsed);
            rss = Math.max(rss, usage.rss - before.rss);
          },
        },
        fastClock(),
      );
      assert.ok(heap < 64 * MEBIBYTE, `the heap grew by ${heap} bytes`);
      assert.ok(rss < 128 * MEBIBYTE, `the process grew by ${rss} bytes`);
    });
  });
});
