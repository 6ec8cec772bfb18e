import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { CheckpointFormatError, loadModel, ModelNotFoundError, OrtError } from "../../mod.ts";
import { describe, fixture, it } from "../balance.ts";

const tiny = fixture("tiny.en.pt");
const TINY_BYTES = 75_571_315;

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "sotto-"));
}

function temporaryFile(name: string, content: Uint8Array | string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** A mirror that serves the fixture; counts what it is asked for. */
async function serveTiny(): Promise<{ url: string; requests: string[]; close(): void }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url!);
    response.writeHead(200, { "content-length": TINY_BYTES }).end(readFileSync(tiny));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/models`, requests, close: () => server.close() };
}

describe("loadModel()", () => {
  it("loads a checkpoint by its path and by its file address", async () => {
    for (const source of [tiny, pathToFileURL(tiny)]) {
      using model = await loadModel(source);
      assert.equal(model.dims.nVocab, 51864);
      assert.equal(model.isMultilingual, false);
    }
  });

  it("uses a file of openai/whisper's cache without any request", async () => {
    const downloadRoot = temporaryFolder();
    copyFileSync(tiny, join(downloadRoot, "tiny.en.pt"));
    const never = () => Promise.reject(new Error("asked the network"));
    using model = await loadModel("tiny.en", { downloadRoot, fetch: never });
    assert.equal(model.alignmentHeads.length, 8);
    assert.deepEqual(model.alignmentHeads[0], [1, 0]);
  });

  it("finds the cache by XDG_CACHE_HOME", async () => {
    const cache = temporaryFolder();
    mkdirSync(join(cache, "whisper"));
    copyFileSync(tiny, join(cache, "whisper", "tiny.en.pt"));
    const before = process.env.XDG_CACHE_HOME;
    process.env.XDG_CACHE_HOME = cache;
    try {
      using model = await loadModel("tiny.en", { offline: true });
      assert.equal(model.dims.nTextLayer, 4);
    } finally {
      if (before === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = before;
    }
  });

  for (const inMemory of [false, true]) {
    it(`downloads again when the cached file is wrong, and says so (inMemory: ${inMemory})`, async () => {
      const downloadRoot = temporaryFolder();
      const bytes = readFileSync(tiny);
      bytes[40_000_000] ^= 1;
      writeFileSync(join(downloadRoot, "tiny.en.pt"), bytes);
      const mirror = await serveTiny();
      const warnings: string[] = [];
      try {
        using model = await loadModel("tiny.en", {
          downloadRoot,
          inMemory,
          mirrors: [mirror.url],
          onWarning: (message) => warnings.push(message),
        });
        assert.equal(model.dims.nAudioState, 384);
        assert.equal(mirror.requests.length, 1);
        assert.match(warnings.join("\n"), /tiny\.en\.pt/);
        const { sha256 } = hashOf(join(downloadRoot, "tiny.en.pt"));
        assert.equal(sha256, "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03");
      } finally {
        mirror.close();
      }
    });
  }

  it("gives the same result in memory, and lets the file go", async () => {
    const path = join(temporaryFolder(), "tiny.en.pt");
    copyFileSync(tiny, path);
    const data = Float32Array.from({ length: 80 * 3000 }, (_, i) => Math.sin(i / 50));
    const mel = { nMels: 80, nFrames: 3000, data };
    using mapped = await loadModel(tiny);
    using inMemory = await loadModel(path, { inMemory: true });
    writeFileSync(path, "overwritten");
    using a = await mapped.embedAudio(mel);
    using b = await inMemory.embedAudio(mel);
    assert.deepEqual(a.toArray(), b.toArray());
    const [first, second] = [await mapped.decode(a), await inMemory.decode(b)];
    assert.deepEqual(first, second);
  });

  it("names the official models when there is no such name or path", async () => {
    await assert.rejects(loadModel("bas"), (error) => {
      assert.ok(error instanceof ModelNotFoundError);
      assert.equal(error.model, "bas");
      assert.equal(error.available.length, 14);
      assert.match(error.message, /large-v3-turbo/);
      return true;
    });
  });

  const damaged: [what: string, path: () => string, message: RegExp][] = [
    ["a directory", () => temporaryFolder(), /folder|directory/],
    ["an empty file", () => temporaryFile("empty.pt", ""), /empty/],
    [
      "an HTML page",
      () => temporaryFile("page.pt", "<!DOCTYPE html><html>Not found</html>"),
      /HTML|web page/,
    ],
    ["a truncated checkpoint", () => temporaryFile("cut.pt", readFileSync(tiny).subarray(0, 3e7)), /./],
  ];
  for (const [what, path, message] of damaged) {
    it(`refuses ${what} with a CheckpointFormatError`, async () => {
      await assert.rejects(loadModel(path()), (error) => {
        assert.ok(error instanceof CheckpointFormatError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("refuses a checkpoint that is swapped for another while it is loaded", async () => {
    const path = join(temporaryFolder(), "tiny.en.pt");
    copyFileSync(tiny, path);
    const swap = temporaryFile("other.pt", readFileSync(tiny));
    // The progress of building is told after the file was opened and read, before the sessions map it.
    const onProgress = ({ phase, loaded }: { phase: string; loaded: number }) => {
      if (phase === "load" && loaded === 0) renameSync(swap, path);
    };
    await assert.rejects(loadModel(path, { onProgress }), /changed/);
  });

  it("runs on CUDA, or names what is missing for it and goes on with the CPU on auto", async () => {
    const asked = await loadModel(tiny, { device: "cuda" }).catch((error: unknown) => error);
    using model = await loadModel(tiny, { device: "auto" });
    if (asked instanceof Error) {
      assert.ok(asked instanceof OrtError);
      assert.match(asked.message, /libonnxruntime_providers_shared|libcu|CUDA/);
      assert.equal(model.device, "cpu");
      assert.match(model.deviceReport[0], /CUDA is not used.*lib/);
    } else {
      using onCuda = asked as typeof model;
      assert.equal(onCuda.device, "cuda");
      assert.equal(model.device, "cuda");
      assert.deepEqual(model.deviceReport, ["CUDA is used"]);
    }
  });

  it("knows an official file by its content, whatever it is called, and takes the heads it is told", async () => {
    const path = join(temporaryFolder(), "renamed.bin");
    copyFileSync(tiny, path);
    using recognised = await loadModel(path);
    assert.deepEqual(recognised.alignmentHeads.slice(0, 3), [[1, 0], [2, 0], [2, 5]]);
    using told = await loadModel(tiny, { alignmentHeads: [[3, 1]] });
    assert.deepEqual(told.alignmentHeads, [[3, 1]]);
  });

  it("refuses wrong options", async () => {
    await assert.rejects(loadModel(tiny, { threads: 0 }), RangeError);
    const most = Math.max(256, availableParallelism());
    for (const threads of [most + 1, 100_000]) {
      await assert.rejects(
        loadModel(tiny, { threads }),
        new RegExp(`from 1 to ${most}; more than the \\d+ cores`),
      );
    }
    await assert.rejects(loadModel(tiny, { alignmentHeads: [[4, 0]] }), RangeError);
    await assert.rejects(loadModel(tiny, { device: "tpu" as "cpu" }), RangeError);
  });

  it("stops when its signal is aborted", async () => {
    await assert.rejects(loadModel(tiny, { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
  });

  it("reports the progress of verifying and of building", async () => {
    const downloadRoot = temporaryFolder();
    copyFileSync(tiny, join(downloadRoot, "tiny.en.pt"));
    const seen = new Map<string, number>();
    using model = await loadModel("tiny.en", {
      downloadRoot,
      onProgress: ({ phase, loaded }) => seen.set(phase, loaded),
    });
    assert.deepEqual([...seen], [["verify", TINY_BYTES], ["load", TINY_BYTES]]);
    assert.ok(model);
  });
});

function hashOf(path: string): { sha256: string } {
  return { sha256: createHash("sha256").update(readFileSync(path)).digest("hex") };
}
