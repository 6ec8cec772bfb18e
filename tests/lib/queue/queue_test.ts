/** Jobs, workers and what stands between them, with models that hear what they are told to. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  createWorker,
  folderSoundOf,
  JobFailedError,
  type JobProgress,
  openQueue,
  QueueConnectionError,
  type QueueWorker,
  type TranscriptionQueue,
  type WorkerLogEntry,
  type WorkerOptions,
} from "../../../lib/queue.ts";
import type { LoadModelOptions } from "../../../mod.ts";
import { JOB_VERSION } from "../../../lib/queue/job.ts";
import { loadQueuePackages } from "../../../lib/queue/redis/queue_packages.ts";
import { Worker } from "../../../lib/queue/work/queue_worker.ts";
import { workerSettings } from "../../../lib/queue/work/worker_options.ts";
import { describe, itNeeds } from "../../harness.ts";
import { until } from "../../until.ts";
import { FakeModel, type Heard } from "../http/fake_model.ts";
import { missingForQueue } from "./queue_needs.ts";
import { freePort, RedisServer } from "./redis/redis_server.ts";
import { SoundFolder } from "./sound_folder.ts";

/** What a test of the queue has. */
interface Scene {
  readonly redis: RedisServer;
  readonly folder: SoundFolder;
  readonly queue: TranscriptionQueue;
  readonly model: FakeModel;
  readonly worker: QueueWorker;
  readonly log: readonly WorkerLogEntry[];
}

async function withWorker(
  play: (scene: Scene) => Promise<void>,
  { hear, ...options }: Partial<WorkerOptions> & { hear?: () => Heard } = {},
): Promise<void> {
  await using redis = await RedisServer.start();
  using folder = new SoundFolder();
  const log: WorkerLogEntry[] = [];
  const model = new FakeModel(hear);
  await using worker = createWorker({
    redis: redis.url,
    models: { base: model },
    soundFolder: folder.path,
    onLog: (entry) => log.push(entry),
    ...options,
  });
  await using queue = await openQueue({ redis: redis.url });
  await worker.ready;
  await play({ redis, folder, queue, model, worker, log });
}

function test(
  name: string,
  play: (scene: Scene) => Promise<void>,
  options?: Parameters<typeof withWorker>[1],
): void {
  itNeeds(missingForQueue, name, () => withWorker(play, options));
}

function failsWith(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof JobFailedError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}

/** A model that waits until it is told to go on, or stopped. */
function waiting(): { hear: () => Heard; begun: Promise<void>; go: () => void } {
  const begun = Promise.withResolvers<void>(), go = Promise.withResolvers<void>();
  const before = (_index: number, signal: AbortSignal) => {
    begun.resolve();
    return new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      void go.promise.then(resolve);
    });
  };
  return { hear: () => ({ texts: [" Hello."], before }), begun: begun.promise, go: go.resolve };
}

