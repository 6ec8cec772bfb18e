/** A long recording in parts, on a Redis of the tests' own, by models that hear what they are told to. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  createWorker,
  JobFailedError,
  type JobProgress,
  openQueue,
  type QueueWorker,
  type SoundReference,
  type TranscriptionQueue,
} from "../../../../lib/queue.ts";
import { describe, fixture, itNeeds } from "../../../harness.ts";
import { until } from "../../../until.ts";
import { FakeModel } from "../../http/fake_model.ts";
import { missingForQueue } from "../queue_needs.ts";
import { RedisServer } from "../redis/redis_server.ts";
import { SoundFolder } from "../sound_folder.ts";

/** What a test has: two workers, each doing one job at a time. */
interface Scene {
  readonly queue: TranscriptionQueue;
  readonly models: readonly FakeModel[];
  readonly workers: readonly QueueWorker[];
  /** Five sentences of a reading, with pauses between them, 27 s. */
  readonly sound: SoundReference;
}

type Before = (seconds: number, signal: AbortSignal) => Promise<void> | void;

/** Declares a test whose models hear how long a part is. */
function test(name: string, play: (scene: Scene) => Promise<void>, before?: Before): void {
  itNeeds(missingForQueue, name, async () => {
    await using redis = await RedisServer.start();
    using folder = new SoundFolder();
    const models = [0, 1].map(() =>
      new FakeModel((audio) => {
        const seconds = audio instanceof Float32Array ? audio.length / 16000 : NaN;
        return {
          texts: [` ${seconds.toFixed(2)}`],
          seconds,
          before: (_, signal) => before?.(seconds, signal),
        };
      })
    );
    await using stack = new AsyncDisposableStack();
    const workers = models.map((base) =>
      stack.use(createWorker({
        redis: redis.url,
        models: { base },
        load: { threads: 1 },
        soundFolder: folder.path,
        concurrency: 1,
      }))
    );
    await using queue = await openQueue({ redis: redis.url });
    await Promise.all(workers.map(({ ready }) => ready));
    const sound = await folder.file("sense.wav", readFileSync(fixture("sense.wav")));
    await play({ queue, models, workers, sound });
  });
}

function abortable(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** Waits until no part is left: the job may have failed while the last of them stops. */
async function untilIdle(queue: TranscriptionQueue): Promise<void> {
  await until(async () => {
    const { counts } = await queue.figures();
    return counts.active + counts.waiting + counts["waiting-children"] === 0;
  });
}

describe("a recording in parts, in the queue", () => {
  const met = Promise.withResolvers<void>();
  let busy = 0;
  const meet = () => {
    if (++busy === 2) met.resolve();
    return met.promise;
  };

  test("is transcribed by several workers, and comes back as one", async ({ queue, models, sound }) => {
    const job = await queue.enqueue(sound, {
      partSeconds: 9,
      transcribe: { language: "en", wordTimestamps: true },
    });
    const told: JobProgress[] = [];
    const result = await job.result({ onProgress: (progress) => told.push(progress) });
    assert.deepEqual(models.map(({ asked }) => asked.length > 0), [true, true]);
    assert.equal(result.segments.length, 3);
    const lengths = result.segments.map(({ text }) => Number(text));
    assert(Math.abs(lengths.reduce((sum, seconds) => sum + seconds) - result.duration) < 0.02);
    assert.equal(result.text, result.segments.map(({ text }) => text).join(""));
    assert.deepEqual(result.segments.map(({ id }) => id), [0, 1, 2]);
    assert.equal(result.segments[1].start, result.segments[1].words![0].start);
    assert(Math.abs(result.segments[2].start - lengths[0] - lengths[1]) < 0.011);
    assert(!("part" in result));
    assert(told.length > 0 && told.every(({ loaded }, i) => i === 0 || loaded >= told[i - 1].loaded));
    assert.equal(told.at(-1)!.total, result.duration);
    const { counts } = await queue.figures();
    assert.deepEqual([counts.completed, counts.failed, counts["waiting-children"]], [1, 0, 0]);
  }, meet);

  test("is done as it is when it is about as long as a part", async ({ queue, models, sound }) => {
    const { text } = await (await queue.enqueue(sound, { partSeconds: 60 })).result();
    assert.equal(text, " NaN");
    assert.equal(models.flatMap(({ asked }) => asked).length, 1);
  });

  let isBroken = true, taken = 0;
  const breaking: Before = (_, signal) => {
    if (!isBroken) return;
    // The second that is taken up breaks, while the first is at work.
    if (++taken === 2) throw Object.assign(new Error("Cannot decode that"), { code: "AUDIO_DECODE" });
    return abortable(signal);
  };
  test("fails with the error of the part that failed, and can be tried anew", async ({ queue, sound }) => {
    const job = await queue.enqueue(sound, { partSeconds: 9, attempts: 1 });
    await assert.rejects(job.result(), (error: JobFailedError) => {
      assert(error instanceof JobFailedError, String(error));
      assert.equal(error.code, "AUDIO_DECODE");
      assert.match(error.message, /Cannot decode that/);
      return true;
    });
    await untilIdle(queue);
    assert.deepEqual((await queue.failed()).map(({ id }) => id), [job.id]);
    isBroken = false;
    assert(await queue.retry(job.id));
    assert.equal((await job.result()).segments.length, 3);
  }, breaking);

  test("stops with all its parts when it is cancelled", async ({ queue, models, sound }) => {
    const job = await queue.enqueue(sound, { partSeconds: 9 });
    await until(() => models.flatMap(({ asked }) => asked).length === 2);
    const result = assert.rejects(job.result(), { code: "CANCELLED" });
    assert(await queue.cancel(job.id));
    await result;
    await untilIdle(queue);
    assert.equal(models.flatMap(({ asked }) => asked).length, 2);
    assert.deepEqual((await queue.failed()).map(({ id, code }) => [id, code]), [[job.id, "CANCELLED"]]);
  }, (_, signal) => abortable(signal));

  let isStopped = true, heard = 0;
  const stopping: Before = (_, signal) => isStopped && ++heard > 1 ? abortable(signal) : undefined;
  test("is planned anew when it is tried again after it was cancelled", async ({ queue, sound }) => {
    const job = await queue.enqueue(sound, { partSeconds: 9 });
    // One part is done, two are at work.
    await until(() => heard === 3);
    const cancelled = assert.rejects(job.result(), { code: "CANCELLED" });
    assert(await queue.cancel(job.id));
    await cancelled;
    isStopped = false;
    assert(await queue.retry(job.id));
    assert.equal((await job.result()).segments.length, 3);
  }, stopping);

  const letGo = Promise.withResolvers<void>();
  let isHeld = true, held = 0;
  const holding: Before = async (_, signal) => {
    if (!isHeld) return;
    const isSlow = ++held === 2;
    await abortable(signal).catch(() => {});
    if (isSlow) await letGo.promise;
  };
  test("can be sent anew while parts of it still stop", async ({ queue, sound }) => {
    const job = await queue.enqueue(sound, { partSeconds: 9 });
    await until(() => held === 2);
    const cancelled = assert.rejects(job.result(), { code: "CANCELLED" });
    assert(await queue.cancel(job.id));
    await cancelled;
    isHeld = false;
    const again = await queue.enqueue(sound, { partSeconds: 9 });
    assert.deepEqual([again.id, again.wasThere], [job.id, false]);
    letGo.resolve();
    assert.equal((await again.result()).segments.length, 3);
  }, holding);
});
