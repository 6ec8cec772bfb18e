/** A server whose work the workers of a queue do: its answers are those of a server with a model. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AudioSource } from "../../../../mod.ts";
import { AudioDecodeError } from "../../../../lib/errors.ts";
import {
  createWorker,
  JobFailedError,
  openQueue,
  QueueConnectionError,
  type TranscriptionQueue,
  type WorkerOptions,
} from "../../../../lib/queue.ts";
import { frontError } from "../../../../lib/queue/front/front_errors.ts";
import { removeLeftBehind } from "../../../../lib/queue/front/shared_upload.ts";
import {
  createHandler,
  type FrontOptions,
  type Handler,
  type HandlerOptions,
  type LogEntry,
} from "../../../../lib/server.ts";
import { describe, it, itNeeds } from "../../../harness.ts";
import { until } from "../../../until.ts";
import { FakeModel, type Heard, requestOf } from "../../http/fake_model.ts";
import { missingForQueue } from "../queue_needs.ts";
import { RedisServer } from "../redis/redis_server.ts";
import { SoundFolder } from "../sound_folder.ts";

/** What a test of the server has. */
interface Scene {
  readonly redis: RedisServer;
  readonly front: Handler;
  readonly queue: TranscriptionQueue;
  readonly model: FakeModel;
  readonly log: readonly LogEntry[];
  /** The uploads that lie in the shared folder. */
  uploads(): string[];
}

interface Staging {
  readonly hear?: (audio: AudioSource) => Heard;
  readonly worker?: Partial<WorkerOptions>;
  readonly server?: HandlerOptions;
  readonly queue?: Partial<FrontOptions>;
}

async function withFront(play: (scene: Scene) => Promise<void>, staging: Staging = {}): Promise<void> {
  await using redis = await RedisServer.start();
  using folder = new SoundFolder();
  const model = new FakeModel(staging.hear);
  const at = { redis: redis.url, soundFolder: folder.path };
  await using worker = createWorker({ ...at, models: { base: model }, ...staging.worker });
  await using queue = await openQueue({ redis: redis.url });
  const log: LogEntry[] = [];
  await using front = createHandler({
    onLog: (entry) => log.push(entry),
    ...staging.server,
    queue: { ...at, ...staging.queue },
  });
  await worker.ready;
  const received = join(folder.path, "received");
  mkdirSync(received);
  await play({ redis, front, queue, model, log, uploads: () => readdirSync(received) });
}

function test(name: string, play: (scene: Scene) => Promise<void>, staging?: Staging): void {
  itNeeds(missingForQueue, name, () => withFront(play, staging));
}

function get(handler: Handler, path: string): Promise<Response> {
  return handler(new Request(`http://localhost${path}`));
}

async function failure(response: Response): Promise<unknown[]> {
  const { error: { code, param, message } } = await response.json() as { error: Record<string, unknown> };
  return [response.status, code, param, message];
}

/** A model that waits before each segment until it is told to go on. */
function gated(...texts: string[]) {
  const gates: (() => void)[] = [];
  const before = (_index: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      gates.push(resolve);
    });
  return { hear: () => ({ texts, before }), gates };
}