describe("a job", () => {
  test("is done by a worker, with the options it says, and gives the transcription", async ({ folder, queue, model }) => {
    const sound = await folder.tone("tone.wav", 4000);
    const job = await queue.enqueue(sound, { transcribe: { language: "en", wordTimestamps: true } });
    const progress: JobProgress[] = [];
    const result = await job.result({ onProgress: (given) => progress.push(given) });
    assert.equal(result.text, " Hello world.");
    assert.deepEqual([result.language, result.duration, result.segments.length], ["en", 3.4, 2]);
    assert.equal(result.segments[0].words?.length, 1);
    const [{ options }] = model.asked;
    assert.deepEqual([options.language, options.wordTimestamps], ["en", true]);
  });

  test("is done once, however often the same is sent", async ({ folder, queue, model }) => {
    const [sound, other] = [await folder.tone("one.wav", 4000), await folder.tone("other.wav", 4001)];
    const copy = await folder.tone("copy.wav", 4000);
    const options = { language: "en", temperature: 0 };
    const jobs = [
      await queue.enqueue(sound, { transcribe: options }),
      await queue.enqueue(copy, { transcribe: { temperature: 0, language: "en" } }),
    ];
    await jobs[0].result();
    jobs.push(await queue.enqueue(sound, { transcribe: options }));
    assert.deepEqual(jobs.map(({ wasThere }) => wasThere), [false, true, true]);
    assert.equal((await jobs[2].result()).text, " Hello world.");
    assert.equal(model.asked.length, 1);
    await (await queue.enqueue(other, { transcribe: options })).result();
    await (await queue.enqueue(sound, { transcribe: { ...options, language: "de" } })).result();
    assert.equal(model.asked.length, 3);
  });

  test("is kept as long as it says, however long others are", async ({ folder, queue }) => {
    const [kept, gone, bad] = [
      await folder.tone("kept.wav", 4000),
      await folder.tone("gone.wav", 4001),
      {
        kind: "folder",
        path: "none.wav",
        sha256: "0".repeat(64),
      } as const,
    ];
    const job = await queue.enqueue(kept);
    await job.result();
    assert.equal((await (await queue.enqueue(gone, { keepResult: 0 })).result()).text, " Hello world.");
    const failed = await queue.enqueue(bad);
    await assert.rejects(failed.result(), failsWith("SOUND_MISSING"));
    await assert.rejects((await queue.enqueue(bad, { key: "other", keepFailure: 0 })).result());
    assert.deepEqual([await queue.state(job.id), await queue.state(failed.id)], ["completed", "failed"]);
  });

  {
    const followed = Promise.withResolvers<void>();
    let heard = 0;
    // Segments are gathered for a moment before they are told.
    const before = async () => {
      await followed.promise;
      await new Promise((resolve) => setTimeout(resolve, 100));
    };
    test("tells its segments as they come", async ({ folder, queue }) => {
      // Whoever has followed a job follows the next one from the moment on at which he asks.
      await (await queue.enqueue(await folder.tone("first.wav", 4000))).result();
      const job = await queue.enqueue(await folder.tone("second.wav", 4001));
      const texts: string[] = [];
      const ended = job.result({
        onProgress: ({ segments }) => texts.push(...segments.map(({ text }) => text)),
      });
      setTimeout(followed.resolve);
      assert.equal((await ended).segments.length, 3);
      // The last may come with the result alone.
      assert.deepEqual(texts.slice(0, 2), [" one", " two"]);
    }, {
      hear: () => ++heard === 1 ? { texts: [] } : { texts: [" one", " two", " three"], before },
    });
  }

  {
    const { hear, begun } = waiting();
    test("stops at once when it is cancelled, and is not tried again", async ({ folder, queue, model }) => {
      const job = await queue.enqueue(await folder.tone("tone.wav", 4000));
      const failed = assert.rejects(job.result(), failsWith("CANCELLED"));
      await begun;
      assert.equal(await job.cancel(), true);
      await failed;
      assert.deepEqual([model.asked.length, model.stopped], [1, 1]);
      assert.equal(await job.cancel(), false);
      assert.equal((await queue.failed())[0].code, "CANCELLED");
    }, { hear });
  }

  {
    const { hear, begun, go } = waiting();
    test("is removed when it is cancelled before its turn", async ({ folder, queue, model }) => {
      const first = await queue.enqueue(await folder.tone("first.wav", 4000));
      const sound = await folder.tone("second.wav", 4001);
      const second = await queue.enqueue(sound, { removeSound: true });
      await begun;
      assert.equal(await second.cancel(), true);
      await until(() => !existsSync(join(folder.path, sound.path)));
      go();
      await first.result();
      await assert.rejects(second.result(), failsWith("JOB_GONE"));
      assert.equal(model.asked.length, 1);
    }, { hear, concurrency: 1, lockSeconds: 1 });
  }

  {
    const { hear, begun, go } = waiting();
    test("is waited for by nobody once the queue was closed", async ({ redis, folder, queue }) => {
      const job = await queue.enqueue(await folder.tone("tone.wav", 4000));
      const other = await openQueue({ redis: redis.url });
      const waits = assert.rejects(other.job(job.id).result(), { name: "AbortError" });
      await begun;
      await other[Symbol.asyncDispose]();
      await waits;
      go();
      await job.result();
    }, { hear });
  }

  {
    let tries = 0;
    const before = () => {
      if (++tries < 3) throw new Error("the disk was full");
    };
    test("is tried again where that may go better", async ({ folder, queue, log }) => {
      const job = await queue.enqueue(await folder.tone("tone.wav", 4000), { backoff: 0.05 });
      assert.equal((await job.result()).text, " Hello.");
      const retried = log.filter(({ event }) => event === "job failed, to be tried again");
      assert.deepEqual(retried.map(({ error }) => error), ["the disk was full", "the disk was full"]);
    }, { hear: () => ({ texts: [" Hello."], before }) });
  }

  {
    const { hear, begun } = waiting();
    test(
      "goes back to the queue when its worker goes down and others are to do it",
      async ({ folder, queue, worker }) => {
        const job = await queue.enqueue(await folder.tone("tone.wav", 4000), { attempts: 1 });
        await begun;
        await worker.close({ timeout: 0 });
        assert.equal(await queue.state(job.id), "waiting");
      },
      { hear },
    );
  }

  {
    const { hear, begun, go } = waiting();
    test("is brought to its end by a worker that goes down", async ({ folder, queue, worker }) => {
      const job = await queue.enqueue(await folder.tone("tone.wav", 4000));
      await begun;
      const closed = worker.close();
      go();
      await closed;
      assert.equal((await job.result()).text, " Hello.");
    }, { hear });
  }

  test("leaves no file behind that was to be removed", async ({ folder, queue, worker }) => {
    const sound = await folder.tone("tone.wav", 4000);
    const bad = await folder.file("bad.wav", new Uint8Array(100));
    await (await queue.enqueue(sound, { removeSound: true })).result();
    await assert.rejects((await queue.enqueue(bad, { removeSound: true, model: "none" })).result());
    await worker.close();
    for (const { path } of [sound, bad]) assert.equal(existsSync(join(folder.path, path)), false);
  });
});

