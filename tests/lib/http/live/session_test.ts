/** Live sessions over every way to listen, against a model that hears what it is told to. */
import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { OpeningSocket } from "../../../../lib/http/live/live_socket.ts";
import { NodeUpgrade } from "../../../../lib/http/node/node_upgrade.ts";
import { createHandler, type HandlerOptions, type LogEntry } from "../../../../lib/server.ts";
import { describe, it } from "../../../harness.ts";
import { until } from "../../../until.ts";
import { whileServing } from "../serving.ts";
import { LiveClient } from "./client.ts";
import { FakeLiveModel } from "./fake_live_model.ts";

/** Serves a model while a client talks to it. */
async function withClient(
  use: (client: LiveClient, model: FakeLiveModel, base: string) => Promise<void>,
  { query, ...options }: HandlerOptions & { query?: string } = {},
): Promise<void> {
  const model = new FakeLiveModel();
  await whileServing({ models: { base: model, other: model }, ...options }, async ({ base }) => {
    const client = await new LiveClient(base, query).opened();
    try {
      await use(client, model, base);
    } finally {
      await client.end();
    }
    // Nothing goes on without him.
    await until(() => model.open === 0);
  });
}

const PREFIX = "conversation.item.input_audio_transcription";

/** A session in which the client says where what is said ends. */
const BY_HAND = { type: "transcription", audio: { input: { turn_detection: null } } };