describe("a server in front of a queue", () => {
  test("answers in every form as a server with a model does, and leaves no file behind", async ({ front, uploads }) => {
    const words = { response_format: "verbose_json", "timestamp_granularities[]": ["word", "segment"] };
    const forms: Parameters<typeof requestOf>[0][] = [
      ...["json", "text", "srt", "vtt", "verbose_json"].map((format) => ({ response_format: format })),
      words,
      { "include[]": "logprobs" },
      { stream: "true" },
      { stream: "true", ...words },
    ];
    await using alone = createHandler({ models: { base: new FakeModel() } });
    for (const form of forms) {
      const [wanted, given] = await Promise.all([alone, front].map(async (handler) => {
        const response = await handler(requestOf(form));
        return [response.status, response.headers.get("content-type"), await response.text()];
      }));
      assert.deepEqual(given, wanted);
    }
    await until(() => uploads().length === 0);
  });

  test("asks workers for what the request asks for", async ({ front, model, queue }) => {
    const response = await front(
      requestOf({ language: "en", beamSize: "2", prompt: "Sotto", model: "base" }),
    );
    assert.equal(response.status, 200);
    const [{ options }] = model.asked;
    const { language, beamSize, initialPrompt, task, vad } = options;
    assert.deepEqual([language, beamSize, initialPrompt, task, vad], ["en", 2, "Sotto", "transcribe", true]);
    // Operators find the job by the name of the request.
    assert.equal(await queue.state(response.headers.get("x-request-id")!), "completed");
  }, { server: { transcribe: { vad: true } } });

  {
    const { hear, gates } = gated(" one", " two", " three");
    test("streams segments while the worker still hears the rest", async ({ front, uploads }) => {
      const answered = front(requestOf({ stream: "true", progress: "true" }));
      await until(() => gates.length === 1);
      assert.equal(uploads().length, 1);
      gates[0]();
      const reader = (await answered).body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      const readTo = async (part: string) => {
        while (!text.includes(part)) {
          const { done, value } = await reader.read();
          assert.ok(!done, text);
          text += value;
        }
      };
      await readTo('"delta":"one"');
      for (const i of [1, 2]) {
        await until(() => gates.length === i + 1);
        gates[i]();
      }
      await readTo('"text":"one two three"');
      assert.match(text, /"transcript\.progress","loaded":[\d.]+,"total":3\.4/);
    }, { hear });
  }

  {
    const { hear, gates } = gated(" one");
    test("cancels the job of a client that goes away, at work or waiting", async (scene) => {
      const { front, model, queue, uploads, log } = scene;
      const gone = new AbortController(), bored = new AbortController();
      const atWork = front(requestOf({}, { signal: gone.signal }));
      await until(() => gates.length === 1);
      const waiting = front(requestOf({}, { signal: bored.signal }));
      await until(async () => (await queue.figures()).counts.waiting === 1);
      bored.abort();
      await waiting;
      assert.deepEqual([(await queue.figures()).counts.waiting, uploads().length], [0, 1]);
      gone.abort();
      await atWork;
      await until(() => model.stopped === 1);
      assert.deepEqual([uploads(), model.asked.length], [[], 1]);
      assert.deepEqual(log.map(({ status }) => status), [499, 499]);
    }, { hear, worker: { concurrency: 1 } });
  }

  {
    const { hear, gates } = gated(" one", " two");
    test("cancels the job of a stream that nobody reads any more", async ({ front, model, uploads }) => {
      const answered = front(requestOf({ stream: "true" }));
      await until(() => gates.length === 1);
      gates[0]();
      const reader = (await answered).body!.getReader();
      await reader.read();
      await reader.cancel();
      await until(() => model.stopped === 1);
      assert.deepEqual(uploads(), []);
    }, { hear });
  }
});

describe("a job that fails", () => {
  let fail: (path: string) => Error;
  // What a worker hears is a file that is open.
  const hear = (audio: AudioSource) => ({
    texts: [" Hello."],
    before() {
      throw fail((audio as unknown as { path: string }).path);
    },
  });
  test(
    "is told as a server with a model tells it, without names of this side",
    async ({ front, uploads, log }) => {
      fail = (path) => new AudioDecodeError(`Cannot decode ${JSON.stringify(path)}: it is empty`);
      const undecoded = [400, "audio_decode", "file", "Cannot decode the file: it is empty"];
      assert.deepEqual(await failure(await front(requestOf())), undecoded);
      fail = (path) => Object.assign(new Error(`a fault beside ${path}`), { code: "CHECKPOINT_FORMAT" });
      const own = await failure(await front(requestOf()));
      assert.deepEqual(own.slice(0, 3), [500, "server_error", null]);
      assert.doesNotMatch(String(own[3]), /beside/);
      assert.match(log.at(-1)!.error!, /a fault beside/);
      const [status, code, param, message] = await failure(await front(requestOf({ model: "large-v3" })));
      assert.deepEqual([status, code, param], [404, "model_not_found", "model"]);
      assert.match(String(message), /no model "large-v3"; it has base/);
      assert.deepEqual(uploads(), []);
    },
    { hear },
  );

  const tooLong = [413, "recording_too_long", "file"];
  test("is told where workers take nothing so long", async ({ front }) => {
    assert.deepEqual((await failure(await front(requestOf()))).slice(0, 3), tooLong);
  }, { worker: { maxDuration: 2 } });

  test("is told where the server takes nothing so long", async ({ front }) => {
    assert.deepEqual((await failure(await front(requestOf()))).slice(0, 3), tooLong);
  }, { server: { maxDuration: 2 } });

  it("is told by a status that says whether another try makes sense", () => {
    const failed = (code: string) =>
      frontError(new JobFailedError("It failed", { code, jobId: "1" }), "name");
    const statusOf = (error: unknown) => {
      const { status, retryAfter } = error as { status?: number; retryAfter?: number };
      return [status, retryAfter];
    };
    assert.deepEqual(statusOf(failed("CANCELLED")), [410, undefined]);
    assert.deepEqual(statusOf(failed("DOWNLOAD")), [503, 30]);
    assert.ok(failed("SOUND_MISSING") instanceof JobFailedError);
    const full = new QueueConnectionError("Full", { code: "QUEUE_FULL", url: "redis://:x@host" });
    assert.deepEqual(statusOf(frontError(full, "")), [503, 30]);
  });
});