describe("a job that no other try can mend", () => {
  test("fails at once, with the code of what is wrong", async ({ folder, queue, model, redis }) => {
    const sound = await folder.tone("tone.wav", 4000);
    const outside = { ...sound, path: "../tone.wav" };
    const cases = {
      SOUND_MISSING: { ...sound, path: "none.wav", sha256: "1".repeat(64) },
      SOUND_MISMATCH: { ...sound, sha256: "2".repeat(64) },
      SOUND_FORBIDDEN: { ...outside, sha256: "3".repeat(64) },
    };
    for (const [code, reference] of Object.entries(cases)) {
      await assert.rejects((await queue.enqueue(reference)).result(), failsWith(code));
    }
    await assert.rejects(
      (await queue.enqueue(sound, { model: "other" })).result(),
      failsWith("MODEL_NOT_SERVED"),
    );
    const url = { kind: "url", url: "http://169.254.169.254/latest", sha256: sound.sha256 } as const;
    await assert.rejects((await queue.enqueue(url)).result(), failsWith("SOUND_FORBIDDEN"));
    // What another program puts there, newer or wrong.
    const { Queue, Redis } = await loadQueuePackages();
    const client = new Redis(redis.url, {});
    const raw = new Queue("transcriptions", {
      connection: client,
      prefix: "sotto",
      skipVersionCheck: true,
      streams: { events: { maxLen: 100 } },
    });
    const data = { version: JOB_VERSION, sound, options: {} };
    await raw.add("transcribe", { ...data, version: JOB_VERSION + 1 }, { jobId: "newer", attempts: 3 });
    await raw.add("transcribe", { ...data, options: { lenguage: "en" } as object }, {
      jobId: "wrong",
      attempts: 3,
    });
    await raw.add("transcribe", "what is this" as never, { jobId: "none", attempts: 3 });
    await assert.rejects(queue.job("newer").result(), failsWith("NEWER_JOB"));
    await assert.rejects(queue.job("wrong").result(), failsWith("UNKNOWN_OPTION"));
    await assert.rejects(queue.job("none").result(), failsWith("WRONG_JOB"));
    await raw.close();
    client.disconnect();
    assert.equal(model.asked.length, 0);
    const failed = await queue.failed();
    assert.deepEqual([failed.length, new Set(failed.map(({ attempts }) => attempts))], [8, new Set([1])]);
  });

  test("is not sent at all where that can be seen before", async ({ folder, queue }) => {
    const sound = await folder.tone("tone.wav", 4000);
    await assert.rejects(queue.enqueue(sound, { transcribe: { lenguage: "en" } as object }), {
      code: "UNKNOWN_OPTION",
    });
    await assert.rejects(queue.enqueue(sound, { transcribe: { ffmpeg: "/bin/sh" } as object }), {
      code: "INVALID_OPTION",
    });
    await assert.rejects(queue.enqueue({ ...sound, sha256: "1" }), { code: "INVALID_OPTION" });
    await assert.rejects(queue.enqueue({ kind: "ftp" } as never), { code: "INVALID_INPUT" });
    await assert.rejects(folderSoundOf(folder.path, import.meta.filename!), { code: "INVALID_INPUT" });
    assert.equal((await queue.figures()).counts.waiting, 0);
  });

  test("is tried anew when it is sent again, or when somebody asks for that", async ({ folder, queue }) => {
    const sound = await folder.tone("tone.wav", 4000);
    const { sha256 } = sound;
    const later = { kind: "folder", path: "later.wav", sha256 } as const;
    const job = await queue.enqueue(later);
    await assert.rejects(job.result(), failsWith("SOUND_MISSING"));
    await folder.tone("later.wav", 4000);
    assert.equal(await queue.retry(job.id), true);
    assert.equal((await job.result()).text, " Hello world.");
    assert.equal(await queue.retry(job.id), false);
  });
});

