import assert from "node:assert/strict";
import { createHandler, type HandlerOptions, type LogEntry } from "../../../lib/server.ts";
import { makeHandler } from "../../../lib/http/handler.ts";
import { AudioDecodeError } from "../../../lib/errors.ts";
import { describe, it } from "../../harness.ts";
import { until } from "../../until.ts";
import { FakeModel, type Heard, requestOf } from "./fake_model.ts";

function handlerOf(model: FakeModel, options: HandlerOptions = {}) {
  return createHandler({ models: { base: model }, ...options });
}

async function answer(
  fields?: Parameters<typeof requestOf>[0],
  options: HandlerOptions = {},
  init?: Parameters<typeof requestOf>[1],
): Promise<{ response: Response; body: string; model: FakeModel }> {
  const model = new FakeModel();
  const response = await handlerOf(model, options)(requestOf(fields, init));
  return { response, body: await response.text(), model };
}

async function failure(response: Response): Promise<Record<string, unknown>> {
  const body = await response.json() as { error: Record<string, unknown> };
  assert.deepEqual(Object.keys(body), ["error"]);
  assert.deepEqual(Object.keys(body.error), ["message", "type", "param", "code"]);
  return { status: response.status, ...body.error };
}

/** The events of an answer. */
function eventsIn(body: string): Record<string, unknown>[] {
  return body.split("\n\n").filter((part) => part !== "").map((part) => {
    assert.ok(part.startsWith("data: "), part);
    return JSON.parse(part.slice("data: ".length));
  });
}

const USAGE = { type: "duration", seconds: 4 };

