/** What clients do wrong, on purpose or not: each gets an answer or is let go, and nothing of it stays. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import type { HandlerOptions, LogEntry } from "../../../lib/server.ts";
import { describe, it } from "../../harness.ts";
import { until } from "../../until.ts";
import { FakeModel, formOf } from "./fake_model.ts";
import { type Serving, whileServing } from "./serving.ts";

const PATH = "/v1/audio/transcriptions";
const BOUNDARY = "----boundary";
const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

function part(headers: string, content: string): string {
  return `--${BOUNDARY}\r\n${headers}\r\n\r\n${content}\r\n`;
}

const FILE_PART = part('Content-Disposition: form-data; name="file"; filename="a.wav"', "sound");
const END = `--${BOUNDARY}--\r\n`;

/** Sends text over a socket, and gives what comes back until it closes, or until `done` finds it enough. */
async function exchange(
  { port }: Serving,
  send: readonly (string | number)[],
  done: (received: string) => boolean = () => false,
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    socket.on("data", (bytes) => {
      received += new TextDecoder().decode(bytes);
      if (done(received)) socket.destroy();
    });
    socket.on("error", () => resolve());
    socket.on("close", () => {
      isClosed = true;
      resolve();
    });
  });
  for (const piece of send) {
    if (isClosed) break;
    if (typeof piece === "number") await new Promise((resolve) => setTimeout(resolve, piece));
    else socket.write(piece);
  }
  await closed;
  return received;
}

function post(headers: readonly string[], body = ""): string {
  return [`POST ${PATH} HTTP/1.1`, "Host: localhost", ...headers, "", body].join("\r\n");
}

async function send(
  { base }: Serving,
  body: BodyInit,
  contentType = MULTIPART,
): Promise<{ status: number; code: string }> {
  const init = { method: "POST", body, headers: { "content-type": contentType }, duplex: "half" };
  const response = await fetch(base + PATH, init as RequestInit);
  const { error } = await response.json() as { error?: { code: string } };
  return { status: response.status, code: error?.code ?? "" };
}

const SERVED: HandlerOptions = { models: { base: new FakeModel() } };

/** The folders of uploads. */
async function uploadsLeft(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("sotto-upload-"));
}

async function works({ base }: Serving): Promise<void> {
  const response = await fetch(base + PATH, { method: "POST", body: formOf() });
  assert.equal((await response.json() as { text: string }).text, "Hello world.");
}

