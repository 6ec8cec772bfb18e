import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createReadStream, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Readable } from "node:stream";
import { AudioDecodeError } from "../../../lib/errors.ts";
import { type AudioFile, type AudioInputOptions, openAudioInput } from "../../../lib/audio/source.ts";
import { describe, fixture, it } from "../../harness.ts";
import { bytes } from "./wav_builder.ts";

async function readAll(file: AudioFile, options?: AudioInputOptions): Promise<number[]> {
  await using input = await openAudioInput(file, options);
  return [...await input.read(0, input.size)];
}

async function refuses(file: AudioFile, message: RegExp, options?: AudioInputOptions): Promise<Error> {
  const error = await openAudioInput(file, options).then(() => undefined, (reason) => reason);
  assert(error instanceof AudioDecodeError, String(error));
  assert.match(error.message, message);
  return error;
}

async function withServer(body: (url: (path: string) => URL) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/good")) response.end(bytes(1, 2, 3));
    else if (request.url === "/endless") response.write(bytes(1));
    else response.writeHead(404).end("not here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await body((path) => new URL(path, `http://127.0.0.1:${port}`));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("openAudioInput()", () => {
  it("reads at any offset and no further than the end", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-test-"));
    const path = join(folder, "a.bin");
    writeFileSync(path, bytes(1, 2, 3, 4));
    try {
      for (const file of [path, bytes(1, 2, 3, 4), new Blob([Uint8Array.of(1, 2, 3, 4)])]) {
        await using input = await openAudioInput(file);
        assert.equal(input.size, 4);
        assert.deepEqual([...await input.read(1, 2)], [2, 3]);
        assert.deepEqual([...await input.read(3, 1e12)], [4]);
        assert.deepEqual([...await input.read(9, 2)], []);
      }
      await using shrinking = await openAudioInput(path);
      truncateSync(path, 1);
      assert.deepEqual([...await shrinking.read(0, 4)], [1]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("collects a stream of any pieces", async () => {
    const pieces = [bytes(1, 2), bytes(), bytes(3)];
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => pieces.length ? controller.enqueue(pieces.shift()!) : controller.close(),
    });
    assert.deepEqual(await readAll(stream), [1, 2, 3]);
  });

  it("keeps a long stream in a file that nobody else can find, and at any offset gives what came", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-test-"));
    const { TMPDIR } = process.env;
    process.env.TMPDIR = folder;
    async function* pieces() {
      for (let piece = 0; piece < 40; piece++) {
        await Promise.resolve();
        yield new Uint8Array(600_000).fill(piece);
      }
    }
    try {
      await using input = await openAudioInput(pieces());
      assert.equal(input.size, 24_000_000);
      assert.deepEqual([...await input.read(599_999, 2)], [0, 1]);
      const end = new Uint8Array(4);
      assert.equal(input.readSync!(23_999_999, end), 1);
      assert.equal(end[0], 39);
      assert(input.path === undefined);
      // Windows removes no file that is open.
      if (process.platform !== "win32") assert.deepEqual(readdirSync(folder), []);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(folder, { recursive: true });
    }
  });

  it("keeps a long stream in memory where no file can be made", async () => {
    const { TMPDIR } = process.env;
    process.env.TMPDIR = join(tmpdir(), "there-is-no-such-folder");
    try {
      await using input = await openAudioInput(new Blob([new Uint8Array(20_000_000)]).stream());
      assert.equal((await input.read(0, input.size)).length, 20_000_000);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  });

  it("fetches data, blob and http URLs", async () => {
    assert.deepEqual(await readAll(new URL("data:audio/wav;base64,AQID")), [1, 2, 3]);
    const url = URL.createObjectURL(new Blob([bytes(1, 2) as Uint8Array<ArrayBuffer>]));
    assert.deepEqual(await readAll(new URL(url)), [1, 2]);
    URL.revokeObjectURL(url);
    await withServer(async (url) => assert.deepEqual(await readAll(url("/good")), [1, 2, 3]));
  });

  it("reads a response, of fetch or of another library", async () => {
    const body = () => bytes(1, 2, 3) as Uint8Array<ArrayBuffer>;
    assert.deepEqual(await readAll(new Response(body())), [1, 2, 3]);
    assert.deepEqual(await readAll(new Response(null)), []);
    await withServer(async (url) => assert.deepEqual(await readAll(await fetch(url("/good"))), [1, 2, 3]));
    const other = {
      ok: true,
      url: "",
      bodyUsed: false,
      body: new Response(body()).body,
      arrayBuffer: () => Promise.reject(new Error("not asked for")),
    };
    assert.deepEqual(await readAll(other as unknown as Response), [1, 2, 3]);
  });

  it("keeps what came of a response that breaks off, with a warning, and nothing of one that was stopped", async () => {
    const advice = "For more information, pass `verbose: true` in the second argument to fetch()";
    const reset = new Error(`The connection was reset. ${advice}`);
    const broken = (pieces: Uint8Array[], cause: Error) =>
      new Response(
        new ReadableStream({
          pull(controller) {
            const piece = pieces.shift();
            if (piece) controller.enqueue(piece);
            else controller.error(cause);
          },
        }),
      );
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const fetch = () => Promise.resolve(broken([bytes(1, 2), bytes(3)], reset));
    const url = new URL("https://a.example/x.wav?key=secret");
    assert.deepEqual(await readAll(url, { fetch: fetch as typeof globalThis.fetch, onWarning }), [1, 2, 3]);
    const message = "https://a.example/x.wav was cut off while it was fetched, what came is heard: " +
      "The connection was reset";
    assert.deepEqual(warnings, [message]);
    await refuses(broken([], reset), /^Cannot fetch the audio response: The connection was reset$/);
    await refuses(broken([bytes(1)], new DOMException("enough", "AbortError")), /: enough$/, { onWarning });
    assert.deepEqual(warnings, [message]);
  });

  it("takes no page of an error for the audio, and no body twice", async () => {
    await withServer(async (url) => {
      await refuses(
        await fetch(url("/gone?token=1")),
        /^Cannot fetch http:\S+\/gone: the server answered 404/,
      );
    });
    const used = new Response("abc");
    await used.text();
    await assert.rejects(openAudioInput(used), /the audio response: its body has been read already/);
  });

  it("collects a stream of Node.js and any async iterable of bytes", async () => {
    const stream = Readable.from([Buffer.from([1, 2]), Buffer.from([3])]);
    assert.deepEqual(await readAll(stream), [1, 2, 3]);
    async function* generated(): AsyncGenerator<Uint8Array> {
      yield bytes(4);
      await new Promise((resolve) => setTimeout(resolve, 1));
      yield bytes();
      yield bytes(5, 6);
    }
    assert.deepEqual(await readAll(generated()), [4, 5, 6]);
    const folder = mkdtempSync(join(tmpdir(), "sotto-test-"));
    try {
      writeFileSync(join(folder, "a.bin"), bytes(7, 8));
      assert.deepEqual(await readAll(createReadStream(join(folder, "a.bin"))), [7, 8]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("gives the failure of a stream on", async () => {
    const reason = new Error("the microphone was unplugged");
    const stream = new Readable({ read() {} });
    setTimeout(() => stream.destroy(reason), 5);
    await assert.rejects(openAudioInput(stream), reason);
  });

  it("stops a stream of Node.js and an iterable when its signal is aborted", async () => {
    const reason = new Error("no longer wanted");
    const stream = new Readable({ read() {} });
    let returned = false;
    const iterable = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => (returned = true, Promise.resolve({ done: true as const, value: undefined })),
      }),
    };
    for (const source of [stream, iterable]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 10);
      await assert.rejects(openAudioInput(source, { signal: controller.signal }), reason);
    }
    assert(stream.destroyed);
    assert(returned);
  });

  it("fetches with the function it is given", async () => {
    const asked: string[] = [];
    const fetch = (input: string | URL | Request) => {
      asked.push(String(input));
      return Promise.resolve(new Response(bytes(7) as Uint8Array<ArrayBuffer>));
    };
    assert.deepEqual(
      await readAll(new URL("https://a.example/x.wav"), { fetch: fetch as typeof globalThis.fetch }),
      [
        7,
      ],
    );
    assert.deepEqual(asked, ["https://a.example/x.wav"]);
  });

  it("says what a server answered, and keeps the query of the address to itself", async () => {
    await withServer(async (url) => {
      const error = await refuses(url("/gone?token=secret"), /\/gone: the server answered 404 Not Found$/);
      assert(!error.message.includes("secret"));
    });
    const error = await refuses(
      new URL("http://127.0.0.1:1/x.wav"),
      /^Cannot fetch http:\/\/127.0.0.1:1\/x.wav: /,
    );
    assert(error.cause instanceof Error);
  });

  it("says why a path cannot be read, and keeps the cause", async () => {
    const missing = await refuses(
      "no/such/file.wav",
      /^Cannot read "no\/such\/file.wav": there is no such file$/,
    );
    assert.equal((missing.cause as NodeJS.ErrnoException).code, "ENOENT");
    await refuses(fixture("audio"), /it is a directory, not a file$/);
    await refuses("https://a.example/x.wav", /to fetch an address, pass a URL object$/);
  });

  it("refuses other kinds of sources", async () => {
    for (
      const [source, named] of [
        [42, /^Cannot read audio from 42: a path, a URL, the bytes/],
        [null, /from null:/],
        [undefined, /from undefined:/],
        [{}, /from an Object:/],
        [new Map(), /from a Map:/],
        [() => {}, /from a function:/],
        [new Float64Array(4), /from a Float64Array \(Float32Array\.from converts it, full scale being 1\):/],
        [[0.5, 0.25], /from an Array:/],
        [Promise.resolve("a.wav"), /from a Promise \(await it first\):/],
        [{ readable: new ReadableStream() }, /from an Object \(its property readable is a stream\):/],
      ] as const
    ) {
      await assert.rejects(openAudioInput(source as unknown as AudioFile), (error: Error) => {
        assert(error instanceof TypeError);
        assert.match(error.message, named);
        return true;
      });
    }
    await assert.rejects(
      openAudioInput(new URL("ftp://a.example/x.wav")),
      /Cannot read audio from ftp: URLs/,
    );
  });

  it("refuses a stream of other things than bytes, and cancels it", async () => {
    let cancelled = false;
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue("text"),
      cancel: () => void (cancelled = true),
    });
    await assert.rejects(openAudioInput(stream), /^TypeError: .*a chunk of it is text, wanted Uint8Array$/);
    assert(cancelled);
    await assert.rejects(openAudioInput(Readable.from(["text"])), /a chunk of it is text/);
  });

  it("stops reading when its signal is aborted, and cancels the stream", async () => {
    const reason = new Error("no longer wanted");
    let cancelled: unknown;
    const stream = new ReadableStream<Uint8Array>({ cancel: (why) => void (cancelled = why) });
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 10);
    await assert.rejects(openAudioInput(stream, { signal: controller.signal }), reason);
    assert.equal(cancelled, reason);
    await withServer(async (url) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 50);
      await assert.rejects(openAudioInput(url("/endless"), { signal: controller.signal }), reason);
    });
  });
});
