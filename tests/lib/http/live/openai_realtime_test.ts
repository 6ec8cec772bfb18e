/** OpenAI's own realtime clients against a live session, with tiny.en behind it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { loadModel } from "../../../../mod.ts";
import { describe, fixture, itNeeds, program } from "../../../harness.ts";
import { npmPackage } from "../npm_package.ts";
import { whileServing } from "../serving.ts";

const onDeno = () => import("./openai_clients.ts");
const openai = await npmPackage("openai", "6.49.0", onDeno);
const overWs = await npmPackage("openai/realtime/ws", "6.49.0", onDeno);
const overWebSocket = await npmPackage("openai/realtime/websocket", "6.49.0", onDeno);
const missing = openai.missing ?? overWs.missing ?? overWebSocket.missing;

const RATE = 24_000;

/** The first seconds of a recording, 16 bits at 24 kHz, as these clients send it. */
function sound(seconds: number): Uint8Array {
  const bytes = new Uint8Array(readFileSync(fixture("sense.wav"))).slice(44);
  const samples = new Int16Array(bytes.buffer, 0, bytes.length >> 1);
  const pcm = Int16Array.from({ length: seconds * RATE }, (_, i) => {
    const place = i * 2 / 3, before = Math.floor(place);
    return samples[before] + (place - before) * (samples[before + 1] - samples[before]);
  });
  return new Uint8Array(pcm.buffer);
}

/** What both clients have. */
interface Client {
  send(event: never): void;
  on(type: never, listener: (event: never) => void): unknown;
  close(): void;
}

type Told = Readonly<Record<string, unknown>> & { type: string };

/** Lets a client send events, and gives all that it is told up to an event of a type. */
async function talk(client: Client, first: readonly object[], until: string): Promise<Told[]> {
  const events: Told[] = [];
  const done = Promise.withResolvers<void>();
  const on = (type: string, listener: (event: Told) => void) => client.on(type as never, listener as never);
  on("error", (error) => done.reject(error));
  on("event", (event) => {
    events.push(event);
    if (event.type === "session.created") { for (const event of first) client.send(event as never); }
    if (event.type === until) done.resolve();
  });
  try {
    await done.promise;
    return events;
  } finally {
    client.close();
  }
}

function appends(pcm: Uint8Array): object[] {
  const pieces: object[] = [];
  for (let at = 0; at < pcm.length; at += RATE) {
    const piece = pcm.subarray(at, at + RATE);
    pieces.push({ type: "input_audio_buffer.append", audio: btoa(String.fromCharCode(...piece)) });
  }
  return pieces;
}

const DELTA = "conversation.item.input_audio_transcription.delta";
const COMPLETED = "conversation.item.input_audio_transcription.completed";

describe("the realtime clients of the openai package", () => {
  itNeeds(
    missing ?? program("openssl").missing,
    "transcribe: over ws with the key in a header, and over a WebSocket as pages do",
    async () => {
      using model = await loadModel(fixture("tiny.en.pt"));
      const apiKeys = ["s3cret"];
      await whileServing({ models: { "tiny.en": model }, apiKeys }, async ({ base, port }) => {
        await using tls = await tlsBefore(port);
        // They speak TLS, always.
        const client = new openai.module.OpenAI({ apiKey: "s3cret", baseURL: `${tls.base}/v1` });
        const options = { rejectUnauthorized: false };
        const spoken = await talk(
          new overWs.module.OpenAIRealtimeWS({ model: "whisper-1", options }, client),
          [
            {
              type: "session.update",
              session: {
                type: "transcription",
                audio: { input: { transcription: { model: "tiny.en", language: "en" } } },
              },
            },
            ...appends(sound(4)),
            { type: "input_audio_buffer.commit" },
          ],
          COMPLETED,
        );
        assertSaid(spoken);
        const types = spoken.map(({ type }) => type);
        for (
          const type of [
            "session.updated",
            "input_audio_buffer.speech_started",
            "input_audio_buffer.speech_stopped",
          ]
        ) assert.ok(types.includes(type), `${type} is not among ${types}`);

        const plain = new openai.module.OpenAI({ apiKey: "s3cret", baseURL: `${base}/v1` });
        const page = new overWebSocket.module.OpenAIRealtimeWebSocket({
          model: "tiny.en",
          dangerouslyAllowBrowser: true,
          onURL: (url: URL) => void (url.protocol = "ws:"),
        }, plain);
        const turn_detection = null;
        const committed = await talk(
          page,
          [
            {
              type: "session.update",
              session: { type: "transcription", audio: { input: { turn_detection } } },
            },
            ...appends(sound(4)),
            { type: "input_audio_buffer.commit" },
          ],
          COMPLETED,
        );
        assertSaid(committed);
        assert.ok(!committed.some(({ type }) => type.startsWith("input_audio_buffer.speech")));
      });
    },
  );

  itNeeds(missing, "are told what is wrong", async () => {
    using model = await loadModel(fixture("tiny.en.pt"));
    await whileServing({ models: { "tiny.en": model } }, async ({ base }) => {
      const client = new openai.module.OpenAI({ apiKey: "none", baseURL: `${base}/v1` });
      const page = new overWebSocket.module.OpenAIRealtimeWebSocket({
        model: "tiny.en",
        dangerouslyAllowBrowser: true,
        onURL: (url: URL) => void (url.protocol = "ws:"),
      }, client);
      await assert.rejects(
        () => talk(page, [{ type: "response.create" }], COMPLETED),
        /There|type of the event is "response\.create"/,
      );
    });
  });
});

function assertSaid(events: readonly Told[]): void {
  const { transcript } = events.find(({ type }) => type === COMPLETED) as unknown as { transcript: string };
  assert.match(transcript, /Mr\. John Dashwood/);
  const deltas = events.filter(({ type }) => type === DELTA).map(({ delta }) => delta);
  assert.equal(deltas.join(""), transcript);
}

/** What speaks TLS before a server, with a certificate that nobody knows. */
async function tlsBefore(port: number): Promise<AsyncDisposable & { base: string }> {
  const folder = mkdtempSync(join(tmpdir(), "sotto-tls-"));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
  const args =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost";
  execFileSync("openssl", [...args.split(" "), "-keyout", key, "-out", cert], { stdio: "ignore" });
  const sockets: { destroy(): void }[] = [];
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (outer) => {
    const inner = connect(port, "127.0.0.1");
    for (const socket of [outer, inner]) {
      sockets.push(socket);
      socket.on("error", () => {});
    }
    outer.pipe(inner).pipe(outer);
  });
  rmSync(folder, { recursive: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: ours } = server.address() as { port: number };
  return {
    base: `https://127.0.0.1:${ours}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
