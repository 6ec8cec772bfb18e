import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

  it("fetches data, blob and http URLs", async () => {
    assert.deepEqual(await readAll(new URL("data:audio/wav;base64,AQID")), [1, 2, 3]);
    const url = URL.createObjectURL(new Blob([bytes(1, 2) as Uint8Array<ArrayBuffer>]));
    assert.deepEqual(await readAll(new URL(url)), [1, 2]);
    URL.revokeObjectURL(url);
    await withServer(async (url) => assert.deepEqual(await readAll(url("/good")), [1, 2, 3]));
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
    for (const source of [42, null, {}, new Int16Array(4)]) {
      await assert.rejects(openAudioInput(source as unknown as AudioFile), TypeError);
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
    await assert.rejects(openAudioInput(stream), TypeError);
    assert(cancelled);
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
