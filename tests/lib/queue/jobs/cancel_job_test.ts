import assert from "node:assert/strict";
import type { JobData, RecordingPlan } from "../../../../lib/queue/job.ts";
import { cancelJob, type CancelTools } from "../../../../lib/queue/jobs/cancel_job.ts";
import type { JobState } from "../../../../lib/queue/redis/bullmq.ts";
import { doInParts, type PartsTools } from "../../../../lib/queue/work/do_in_parts.ts";
import { describe, it } from "../../../harness.ts";

const PLAN: RecordingPlan = {
  key: "plan",
  windows: [0, 1].map((index) => ({ index, count: 2, start: index, end: index + 1 })),
  duration: 2,
  channel: "mix",
};

/** A job in parts, one of them at work, and what is done to it. */
function scene(...states: JobState[]) {
  const done: string[] = [];
  const note = (what: string) => Promise.resolve(void done.push(what));
  const data = { version: 1, options: {}, partSeconds: 1, plan: PLAN } as unknown as JobData;
  const next = () => Promise.resolve(states.length > 1 ? states.shift()! : states[0]);
  const job = {
    id: "job",
    data,
    opts: {},
    getState: next,
    remove: () => note("removed"),
    removeUnprocessedChildren: () => note("parts removed"),
    getDependencies: () =>
      Promise.resolve({ unprocessed: ["sotto:test:job.plan.0", "sotto:test:job.plan.1"] }),
    moveToWaitingChildren: () => Promise.resolve(true),
  };
  const queue = {
    getJob: () => Promise.resolve(job),
    getJobState: (id: string) =>
      id === "job" ? next() : Promise.resolve(id.endsWith("0") ? "active" : "unknown"),
  };
  const cancellation = {
    mark: (id: string) => note(`marked ${id}`),
    unmark: (id: string) => note(`unmarked ${id}`),
  };
  return {
    done,
    job,
    queue,
    tools: { queue, cancellation, removals: { announce: note } } as unknown as CancelTools,
  };
}

describe("a job that is cancelled", () => {
  it("stops with its parts, though it was planned at the very moment", async () => {
    const { done, tools } = scene("active", "waiting-children");
    assert.equal(await cancelJob("job", tools), true);
    assert.deepEqual(done, ["marked job", "parts removed", "marked job.plan.0"]);
  });

  it("drops its parts itself where it was cancelled before they waited", async () => {
    const { done, job, queue } = scene("active");
    class Waiting extends Error {}
    const tools = {
      queue,
      packages: { WaitingChildrenError: Waiting },
      cancel: (id: string) => Promise.resolve(void done.push(`marked ${id}`)),
      isCancelled: () => Promise.resolve(true),
    };
    const watch = { signal: new AbortController().signal, onProgress() {} };
    const work = doInParts(job as never, "token", tools as unknown as PartsTools, watch);
    await assert.rejects(work, Waiting);
    assert.deepEqual(done, ["parts removed", "marked job.plan.0"]);
  });

  it("leaves no mark where it has just ended, and keeps what it gave", async () => {
    const { done, tools } = scene("active", "completed");
    assert.equal(await cancelJob("job", tools), false);
    assert.deepEqual(done, ["marked job", "unmarked job"]);
  });

  it("is removed before its turn, and its mark with it", async () => {
    const { done, tools } = scene("waiting");
    assert.equal(await cancelJob("job", tools), true);
    assert.deepEqual(done, ["marked job", "job", "removed", "unmarked job"]);
  });
});