describe("a live session", () => {
  it("tells what is said between pauses: where, in deltas that only grow, and whole", async () => {
    await withClient(async (client) => {
      for (const word of [0, 1, 2, 3, 0, 4, 0]) client.append(word, 4800);
      const started = await client.until("input_audio_buffer.speech_started");
      const { item_id } = started;
      assert.equal(started.audio_start_ms, 100);
      const deltas = [await client.until(`${PREFIX}.delta`), await client.until(`${PREFIX}.delta`)];
      assert.deepEqual(deltas.map(({ delta }) => delta), ["word1", " word2"]);
      const stopped = await client.until("input_audio_buffer.speech_stopped");
      assert.deepEqual([stopped.item_id, stopped.audio_end_ms], [item_id, 400]);
      const committed = await client.until("input_audio_buffer.committed");
      assert.deepEqual([committed.item_id, committed.previous_item_id], [item_id, null]);
      const added = await client.until("conversation.item.added");
      assert.equal((added.item as { id: string }).id, item_id);
      assert.equal((await client.until(`${PREFIX}.delta`)).delta, " word3");
      const completed = await client.until(`${PREFIX}.completed`);
      assert.deepEqual(
        [completed.item_id, completed.transcript, completed.usage],
        [item_id, "word1 word2 word3", { type: "duration", seconds: 1 }],
      );
      await client.until("conversation.item.done");
      const next = await client.until("input_audio_buffer.committed");
      assert.equal(next.previous_item_id, item_id);
      assert.equal((await client.until(`${PREFIX}.completed`)).transcript, "word4");
    });
  });

  it("hears what is committed as one, forgets what is cleared, and says that nothing is nothing", async () => {
    await withClient(async (client, model) => {
      client.send("session.update", { session: BY_HAND });
      await client.until("session.updated");
      for (const word of [1, 0, 2]) client.append(word);
      await client.until(`${PREFIX}.delta`);
      client.send("input_audio_buffer.commit");
      const { item_id } = await client.until("input_audio_buffer.committed");
      const completed = await client.until(`${PREFIX}.completed`);
      assert.deepEqual([completed.item_id, completed.transcript], [item_id, "word1 word2"]);
      client.append(3);
      client.send("input_audio_buffer.clear");
      await client.until("input_audio_buffer.cleared");
      client.send("input_audio_buffer.commit", { event_id: "mine" });
      const { error } = await client.until("error") as unknown as { error: Record<string, unknown> };
      assert.deepEqual([error.code, error.event_id], ["input_audio_buffer_commit_empty", "mine"]);
      // Plain sound, without any event around it.
      client.socket.send(Uint8Array.of(5, 0, 0, 0));
      client.send("input_audio_buffer.commit");
      assert.equal((await client.until(`${PREFIX}.completed`)).transcript, "word5");
      assert.ok(model.asked.every(({ onSpeech }) => onSpeech === undefined));
    });
  });

  it("is told as it was asked for, in the shape of today and in that of the beta", async () => {
    await withClient(async (client, model) => {
      client.send("session.update", {
        session: {
          type: "transcription",
          audio: {
            input: {
              format: { type: "audio/pcm", rate: 16_000 },
              transcription: { model: "other", language: "de", prompt: "Sotto" },
              noise_reduction: { type: "near_field" },
              turn_detection: {
                type: "server_vad",
                threshold: 0.4,
                prefix_padding_ms: 200,
                silence_duration_ms: 900,
              },
            },
          },
          include: ["item.input_audio_transcription.logprobs"],
        },
      });
      const { session } = await client.until("session.updated") as unknown as {
        session: { audio: { input: object }; include: string[] };
      };
      assert.deepEqual(session.audio.input, {
        format: { type: "audio/pcm", rate: 16_000 },
        transcription: { model: "other", language: "de", prompt: "Sotto" },
        noise_reduction: null,
        turn_detection: {
          type: "server_vad",
          threshold: 0.4,
          prefix_padding_ms: 200,
          silence_duration_ms: 900,
        },
      });
      client.append(1);
      client.append(0);
      const { logprobs } = await client.until(`${PREFIX}.completed`) as unknown as { logprobs: object[] };
      assert.deepEqual(logprobs.map((entry) => (entry as { token: string }).token), [" word1"]);
      const { signal: _signal, onSpeech: _onSpeech, onWarning: _onWarning, ...asked } = model.asked[0];
      assert.deepEqual(asked, {
        format: "s16le",
        sampleRate: 16_000,
        language: "de",
        initialPrompt: "Sotto",
        vad: { threshold: 0.4, minSilenceDuration: 0.9, speechPad: 0.2 },
      });
    }, { query: "?intent=transcription&model=whisper-1" });
    const model = new FakeLiveModel();
    await whileServing({ models: { base: model } }, async ({ base }) => {
      const client = new LiveClient(base, "?intent=transcription", ["realtime", "openai-beta.realtime-v1"]);
      await client.until("transcription_session.created");
      client.send("transcription_session.update", {
        session: {
          input_audio_format: "g711_ulaw",
          input_audio_transcription: { model: "whisper-1", language: "en" },
          turn_detection: { type: "server_vad" },
          input_audio_noise_reduction: null,
        },
      });
      const { session } = await client.until("transcription_session.updated") as unknown as {
        session: { input_audio_format: string; input_audio_transcription: object };
      };
      assert.equal(session.input_audio_format, "g711_ulaw");
      assert.deepEqual(session.input_audio_transcription, { model: "base", language: "en", prompt: "" });
      client.append(1);
      client.send("input_audio_buffer.commit");
      await client.until("conversation.item.created");
      await client.until(`${PREFIX}.completed`);
      await client.end();
    });
  });

  it("tells what is wrong and goes on", async () => {
    await withClient(async (client) => {
      const wrong: [event: string | object, about: RegExp][] = [
        ["no json", /no JSON/],
        ["[]", /none/],
        [{ type: "response.create" }, /response\.create/],
        [{ type: "session.update" }, /session must be an object/],
        [{ type: "session.update", session: { type: "realtime" } }, /transcription/],
        [{ type: "session.update", session: { audio: { input: { transcription: { model: "no" } } } } }, /no/],
        [{ type: "session.update", session: { input_audio_format: "mp3" } }, /audio\/pcm/],
        [{ type: "session.update", session: { turn_detection: { type: "semantic_vad" } } }, /server_vad/],
        [{ type: "session.update", session: { turn_detection: { threshold: 2 } } }, /from 0 to 1/],
        [{ type: "session.update", session: { include: ["all"] } }, /include/],
        [{ type: "input_audio_buffer.append", audio: "no base64!" }, /base64/],
        [{ type: "input_audio_buffer.append" }, /base64/],
      ];
      for (const [event, about] of wrong) {
        client.socket.send(typeof event === "string" ? event : JSON.stringify(event));
        const { error } = await client.until("error") as unknown as {
          error: { message: string; type: string };
        };
        assert.match(error.message, about);
        assert.equal(error.type, "invalid_request_error");
      }
      client.append(7);
      client.append(0);
      assert.equal((await client.until(`${PREFIX}.completed`)).transcript, "word7");
    });
  });

  it("fails alone, tells nothing of the server, and hears what comes after", async () => {
    const log: LogEntry[] = [];
    await withClient(async (client) => {
      client.append(1);
      client.append(255);
      const failed = await client.until(`${PREFIX}.failed`);
      assert.doesNotMatch(JSON.stringify(failed), /secret/);
      client.append(2);
      client.append(0);
      assert.equal((await client.until(`${PREFIX}.completed`)).transcript, "word2");
    }, { onLog: (entry) => log.push(entry) });
    const entry = log.find(({ event }) => event === "request");
    assert.match(entry?.error ?? "", /secret/);
    assert.ok(entry!.audioSeconds! > 0);
    assert.doesNotMatch(JSON.stringify(log), /word/);
  });

  it("has limits: sessions, silence, messages, and sound that nobody can hear in time", async () => {
    await withClient(async (client, _model, base) => {
      const second = new LiveClient(base);
      assert.notEqual(await second.closed, 1000);
      const answer = await ask(base, {});
      assert.equal(answer.status, 426);
      assert.match(answer.body, /upgrade_required/);
      client.socket.send(new Uint8Array(2 << 20));
      client.socket.send(new Uint8Array(2 << 20));
      client.socket.send(new Uint8Array(2 << 20));
      client.socket.send(new Uint8Array((2 << 20) + 1));
      assert.equal(await client.closed, 1009);
    }, { maxLiveSessions: 1 });
    await withClient(async (client) => assert.equal(await client.closed, 1008), { liveTimeout: 0.2 });
  });

  it("needs the key, in the header or as pages send it, and is for pages of its own origin", async () => {
    const model = new FakeLiveModel();
    await whileServing({ models: { base: model }, apiKeys: ["s3cret"] }, async ({ base }) => {
      const client = new LiveClient(base, "", ["realtime", "openai-insecure-api-key.s3cret"]);
      await client.opened();
      assert.equal(client.socket.protocol, "realtime");
      await client.end();
      for (const protocols of [["realtime"], ["realtime", "openai-insecure-api-key.s3cre"]]) {
        assert.notEqual(await new LiveClient(base, "", protocols).closed, 1000);
      }
      const headers = {
        upgrade: "websocket",
        connection: "upgrade",
        "sec-websocket-version": "13",
        "sec-websocket-key": btoa("0123456789abcdef"),
      };
      const { status: unknown } = await ask(base, headers);
      const key = { authorization: "Bearer s3cret" };
      const { status: elsewhere } = await ask(base, { ...headers, ...key, origin: "https://evil.example" });
      const { status: malformed } = await ask(base, { ...headers, ...key, "sec-websocket-version": "8" });
      const { status: granted } = await ask(base, { ...headers, ...key });
      assert.deepEqual([unknown, elsewhere, malformed, granted], [401, 403, 400, 101]);
    });
  });

  it("is brought to its end when the server goes down", async () => {
    const model = new FakeLiveModel();
    const handler = createHandler({ models: { base: model } });
    const { listen } = await import("../../../../lib/http/node/listen.ts");
    const server = await listen(handler, {
      host: "127.0.0.1",
      port: 0,
      headersTimeout: 15,
      requestTimeout: 60,
    });
    const client = await new LiveClient(`http://127.0.0.1:${server.port}`).opened();
    client.append(1);
    await client.until("input_audio_buffer.speech_started");
    const closed = server.close(handler.close({ timeout: 5 }));
    assert.equal((await client.until(`${PREFIX}.completed`)).transcript, "word1");
    assert.equal(await client.closed, 1001);
    await closed;
  });
});