describe("Redis behind a server", () => {
  test("that is away is 503 with when to come again, and all is well once it is back", async (scene) => {
    const { front, redis } = scene;
    assert.equal((await get(front, "/ready")).status, 200);
    assert.equal((await front(requestOf())).status, 200);
    const text = await (await get(front, "/metrics")).text();
    assert.match(text, /^sotto_queue_up 1$/m);
    await until(async () =>
      /^sotto_queue_audio_seconds_total 3\.4$/m.test(await (await get(front, "/metrics")).text())
    );
    for (
      const line of [
        'sotto_queue_jobs{state="waiting"} 0',
        "sotto_queue_oldest_wait_seconds 0",
        "sotto_queue_workers 1",
        "sotto_queue_jobs_done_total 1",
      ]
    ) assert.ok(text.includes(`\n${line}\n`), line);

    await redis.kill();
    const refused = await front(requestOf());
    assert.match(refused.headers.get("retry-after")!, /^[1-9]\d*$/);
    assert.deepEqual((await failure(refused)).slice(0, 2), [503, "queue_unreachable"]);
    const ready = await get(front, "/ready");
    assert.deepEqual([ready.status, await ready.json()], [503, { status: "queue_unreachable" }]);
    assert.match(await (await get(front, "/metrics")).text(), /^sotto_queue_up 0$/m);
    await redis.run();
    await until(async () => (await get(front, "/ready")).status === 200);
    assert.equal((await front(requestOf())).status, 200);
  }, { queue: { connectTimeout: 0.3 } });

  itNeeds(missingForQueue, "may come after the server, and may refuse it", async () => {
    await using redis = await RedisServer.start("--requirepass", "right");
    using folder = new SoundFolder();
    const queue = { redis: `redis://:wrong@127.0.0.1:${redis.port}`, soundFolder: folder.path };
    const log: LogEntry[] = [];
    await using front = createHandler({ queue, onLog: (entry) => log.push(entry) });
    assert.deepEqual((await failure(await front(requestOf()))).slice(0, 2), [503, "queue_refused"]);
    assert.match(log.at(-1)!.error!, /user and the password/);
    assert.doesNotMatch(log.at(-1)!.error!, /wrong/);
  });
});

describe("createHandler() with a queue", () => {
  const queue = { soundFolder: "/sound" };

  it("wants a folder, and options that travel", () => {
    assert.throws(() => createHandler({ queue: {} as never }), { code: "INVALID_OPTION" });
    assert.throws(() => createHandler({ queue: { ...queue, redis: "64" } }), { code: "INVALID_OPTION" });
    assert.throws(() => createHandler({ queue: { ...queue, folder: "/" } as never }), {
      code: "UNKNOWN_OPTION",
    });
    assert.throws(() => createHandler({ queue, transcribe: { ffmpeg: "/bin/sh" } }), {
      code: "INVALID_OPTION",
    });
  });

  it("removes what servers left behind that died, and nothing else", async () => {
    using folder = new SoundFolder();
    const received = join(folder.path, "received");
    await removeLeftBehind(folder.path);
    mkdirSync(received);
    for (const name of ["old", "new"]) writeFileSync(join(received, name), "sound");
    const threeDaysAgo = Date.now() / 1000 - 3 * 24 * 3600;
    utimesSync(join(received, "old"), threeDaysAgo, threeDaysAgo);
    await removeLeftBehind(folder.path);
    assert.deepEqual(["old", "new"].map((name) => existsSync(join(received, name))), [false, true]);
  });

  it("tells the models of the workers, and of others at once that they are not served", async () => {
    await using front = createHandler({ queue: { ...queue, models: ["small", "base"] } });
    const { data } = await (await get(front, "/v1/models")).json() as { data: { id: string }[] };
    assert.deepEqual(data.map(({ id }) => id), ["whisper-1", "small", "base"]);
    assert.equal((await get(front, "/v1/models/large-v3")).status, 404);
  });

  it("holds live sessions only with models of its own", async () => {
    await using front = createHandler({ queue });
    const [status, code, , message] = await failure(await get(front, "/v1/realtime"));
    assert.deepEqual([status, code], [501, "not_supported"]);
    assert.match(String(message), /live sessions/);
    await using both = createHandler({ queue, models: { base: new FakeModel() } });
    assert.equal((await get(both, "/v1/realtime")).status, 426);
  });
});
