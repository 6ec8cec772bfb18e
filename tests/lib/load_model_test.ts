import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { CheckpointFormatError, DeviceError, loadModel, ModelNotFoundError } from "../../mod.ts";
import { findModel, OFFICIAL_MODELS, type OfficialModel } from "../../lib/checkpoint/registry.ts";
import { describe, fixture, it } from "../balance.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "./model/micro_checkpoint.ts";

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

  it("warns of a translation that an official model was not trained for", async () => {
    const bytes = microCheckpoint(MICRO_LAYOUTS.multilingual);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const path = temporaryFile("turbo.pt", bytes);
    const models = OFFICIAL_MODELS as OfficialModel[];
    models.push({ ...findModel("turbo")!, sha256 });
    try {
      for (const options of [{ sha256 }, {}]) {
        const warnings: string[] = [];
        const onWarning = (message: string) => warnings.push(message);
        using model = await loadModel(path, { ...options, alignmentHeads: [[0, 0]] });
        const asked = { task: "translate", language: "de", temperature: 0, sampleLen: 1, onWarning } as const;
        await model.transcribe(new Float32Array(16_000), asked);
        assert.match(warnings.join(), options.sha256 ? /not trained to translate/ : /^$/);
      }
    } finally {
      models.pop();
    }
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
    [
      "a truncated checkpoint",
      () => temporaryFile("cut.pt", readFileSync(tiny).subarray(0, 3e7)),
      /cut\.pt: the zip has no end record: the file is cut short, get it again/,
    ],
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

  it("refuses a checkpoint of the cache that is swapped between its hashing and its opening", async () => {
    const downloadRoot = temporaryFolder();
    const path = join(downloadRoot, "tiny.en.pt");
    copyFileSync(tiny, path);
    // Even the same bytes: what is used is what was hashed.
    const swap = temporaryFile("other.pt", readFileSync(tiny));
    let hashed = 0;
    const onProgress = ({ phase, loaded, total }: { phase: string; loaded: number; total?: number }) => {
      // The loss of its name changes the file that is hashed, so it is hashed again, and then found to be good.
      if (phase === "verify" && loaded === total && ++hashed === 1) renameSync(swap, path);
    };
    await assert.rejects(loadModel("tiny.en", { downloadRoot, onProgress }), {
      name: "CheckpointFormatError",
      message: /tiny\.en\.pt: it was changed after it was verified/,
    });
  });

  it("runs on CUDA, or names what is missing for it and goes on with the CPU on auto", async () => {
    const asked = await loadModel(tiny, { device: "cuda" }).catch((error: unknown) => error);
    using model = await loadModel(tiny, { device: "auto" });
    if (asked instanceof Error) {
      assert.ok(asked instanceof DeviceError);
      assert.deepEqual([asked.code, asked.device], ["DEVICE", "cuda"]);
      assert.match(asked.message, /^Cannot run on the device "cuda": .*(?:libcu|CUDA|NVIDIA)/);
      assert.equal(model.device, "cpu");
      assert.match(model.deviceReport[0], /CUDA is not used: .*(?:lib|nvcuda\.dll)/);
      assert.equal(model.deviceReport[1], "The CPU is used");
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

  it("refuses wrong options before it opens or fetches anything", async () => {
    const never = () => Promise.reject(new Error("asked the network"));
    const absent = { downloadRoot: temporaryFolder(), fetch: never, library: "/no/such/library.so" };
    const wrong: [options: object, message: RegExp][] = [
      [{ download_root: "/tmp" }, /TypeError.*"download_root" is not an option: did you mean "downloadRoot"/],
      [{ inMemory: "no" }, /TypeError.*inMemory is "no", wanted true or false/],
      [{ device: "gpu" }, /TypeError.*device is "gpu", wanted "auto", "cpu", "cuda".*"xnnpack"/],
      [{ cuda: { memoryLimt: 1 } }, /TypeError.*"memoryLimt" is not an option: did you mean "memoryLimit"/],
      [{ threads: 0 }, /RangeError.*threads is 0/],
      [{ signal: {} }, /TypeError.*signal .*wanted an AbortSignal/],
      [{ sha256: "nonsense" }, /TypeError.*sha256 is "nonsense", wanted 64 hexadecimal digits/],
      [{ alignmentHeads: [3] }, /TypeError.*alignmentHeads is \[3\]/],
      [{ retries: 0.5 }, /RangeError.*retries/],
      [{ mirrors: "http://host/" }, /TypeError.*mirrors is "http:\/\/host\/", wanted a list/],
      [{ onProgress: true }, /TypeError.*onProgress/],
      [{ library: "" }, /TypeError.*library is "", wanted a path/],
    ];
    for (const source of ["base", tiny, new URL("http://127.0.0.1:9/base.pt")]) {
      for (const [options, message] of wrong) {
        await assert.rejects(loadModel(source, { ...absent, ...options }), (error) => {
          assert.match(String(error), message);
          assert.match((error as { code: string }).code, /^(UNKNOWN|INVALID)_OPTION$/);
          return true;
        });
      }
    }
    for (const source of [undefined, null, 3, {}]) {
      await assert.rejects(loadModel(source as never, absent), { name: "TypeError", code: "INVALID_INPUT" });
    }
    const most = Math.max(256, availableParallelism());
    for (const threads of [most + 1, 100_000]) {
      await assert.rejects(
        loadModel(tiny, { threads }),
        new RegExp(`from 1 to ${most}; more than the \\d+ cores`),
      );
    }
    await assert.rejects(loadModel(tiny, { alignmentHeads: [[4, 0]] }), RangeError);
  });

  it("asks for a device before it fetches anything", async () => {
    let asked = false;
    const fetch = () => {
      asked = true;
      return Promise.reject(new Error("asked the network"));
    };
    const options = { device: "cuda", downloadRoot: temporaryFolder(), fetch, retries: 0 } as const;
    await assert.rejects(loadModel("tiny.en", options), (error) => {
      assert.equal(error instanceof DeviceError, !asked, "either there is CUDA, or nobody is asked");
      return true;
    });
  });

  it("takes an option that is undefined for one that was not given", async () => {
    using model = await loadModel(tiny, { device: undefined, inMemory: undefined, onWarning: undefined });
    assert.equal(model.dims.nTextLayer, 4);
  });

  describe("sha256", () => {
    const right = "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03";
    const other = "0".repeat(64);

    for (const inMemory of [false, true]) {
      it(`is compared for a path and a file address (inMemory: ${inMemory})`, async () => {
        for (const source of [tiny, pathToFileURL(tiny), pathToFileURL(tiny).href]) {
          const mismatch = {
            name: "ChecksumMismatchError",
            expected: other,
            actual: right,
            bytes: TINY_BYTES,
          };
          await assert.rejects(loadModel(source, { inMemory, sha256: other }), mismatch);
          await assert.rejects(loadModel(source, { inMemory, sha256: other, verify: "never" }), mismatch);
        }
        using model = await loadModel(tiny, { inMemory, sha256: right.toUpperCase() });
        assert.equal(model.dims.nTextLayer, 4);
      });

      it(`heals a file of the cache that came from an address (inMemory: ${inMemory})`, async () => {
        const mirror = await serveTiny();
        try {
          const downloadRoot = temporaryFolder();
          const options = { downloadRoot, inMemory };
          const url = new URL(`${mirror.url}/mine.pt`);
          const good = { ...options, sha256: hashOf(tiny).sha256 };
          (await loadModel(url, good))[Symbol.dispose]();
          const [name] = readdirSync(downloadRoot).filter((file) => file.endsWith(".pt"));
          const bytes = readFileSync(join(downloadRoot, name));
          bytes[40_000_000] ^= 1;
          writeFileSync(join(downloadRoot, name), bytes);
          const offline = loadModel(url, { ...good, offline: true });
          await assert.rejects(offline, { name: "ChecksumMismatchError", expected: good.sha256 });
          using model = await loadModel(url, good);
          assert.equal(model.dims.nTextLayer, 4);
          assert.equal(mirror.requests.length, 2);
          assert.equal(hashOf(join(downloadRoot, name)).sha256, good.sha256);
        } finally {
          mirror.close();
        }
      });
    }

    it("of an official model is its own, and a folder has none", async () => {
      const options = { downloadRoot: temporaryFolder(), fetch: () => Promise.reject(new Error("asked")) };
      const loading = loadModel("tiny.en", { ...options, sha256: other });
      await assert.rejects(loading, { code: "INVALID_OPTION", message: /its own is d3dd57d3/ });
      await assert.rejects(loadModel(temporaryFolder(), { sha256: other }), { code: "INVALID_OPTION" });
    });
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