describe("a connection", () => {
  it("is over for us when its client does not end it with us", async () => {
    const socket = new OpeningSocket(1), closed = Promise.withResolvers<void>();
    socket.listen({ message() {}, closed: closed.resolve });
    socket.opened({ unsent: () => 0, send() {}, close() {} });
    socket.close(1008, "Nothing came");
    await closed.promise;
  });

  it("is over that was lost while it was looked whether its client may come in", async () => {
    const connection = new PassThrough(), closed = Promise.withResolvers<void>();
    connection.on("error", () => {});
    connection.destroy();
    const incoming = { headers: { "sec-websocket-key": "key" } } as unknown as IncomingMessage;
    const upgrade = new NodeUpgrade(incoming, connection, new Uint8Array());
    upgrade.grantSocket(undefined, 1000).listen({ message() {}, closed: closed.resolve });
    await closed.promise;
  });

  it("keeps no server from going down that its client holds, though it was refused or is none of ours", async () => {
    await whileServing({ models: { base: new FakeLiveModel() }, apiKeys: ["s3cret"] }, async ({ port }) => {
      const { connect } = await import("node:net");
      const requests = [
        "GET /v1/realtime HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
        "POST /v1/audio/transcriptions HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: h2c\r\n" +
        "content-length: 100\r\n\r\n",
      ];
      for (const request of requests) {
        const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
        socket.on("error", () => {});
        socket.write(request);
        await new Promise<void>((resolve) =>
          socket.once("data", (bytes) => {
            assert.match(String(bytes), /^HTTP\/1\.1 401/);
            resolve();
          })
        );
      }
    });
  });
});