describe("createHandler", () => {
  it("answers with the text and the seconds of the recording", async () => {
    const { response, body } = await answer();
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type")!, /^application\/json(;|$)/);
    assert.deepEqual(JSON.parse(body), { text: "Hello world.", usage: USAGE });
  });

  it("answers in text, srt and vtt with their content types", async () => {
    const expected = {
      text: ["text/plain; charset=utf-8", "Hello world.\n"],
      srt: [
        "application/x-subrip; charset=utf-8",
        "1\n00:00:00,000 --> 00:00:01,500\nHello\n\n2\n00:00:02,000 --> 00:00:03,500\nworld.\n\n",
      ],
      vtt: [
        "text/vtt; charset=utf-8",
        "WEBVTT\n\n00:00.000 --> 00:01.500\nHello\n\n00:02.000 --> 00:03.500\nworld.\n\n",
      ],
    };
    for (const [format, [contentType, text]] of Object.entries(expected)) {
      const { response, body } = await answer({ response_format: format });
      assert.deepEqual([response.headers.get("content-type"), body], [contentType, text]);
    }
  });

  it("answers in verbose_json with openai/whisper's names and the language's full name", async () => {
    const { body } = await answer({ response_format: "verbose_json" });
    const { segments, ...rest } = JSON.parse(body);
    assert.deepEqual(rest, {
      task: "transcribe",
      language: "english",
      duration: 3.4,
      text: "Hello world.",
      usage: USAGE,
    });
    assert.deepEqual(segments[1], {
      id: 1,
      seek: 0,
      start: 2,
      end: 3.5,
      text: " world.",
      tokens: [50363, 1],
      temperature: 0,
      avg_logprob: -0.25,
      compression_ratio: 1.1,
      no_speech_prob: 0.01,
    });
  });

  it("gives words at the top, and segments only where they are asked for", async () => {
    const words = [{ word: "Hello", start: 0, end: 1 }, { word: "world.", start: 2, end: 3 }];
    const fields = { response_format: "verbose_json", "timestamp_granularities[]": "word" };
    const alone = JSON.parse((await answer(fields)).body);
    assert.deepEqual([alone.words, alone.segments], [words, undefined]);
    const both = { ...fields, "timestamp_granularities[]": ["word", "segment"] };
    const together = JSON.parse((await answer(both)).body);
    assert.deepEqual([together.words, together.segments.length], [words, 2]);
  });

  it("gives log-probabilities of words where they are asked for", async () => {
    const { body } = await answer({ "include[]": "logprobs" });
    assert.deepEqual(JSON.parse(body).logprobs[0], {
      token: " Hello",
      bytes: [32, 72, 101, 108, 108, 111],
      logprob: Math.log(0.5),
    });
  });

  it("streams deltas that are the text one after the other, and all of it at the end", async () => {
    const model = new FakeModel(() => ({ texts: [" Hello ", " ", "world. "] }));
    const response = await handlerOf(model)(requestOf({ stream: "true" }));
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const events = eventsIn(await response.text());
    const deltas = events.filter(({ type }) => type === "transcript.text.delta").map(({ delta }) => delta);
    assert.deepEqual(deltas, ["Hello", "  world."]);
    assert.deepEqual(events.at(-1), {
      type: "transcript.text.done",
      text: deltas.join(""),
      usage: USAGE,
    });
  });

  it("streams segments with verbose_json, and how far it is where that is asked for", async () => {
    const { body } = await answer({ stream: "true", response_format: "verbose_json", progress: "true" });
    const types = eventsIn(body).map(({ type }) => String(type).replace("transcript.", ""));
    const segment = ["progress", "text.segment", "text.delta"];
    assert.deepEqual(types, [...segment, ...segment, "text.done"]);
    const done = eventsIn(body).at(-1)!;
    assert.deepEqual([done.language, (done.segments as unknown[]).length], ["english", 2]);
  });

  it("passes OpenAI's fields and the library's own on as options", async () => {
    const { model } = await answer({
      model: "whisper-1",
      language: "de",
      prompt: "Buddenbrooks",
      temperature: "0.4",
      chunking_strategy: '{"type":"server_vad","threshold":0.6,"silence_duration_ms":700}',
      beamSize: "3",
      noSpeechThreshold: "null",
      clipTimestamps: "[0,2]",
      channel: "1",
      explain: "true",
    });
    const { options } = model.asked[0];
    assert.deepEqual(
      { ...options, signal: 0, onProgress: 0, onWarning: 0, onWindow: 0, onSilences: 0 },
      {
        vad: { threshold: 0.6, minSilenceDuration: 0.7, speechPad: undefined },
        beamSize: 3,
        noSpeechThreshold: null,
        clipTimestamps: [0, 2],
        channel: 1,
        explain: true,
        task: "transcribe",
        language: "de",
        initialPrompt: "Buddenbrooks",
        temperature: 0.4,
        signal: 0,
        onProgress: 0,
        onWarning: 0,
        onWindow: 0,
        onSilences: 0,
      },
    );
  });

  it("does as the server says where the request does not say it", async () => {
    const transcribe = { language: "de", initialPrompt: "Buddenbrooks", temperature: 0.2 } as const;
    const asked = async (fields: Parameters<typeof answer>[0]) => {
      const { model } = await answer(fields, { transcribe });
      const { language, initialPrompt, temperature } = model.asked[0].options;
      return [language, initialPrompt, temperature];
    };
    assert.deepEqual(await asked({}), ["de", "Buddenbrooks", 0.2]);
    assert.deepEqual(await asked({ language: "en", prompt: "Sotto", temperature: "0.4" }), [
      "en",
      "Sotto",
      0.4,
    ]);
  });

  it("takes a list with and without brackets for one", async () => {
    const { body } = await answer({
      response_format: "verbose_json",
      "timestamp_granularities[]": "word",
      timestamp_granularities: "segment",
    });
    const { words, segments } = JSON.parse(body);
    assert.deepEqual([words.length, segments.length], [2, 2]);
  });

  it("takes temperature 0 for the whole ladder", async () => {
    const { model } = await answer({ temperature: "0" });
    assert.equal(model.asked[0].options.temperature, undefined);
  });

  it("translates, into English", async () => {
    const { body, model } = await answer({ response_format: "verbose_json" }, {}, {
      path: "/v1/audio/translations",
    });
    const { task, language } = JSON.parse(body);
    assert.deepEqual([task, language, model.asked[0].options.task], ["translate", "english", "translate"]);
  });

  it("says of a wrong request which field is wrong, and asks the model for nothing", async () => {
    const cases: [Record<string, string>, string | null, string, RegExp][] = [
      [{ model: "../../etc/passwd" }, "model", "model_not_found", /not served here; wanted whisper-1, base/],
      [{ model: "http://10.0.0.1/x.pt" }, "model", "model_not_found", /not served here/],
      [{ response_format: "diarized_json" }, "response_format", "invalid_value", /must be json, text, srt/],
      [{ "timestamp_granularities[]": "word" }, "timestamp_granularities", "invalid_value", /needs the resp/],
      [{ temperature: "warm" }, "temperature", "invalid_value", /must be a number/],
      [{ temperature: "1.5" }, "temperature", "invalid_value", /from 0 to 1/],
      [{ stream: "maybe" }, "stream", "invalid_value", /true or false/],
      [{ language: "klingon" }, "language", "invalid_value", /klingon/],
      [{ beam_size: "5" }, null, "unknown_parameter", /did you mean beamSize\?/],
      [{ ffmpeg: "/bin/sh" }, null, "unknown_parameter", /There is no field "ffmpeg"/],
      [{ beamSize: "1000" }, "beamSize", "invalid_value", /1 to 64/],
      [{ vad: "{" }, "vad", "invalid_value", /must be JSON/],
      [{ known_speaker_names: "x" }, "known_speaker_names", "unsupported_parameter", /told apart by number/],
    ];
    for (const [fields, param, code, message] of cases) {
      const { response, body, model } = await answer(fields);
      const { error } = JSON.parse(body);
      const expected = { type: "invalid_request_error", param, code };
      assert.deepEqual({ type: error.type, param: error.param, code: error.code }, expected, body);
      assert.match(error.message, message);
      assert.equal(response.status, code === "model_not_found" ? 404 : 400);
      assert.equal(model.asked.length, 0);
    }
  });

  it("says so where the recording is missing, twice there, or empty", async () => {
    const twice = new FormData();
    for (const name of ["a", "b"]) twice.append("file", new Blob(["x"]), name);
    const bodies = [requestOf({}, { file: null }), requestOf({}, { file: new Blob([]) })];
    for (const request of [...bodies, requestOf({}, { body: twice })]) {
      const { status, param } = await failure(await handlerOf(new FakeModel())(request));
      assert.deepEqual([status, param], [400, "file"]);
    }
  });

  it("tells a client what is wrong with its recording, and nothing of a path", async () => {
    const model = new FakeModel((audio) => ({
      texts: ["x"],
      before() {
        throw new AudioDecodeError(`Cannot decode ${JSON.stringify(audio)}: it is noise`);
      },
    }));
    const big = new Blob([new Uint8Array(2 << 20)]);
    const told = await failure(await handlerOf(model)(requestOf({}, { file: big })));
    assert.equal(typeof model.asked[0].audio, "string"); // It lay in a file.
    assert.deepEqual(told, {
      status: 400,
      message: "Cannot decode the file: it is noise",
      type: "invalid_request_error",
      param: "file",
      code: "audio_decode",
    });
  });

  it("tells its log of a failure of its own, and the client only that there was one", async () => {
    const model = new FakeModel(() => ({
      texts: ["x"],
      before() {
        throw new Error("the secret of the house");
      },
    }));
    const log: LogEntry[] = [];
    const response = await handlerOf(model, { onLog: (entry) => log.push(entry) })(requestOf());
    const told = await failure(response);
    assert.deepEqual([told.status, told.code], [500, "server_error"]);
    assert.doesNotMatch(String(told.message), /secret/);
    assert.match(String(told.message), /its log says why$/);
    assert.equal(log.at(-1)!.error, "Error: the secret of the house");
    assert.equal(log.at(-1)!.requestId, response.headers.get("x-request-id"));
  });

  it("sends nobody to a log where there is none", async () => {
    const model = new FakeModel(() => ({
      texts: ["x"],
      before() {
        throw new Error("broken");
      },
    }));
    const handler = handlerOf(model);
    const answers = [await handler(requestOf()), await handler(requestOf({ stream: "true" }))];
    for (const response of answers) {
      const body = await response.text();
      assert.match(body, /"server_error"/);
      assert.doesNotMatch(body, /\blog\b/);
    }
  });

  it("tells one that failed to load its first model from one that still loads it, or has done so since", async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    const later = Object.assign(new FakeModel(() => ({ texts: [" Hello"] })), { [Symbol.dispose]() {} });
    const loads = [promise, Promise.resolve(later)];
    const handler = makeHandler({ models: ["base"], preload: true }, () => loads.shift()!);
    const ready = async () => {
      const response = await handler(new Request("http://localhost/ready"));
      return [response.status, (await response.json()).status];
    };
    assert.deepEqual(await ready(), [503, "loading"]);
    reject(new Error("broken"));
    await assert.rejects(handler.ready, /broken/);
    assert.deepEqual(await ready(), [503, "failed"]);
    assert.equal((await handler(requestOf())).status, 200);
    assert.deepEqual(await ready(), [200, "ready"]);
    await handler.close();
  });

  it("fails in the stream once the stream has begun", async () => {
    const model = new FakeModel(() => ({
      texts: [" Hello", " world."],
      before(i) {
        if (i === 1) throw new Error("broken");
      },
    }));
    const response = await handlerOf(model)(requestOf({ stream: "true" }));
    const events = eventsIn(await response.text());
    assert.equal((events.at(-1)!.error as { code: string }).code, "server_error");
    assert.equal(events.some(({ type }) => type === "transcript.text.done"), false);
  });

  it("wants a key where there is one, except for its health", async () => {
    const handler = handlerOf(new FakeModel(), { apiKeys: ["one", "two"] });
    const get = (path: string, authorization?: string) =>
      handler(new Request(`http://localhost${path}`, { headers: authorization ? { authorization } : {} }));
    for (const wrong of [undefined, "Bearer three", "Bearer", "Basic one", "Bearer one two"]) {
      const response = await get("/v1/models", wrong);
      assert.equal(response.headers.get("www-authenticate"), "Bearer");
      const { status, code } = await failure(response);
      assert.deepEqual([status, code], [401, "invalid_api_key"]);
    }
    for (const key of ["one", "two"]) assert.equal((await get("/v1/models", `Bearer ${key}`)).status, 200);
    assert.equal((await get("/metrics")).status, 401);
    assert.equal((await get("/no/such/path")).status, 401);
    for (const path of ["/health", "/ready"]) assert.equal((await get(path)).status, 200);
  });

  it("lists its models and describes one", async () => {
    const handler = handlerOf(new FakeModel());
    const get = async (path: string) => await handler(new Request(`http://localhost${path}`));
    const { data } = await (await get("/v1/models")).json();
    assert.deepEqual(data.map(({ id }: { id: string }) => id), ["whisper-1", "base"]);
    assert.equal((await (await get("/v1/models/base")).json()).id, "base");
    assert.equal((await get("/v1/models/other")).status, 404);
  });

  it("lets pages of other origins ask only where it was told to", async () => {
    const ask = async (origin: string, options: HandlerOptions = {}) => {
      const headers = { origin, host: "localhost" };
      return (await answer({}, options, { headers })).response;
    };
    assert.equal((await ask("https://evil.example")).status, 403);
    assert.equal((await ask("null")).status, 403);
    assert.equal((await ask("http://localhost")).status, 200);
    const allowed = await ask("https://good.example", { corsOrigins: ["https://good.example"] });
    assert.equal(allowed.headers.get("access-control-allow-origin"), "https://good.example");
    const own = await ask("http://localhost");
    assert.equal(own.headers.get("access-control-allow-origin"), null);
  });

  it("answers only to the names it was given", async () => {
    const ask = async (host: string) => {
      return (await answer({}, { hosts: ["localhost", "[::1]"] }, { headers: { host } })).response.status;
    };
    assert.deepEqual(
      [await ask("localhost:8000"), await ask("[::1]:80"), await ask("evil.example:8000")],
      [200, 200, 403],
    );
  });

  it("sets secure headers and an id of its own on every answer", async () => {
    const handler = handlerOf(new FakeModel());
    const ids = new Set<string>();
    for (const path of ["/health", "/v1/models", "/nothing"]) {
      const request = new Request(`http://localhost${path}`, { headers: { "x-request-id": "mine" } });
      const { headers } = await handler(request);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.match(headers.get("content-security-policy")!, /^default-src 'none'/);
      ids.add(headers.get("x-request-id")!);
    }
    assert.equal(ids.size, 3);
    assert.equal(ids.has("mine"), false);
  });

  it("says which method a path is for", async () => {
    const response = await handlerOf(new FakeModel())(
      new Request("http://localhost/v1/audio/transcriptions"),
    );
    assert.equal((await failure(response)).status, 405);
  });

  it("writes nothing of a recording, its name or its text into the log", async () => {
    const log: LogEntry[] = [];
    await answer({ prompt: "classified" }, { onLog: (entry) => log.push(entry) });
    const [entry] = log;
    assert.deepEqual([entry.event, entry.status, entry.model, entry.bytes, entry.audioSeconds], [
      "request",
      200,
      "base",
      100,
      3.4,
    ]);
    assert.doesNotMatch(JSON.stringify(log), /classified|Hello|talk/);
  });

  it("counts for Prometheus", async () => {
    const handler = handlerOf(new FakeModel());
    await handler(requestOf());
    await handler(new Request("http://localhost/a/path/nobody/knows"));
    const text = await (await handler(new Request("http://localhost/metrics"))).text();
    assert.match(text, /sotto_requests_total\{path="\/v1\/audio\/transcriptions",status="200"\} 1\n/);
    assert.match(text, /sotto_requests_total\{path="other",status="404"\} 1\n/);
    assert.match(text, /sotto_audio_seconds_total 3\.4\n/);
    assert.match(text, /sotto_requests_inside 0\n/);
  });

  it("refuses options that are wrong", () => {
    assert.throws(() => createHandler({ models: ["/etc/passwd" as "base"] }), /no official name/);
    assert.throws(() => createHandler({ maxUpload: 0 }), RangeError);
    assert.throws(
      () => createHandler({ transcribe: { beem: 5 } as HandlerOptions["transcribe"] }),
      /Unknown|unknown|beem/,
    );
    assert.throws(() => createHandler({ keys: ["a"] } as HandlerOptions), /did you mean/);
    assert.throws(() => createHandler({ load: { threads: 0 } }), RangeError);
    assert.throws(
      () => createHandler({ load: { presicion: "int8" } as HandlerOptions["load"] }),
      /did you mean "precision"/,
    );
  });
});

