import assert from "node:assert/strict";
import type { JobData } from "../../../../lib/queue/job.ts";
import { KeptJobs } from "../../../../lib/queue/jobs/kept_jobs.ts";
import type { BullJob, RedisClient } from "../../../../lib/queue/redis/bullmq.ts";
import { describe, it } from "../../../harness.ts";

const DAY = 24 * 3600 * 1000;

/** Jobs of a queue, some at their end, and what is noted of them. */
function scene() {
  const scores = new Map<string, number>();
  const client = {
    zadd: (_key: string, score: number, id: string) => Promise.resolve(scores.set(id, score)),
    zrem: (_key: string, id: string) => Promise.resolve(Number(scores.delete(id))),
    zrangebyscore: (_key: string, _from: string, to: number) =>
      Promise.resolve([...scores].filter(([, score]) => score <= to).map(([id]) => id)),
  };
  const jobs = new Map<string, BullJob>();
  const kept = new KeptJobs(client as unknown as RedisClient, "sotto:test");
  const start = Date.now();
  return {
    scores,
    jobs,
    kept,
    /** A job that is about to end, and has ended if that is said. */
    async end(id: string, data: Partial<JobData>, ending: "result" | "failure", isOver = true) {
      await kept.announce(id, data as JobData, ending);
      const given = {
        ...(isOver && { finishedOn: start }),
        ...(isOver && ending === "result" ? { returnvalue: {} } : { failedReason: "JOB_FAILED: no" }),
      };
      const job = { id, data, ...given, remove: () => Promise.resolve(void jobs.delete(id)) };
      jobs.set(id, job as unknown as BullJob);
    },
    async left(after: number, isTold = true) {
      const queue = { getJob: (id: string) => Promise.resolve(jobs.get(id)) };
      await kept.sweep(queue, () => Promise.resolve(isTold), start + after);
      return [...jobs.keys()];
    },
  };
}

describe("KeptJobs", () => {
  it("removes each job when it was kept as long as it says", async () => {
    const { end, left, scores } = scene();
    await end("short", { keepResult: 60, keepFailure: 3600 }, "result");
    await end("failed", { keepResult: 60, keepFailure: 3600 }, "failure");
    await end("long", { keepResult: 86_400, keepFailure: 0 }, "result");
    assert.deepEqual(await left(0), ["short", "failed", "long"]);
    assert.deepEqual(await left(61_000), ["failed", "long"]);
    assert.deepEqual(await left(3_601_000), ["long"]);
    assert.deepEqual(await left(DAY + 1000), []);
    assert.equal(scores.size, 0);
  });

  it("leaves a moment to those who wait for one that is not to be kept", async () => {
    const { end, left } = scene();
    await end("none", { keepResult: 0 }, "result");
    assert.deepEqual(await left(5000), ["none"]);
    assert.deepEqual(await left(12_000), []);
  });

  it("leaves a job that was tried anew, and removes it after its new end", async () => {
    const { end, left } = scene();
    await end("again", { keepResult: 60, keepFailure: 60 }, "failure", false);
    assert.deepEqual(await left(100_000), ["again"]);
    await end("again", { keepResult: 60, keepFailure: 60 }, "result");
    assert.deepEqual(await left(200_000), []);
  });

  it("keeps a job of which somebody is still to be told, but not for ever", async () => {
    const { end, left } = scene();
    await end("told", { keepResult: 60 }, "result");
    assert.deepEqual(await left(100_000, false), ["told"]);
    assert.deepEqual(await left(120_000, false), ["told"]);
    assert.deepEqual(await left(2 * DAY, false), []);
  });

  it("leaves parts to BullMQ, and forgets what is gone", async () => {
    const { end, jobs, left, scores } = scene();
    await end("part", {}, "result");
    assert.equal(scores.size, 0);
    await end("gone", { keepResult: 60 }, "result");
    jobs.delete("gone");
    await left(100_000);
    assert.equal(scores.size, 0);
  });
});