describe("a server of the runtime's own", () => {
  it("holds live sessions", async () => {
    const model = new FakeLiveModel();
    const handler = createHandler({ models: { base: model } });
    const own = await listenOnRuntime(handler);
    try {
      const client = await new LiveClient(`http://127.0.0.1:${own.port}`).opened();
      assert.equal(client.socket.protocol, "realtime");
      client.append(1);
      client.append(0);
      assert.equal((await client.until(`${PREFIX}.completed`)).transcript, "word1");
      client.append(2);
      await client.until("input_audio_buffer.speech_started");
      await client.end();
    } finally {
      await handler.close({ timeout: 1 });
      await own.stop();
    }
    assert.equal(model.open, 0);
  });
});

describe("a client that offers HTTP/2", () => {
  it("is answered as if it did not, with its body", async () => {
    const model = new FakeLiveModel();
    await whileServing({ models: { base: model } }, async ({ base }) => {
      const headers = {
        connection: "Upgrade, HTTP2-Settings",
        upgrade: "h2c",
        "http2-settings": "AAMAAABkAAQAAP__",
      };
      const { status, body } = await ask(base, headers, "/health");
      assert.equal(status, 200);
      assert.match(body, /\{"status":"ok"\}/);
      const sent = await ask(
        base,
        { ...headers, "content-type": "text/plain" },
        "/v1/audio/transcriptions",
        "hello",
      );
      assert.equal(sent.status, 415);
    });
  });
});

/** Asks over `node:http`, which sends any header, and hears of an upgrade. */
async function ask(
  base: string,
  headers: Record<string, string>,
  path = "/v1/realtime",
  body?: string,
): Promise<{ status: number; body: string }> {
  const { connect } = await import("node:net");
  const { hostname, port } = new URL(base);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
    socket.on("data", (bytes) => {
      text += String(bytes);
      if (text.startsWith("HTTP/1.1 101")) socket.destroy();
    });
    const all = {
      host: `${hostname}:${port}`,
      ...headers,
      ...(body && { "content-length": String(body.length) }),
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(
      `${body === undefined ? "GET" : "POST"} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`,
    );
  });
  const [head, rest = ""] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body: rest };
}

interface OwnServer {
  readonly port: number;
  stop(): Promise<unknown>;
}

async function listenOnRuntime(handler: ReturnType<typeof createHandler>): Promise<OwnServer> {
  const { Bun: bun, Deno: deno } = globalThis as unknown as {
    Bun?: { serve(options: object): { port: number; stop(force: boolean): Promise<unknown> } };
    Deno?: {
      serve(options: object, handler: object): { addr: { port: number }; shutdown(): Promise<unknown> };
    };
  };
  const where = { hostname: "127.0.0.1", port: 0 };
  if (bun !== undefined) {
    const server = bun.serve({ ...where, fetch: handler, websocket: handler.websocket });
    return { port: server.port, stop: () => server.stop(true) };
  }
  const server = deno!.serve({ ...where, onListen() {} }, handler);
  await Promise.resolve();
  return { port: server.addr.port, stop: () => server.shutdown() };
}