/** A model whose recordings wait until they are let go on. */
function gatedModel(texts: (audio: unknown) => string[] = () => [" a"]) {
  const gates: (() => void)[] = [];
  const model = new FakeModel((audio): Heard => ({
    texts: texts(audio),
    before: (_i, signal) =>
      new Promise((resolve, reject) => {
        gates.push(resolve);
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  }));
  return { model, gates };
}

describe("a handler under load", () => {
  it("sends away what is too much, with when to come again", async () => {
    const { model, gates } = gatedModel();
    const handler = handlerOf(model, { maxRequests: 2 });
    const inside = [handler(requestOf()), handler(requestOf())];
    const refused = await handler(requestOf());
    assert.match(refused.headers.get("retry-after")!, /^[1-9]\d*$/);
    const { status, type } = await failure(refused);
    assert.deepEqual([status, type], [429, "rate_limit_error"]);
    await until(() => gates.length === 2);
    gates.forEach((open) => open());
    for (const response of await Promise.all(inside)) assert.equal(response.status, 200);
    // There is room again.
    const next = handler(requestOf());
    await until(() => gates.length === 3);
    gates[2]();
    assert.equal((await next).status, 200);
  });

  it("works on as many recordings at a time as it was told to, and on all in the end", async () => {
    let atWork = 0, most = 0;
    const model = new FakeModel(() => ({
      texts: [" a", " b"],
      async before() {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 5));
        atWork--;
      },
    }));
    const handler = handlerOf(model, { concurrency: 2 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => handler(requestOf())));
    assert.deepEqual([most, answers.every(({ status }) => status === 200)], [2, true]);
  });

  it("lets a short recording pass a long one that came before", async () => {
    const long = Array.from({ length: 50 }, (_, i) => ` ${i}`);
    const ended: string[] = [];
    const model = new FakeModel((audio) => ({
      texts: (audio as Uint8Array).length > 100 ? long : [" short"],
      before: () => new Promise((resolve) => setTimeout(resolve, 1)),
    }));
    const handler = handlerOf(model, { concurrency: 1 });
    const ask = async (name: string, bytes: number) => {
      const file = new Blob([new Uint8Array(bytes)]);
      assert.equal((await handler(requestOf({}, { file }))).status, 200);
      ended.push(name);
    };
    const both = [ask("long", 200)];
    await until(() => model.asked.length === 1);
    both.push(ask("short", 100));
    await Promise.all(both);
    assert.deepEqual(ended, ["short", "long"]);
  });

  it("stops the work of a client that goes away, and lets the next one in", async () => {
    const { model, gates } = gatedModel();
    const handler = handlerOf(model, { maxRequests: 1 });
    const gone = new AbortController();
    const answered = handler(requestOf({}, { signal: gone.signal }));
    await until(() => gates.length === 1);
    gone.abort();
    await answered;
    assert.equal(model.stopped, 1);
    const next = handler(requestOf());
    await until(() => gates.length === 2);
    gates[1]();
    assert.equal((await next).status, 200);
  });

  it("stops the work of a stream that nobody reads any more", async () => {
    const { model, gates } = gatedModel(() => [" a", " b", " c"]);
    const log: LogEntry[] = [];
    const handler = handlerOf(model, { onLog: (entry) => log.push(entry) });
    const answered = handler(requestOf({ stream: "true" }));
    await until(() => gates.length === 1);
    gates[0]();
    const reader = (await answered).body!.getReader();
    await reader.read();
    await reader.cancel();
    assert.equal(model.stopped, 1);
    assert.equal(log.at(-1)!.status, 499);
  });

  it("refuses a recording that is too long, by what it is and not by its bytes", async () => {
    const model = new FakeModel(() => ({ texts: [" a", " b"], seconds: 100 }));
    const told = await failure(await handlerOf(model, { maxDuration: 60 })(requestOf()));
    assert.deepEqual([told.status, told.code], [413, "recording_too_long"]);
    assert.equal(model.stopped, 1);
  });

  it("fails one of several requests alone", async () => {
    const model = new FakeModel((audio) => ({
      texts: [" a", " b", " c"],
      before(i) {
        if (i === 1 && (audio as Uint8Array).length === 66) throw new Error("the decoder failed");
      },
    }));
    const handler = handlerOf(model);
    const sizes = [64, 65, 66, 67];
    const statuses = await Promise.all(
      sizes.map(async (size) =>
        (await handler(requestOf({}, { file: new Blob([new Uint8Array(size)]) }))).status
      ),
    );
    assert.deepEqual(statuses, [200, 200, 500, 200]);
  });

  it("brings what was taken in to its end when it closes, and takes nothing else", async () => {
    const { model, gates } = gatedModel();
    const handler = handlerOf(model);
    const inside = handler(requestOf());
    await until(() => gates.length === 1);
    const closed = handler.close();
    const late = await failure(await handler(requestOf()));
    assert.deepEqual([late.status, late.code], [503, "going_down"]);
    assert.equal((await handler(new Request("http://localhost/ready"))).status, 503);
    assert.equal((await handler(new Request("http://localhost/health"))).status, 200);
    gates[0]();
    assert.equal((await inside).status, 200);
    await closed;
  });

  it("stops what does not end in time when it closes", async () => {
    const { model, gates } = gatedModel();
    const handler = handlerOf(model);
    const inside = handler(requestOf());
    await until(() => gates.length === 1);
    await handler.close({ timeout: 0.01 });
    assert.equal((await failure(await inside)).code, "going_down");
  });

  it("waits for no client that does not read on when it closes", async () => {
    const model = new FakeModel(() => ({ texts: [" a", " b", " c"] }));
    const log: LogEntry[] = [];
    const handler = handlerOf(model, { onLog: (entry) => log.push(entry) });
    const { body } = await handler(requestOf({ stream: "true" }));
    await handler.close({ timeout: 0.01 });
    assert.equal(model.stopped, 1);
    const { code } = log.at(-1)!;
    assert.equal(code, "going_down");
    assert.match(await new Response(body).text(), /^data: .*"delta":"a".*\n\ndata: .*"going_down"/);
  });
});