describe("a server", () => {
  it("lets go of a client that does not get on with its headers", async () => {
    await whileServing(SERVED, async (serving) => {
      const started = performance.now();
      const drops = Array.from({ length: 600 }, () => ["X-A: b\r\n", 100]).flat();
      await exchange(serving, [`GET /health HTTP/1.1\r\nHost: localhost\r\n`, ...drops]);
      assert.ok(performance.now() - started < 45_000);
      await works(serving);
    }, { headersTimeout: 1 });
  });

  it("lets go of a client that does not get on with its body", async () => {
    await whileServing({ ...SERVED, bodyTimeout: 0.3 }, async (serving) => {
      const headers = [`Content-Type: ${MULTIPART}`, "Content-Length: 100000"];
      const received = await exchange(serving, [post(headers, FILE_PART.slice(0, 20))]);
      assert.match(received, /^HTTP\/1\.1 408 /);
      assert.match(received, /upload_timeout/);
      await works(serving);
    });
  });

  it("forgets an upload that breaks off", async () => {
    const before = await uploadsLeft();
    const log: LogEntry[] = [];
    await whileServing({ ...SERVED, onLog: (entry) => log.push(entry) }, async (serving) => {
      const headers = [`Content-Type: ${MULTIPART}`, "Content-Length: 9000000"];
      const socket = connect(serving.port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(post(headers, FILE_PART.slice(0, -2) + "x".repeat(3 << 20)));
      // It is long enough by then to lie in a file.
      await until(async () => (await uploadsLeft()).length === before.length + 1);
      socket.destroy();
      await until(() => log.length > 0);
      assert.equal(log[0].status, 499);
      await works(serving);
    });
    assert.deepEqual(await uploadsLeft(), before);
  });

  it("says what is wrong with a form", async () => {
    await whileServing(SERVED, async (serving) => {
      const json = await send(serving, "{}", "application/json");
      assert.deepEqual(json, { status: 415, code: "unsupported_media_type" });
      const malformed = { status: 400, code: "malformed_form" };
      const name = "Content-Disposition: form-data; name=";
      for (
        const [body, contentType] of [
          [FILE_PART + END, "multipart/form-data; charset=utf-8"],
          [FILE_PART, MULTIPART],
          ["", MULTIPART],
          ["no form at all", MULTIPART],
          [FILE_PART.slice(0, 60) + "\r\n" + END, MULTIPART],
          [part("Content-Disposition: form-data", "x") + END, MULTIPART],
          [part(`${name}"a"; filename*=UTF-8''%zz`, "x") + END, MULTIPART],
          [part(`${name}"a"\r\nX: ${"y".repeat(100_000)}`, "x") + END, MULTIPART],
        ]
      ) {
        assert.deepEqual(
          await send(serving, body, contentType),
          malformed,
          `${contentType} ${body.slice(0, 99)}`,
        );
      }
    });
  });

  it("takes no ten thousand fields, and no endless one", async () => {
    await whileServing(SERVED, async (serving) => {
      const field = (name: string, text: string) =>
        part(`Content-Disposition: form-data; name="${name}"`, text);
      const many = Array.from({ length: 10_000 }, (_, i) => field(`a${i}`, "b")).join("");
      assert.equal((await send(serving, many + FILE_PART + END)).status, 400);
      assert.equal((await send(serving, field("prompt", "b".repeat(1 << 17)) + FILE_PART + END)).status, 400);
      // No name of a field is one of an object's own.
      for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
        const { code } = await send(serving, field(name, "x") + FILE_PART + END);
        assert.equal(code, "unknown_parameter");
      }
      await works(serving);
    });
  });

  it("breaks a gigabyte off that nobody wants, told or not how large it is", async () => {
    const before = await uploadsLeft();
    await whileServing({ ...SERVED, maxUpload: 4 << 20 }, async (serving) => {
      const told = [`Content-Type: ${MULTIPART}`, `Content-Length: ${1 << 30}`];
      const answer = await exchange(serving, [post(told, FILE_PART)], (text) => text.includes("}}"));
      assert.match(answer, /^HTTP\/1\.1 413 /);
      let sent = 0;
      const piece = new Uint8Array(1 << 18);
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(FILE_PART.slice(0, -2))),
        pull(controller) {
          controller.enqueue(piece);
          sent += piece.length;
          if (sent >= 1 << 30) controller.close();
        },
      });
      // A client may find that it was cut off before it finds the answer.
      const outcome = await send(serving, body).catch(() => undefined);
      if (outcome !== undefined) assert.deepEqual(outcome, { status: 413, code: "upload_too_large" });
      assert.ok(sent < 64 << 20, `${sent} bytes were taken`);
      await works(serving);
    });
    assert.deepEqual(await uploadsLeft(), before);
  });

  it("puts nothing of a request into its headers", async () => {
    await whileServing(SERVED, async (serving) => {
      const inject = "x%0d%0aSet-Cookie:%20a=b";
      for (
        const path of [
          `/${inject}`,
          `/v1/models/${inject}`,
          `//${inject}`,
          "/\\evil",
          "*",
          "http://evil.example/",
        ]
      ) {
        const received = await exchange(
          serving,
          [`GET ${path} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${inject}\r\nConnection: close\r\n\r\n`],
        );
        const [head] = received.split("\r\n\r\n");
        assert.match(head, /^(HTTP\/1\.1 4\d\d |$)/, path);
        assert.doesNotMatch(head, /cookie|evil/i);
      }
      const name = `Content-Disposition: form-data; name="model\r\nSet-Cookie: a=b"`;
      const { status } = await send(serving, part(name, "base") + FILE_PART + END);
      assert.equal(status, 400);
    });
  });

  it("refuses headers that are too large", async () => {
    await whileServing(SERVED, async (serving) => {
      const received = await exchange(serving, [post([`X-Long: ${"a".repeat(1 << 17)}`])]);
      assert.match(received, /^(HTTP\/1\.1 4\d\d |$)/);
      await works(serving);
    });
  });

  it("hears the answer of a refusal while the client still sends", async () => {
    await whileServing({ ...SERVED, apiKeys: ["right"] }, async (serving) => {
      const form = formOf({}, new Blob([new Uint8Array(4 << 20)]));
      const response = await fetch(serving.base + PATH, { method: "POST", body: form });
      assert.equal(response.status, 401);
      const { error } = await response.json() as { error: { code: string } };
      assert.equal(error.code, "invalid_api_key");
    });
  });
});