describe("a queue", () => {
  test("does what has priority first, and counts", async ({ folder, queue, model, worker }) => {
    await worker.close();
    const sounds = await Promise.all(
      [4000, 4001, 4002].map((samples) => folder.tone(`${samples}.wav`, samples)),
    );
    await queue.enqueue(sounds[0], { priority: 10 });
    await queue.enqueue(sounds[1], { priority: 2 });
    await queue.enqueue(sounds[2]);
    const { counts, oldestWait } = await queue.figures();
    assert.deepEqual([counts.waiting, counts.prioritized], [1, 2]);
    assert.ok(oldestWait > 0 && oldestWait < 60, `${oldestWait}`);
    assert.equal(model.asked.length, 0);
  });
});

describe("Redis that does not do what is asked", () => {
  itNeeds(missingForQueue, "is told of by what is wrong with it, after several tries", async () => {
    const started = performance.now();
    const redis = `redis://:secret@127.0.0.1:${await freePort()}`;
    await assert.rejects(openQueue({ redis, connectTimeout: 1 }), (error) => {
      assert.ok(error instanceof QueueConnectionError);
      assert.equal(error.code, "QUEUE_UNREACHABLE");
      assert.doesNotMatch(error.message + error.url, /secret/);
      return true;
    });
    assert.ok(performance.now() - started > 900);
    const log: WorkerLogEntry[] = [];
    await using worker = createWorker({
      redis,
      models: { base: new FakeModel() },
      connectTimeout: 1,
      onLog: (entry) => log.push(entry),
    });
    await assert.rejects(worker.ready, { code: "QUEUE_UNREACHABLE" });
    assert.deepEqual(log.map(({ code }) => code), ["QUEUE_UNREACHABLE"]);
  });

  itNeeds(missingForQueue, "refuses a wrong password and none at once", async () => {
    await using redis = await RedisServer.start("--requirepass", "right");
    for (const user of ["", ":wrong@"]) {
      const url = `redis://${user}127.0.0.1:${redis.port}`;
      await assert.rejects(openQueue({ redis: url }), { code: "QUEUE_REFUSED" });
      await using worker = createWorker({ redis: url, models: { base: new FakeModel() } });
      await assert.rejects(worker.ready, { code: "QUEUE_REFUSED" });
    }
    await using queue = await openQueue({ redis: `redis://:right@127.0.0.1:${redis.port}` });
    assert.equal((await queue.figures()).counts.waiting, 0);
  });

  test("is full: nothing more is taken in, and what is in is done when there is room", async ({ redis, folder, queue }) => {
    const { Redis } = await loadQueuePackages();
    const client = new Redis(redis.url, {}) as unknown as {
      call(...words: string[]): Promise<unknown>;
      disconnect(): void;
    };
    const sound = await folder.tone("tone.wav", 4000);
    await client.call("CONFIG", "SET", "maxmemory", "1");
    await assert.rejects(queue.enqueue(sound), { code: "QUEUE_FULL" });
    await client.call("CONFIG", "SET", "maxmemory", "0");
    assert.equal((await (await queue.enqueue(sound)).result()).text, " Hello world.");
    client.disconnect();
  });

  {
    const { hear, begun } = waiting();
    test("is away: workers go down even so, and others do what they were at", async (scene) => {
      const { redis, folder, queue, worker, log } = scene;
      const at = { redis: redis.url, soundFolder: folder.path, lockSeconds: 1 };
      await using idle = createWorker({ ...at, models: { base: new FakeModel(hear) }, queue: "idle" });
      await idle.ready;
      const job = await queue.enqueue(await folder.tone("tone.wav", 4000));
      await begun;
      await redis.kill();
      await until(() => log.some(({ event }) => event === "redis"));
      await Promise.all([idle.close(), worker.close({ timeout: 0 })]);
      await redis.run();
      await using _other = createWorker({ ...at, models: { base: new FakeModel() } });
      assert.equal((await job.result()).text, " Hello world.");
    }, { hear, lockSeconds: 1 });
  }

  for (const isThere of [true, false]) {
    const what = isThere ? "keeps" : "is away, which keeps";
    itNeeds(missingForQueue, `${what} no worker from being closed that loads its model`, async () => {
      await using redis = await RedisServer.start();
      const asked = Promise.withResolvers<AbortSignal>();
      const load = async (_source: string | URL, { signal }: LoadModelOptions) => {
        asked.resolve(signal!);
        // Nothing is heard of a load that is given up.
        return await new Promise<never>((_, reject) =>
          signal!.addEventListener("abort", () => reject(signal!.reason))
        );
      };
      const log: WorkerLogEntry[] = [];
      const onLog = (entry: WorkerLogEntry) => log.push(entry);
      const worker = new Worker(workerSettings({ redis: redis.url, models: { base: "base" }, onLog }), load);
      const refused = assert.rejects(worker.ready, { name: "AbortError" });
      const signal = await asked.promise;
      if (!isThere) await redis.kill();
      await worker.close();
      await refused;
      assert(signal.aborted);
      assert.deepEqual(log.filter(({ event }) => event === "model failed"), []);
    });
  }

  test("is away for a while: workers and those who wait are told when it is back", async ({ redis, folder, queue, log }) => {
    await redis.kill();
    await until(() => log.some(({ event }) => event === "redis"));
    await redis.run();
    const job = await queue.enqueue(await folder.tone("tone.wav", 4000));
    assert.equal((await job.result()).text, " Hello world.");
    const events = log.filter(({ event }) => event.startsWith("redis")).map(({ event }) => event);
    assert.deepEqual(events, ["redis", "redis is back"]);
  });
});
