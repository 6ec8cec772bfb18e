import assert from "node:assert/strict";
import type { JobProgress, JobResult } from "../../../../lib/queue.ts";
import { segmentsOf } from "../../../../lib/queue/front/segments_of_job.ts";
import { describe, it } from "../../../harness.ts";
import { segmentOf } from "../../http/fake_model.ts";

const TEXTS = [" zero", " one", " two", " three"];
const SEGMENTS = TEXTS.map((text, i) => segmentOf(text, i));
const RESULT: JobResult = {
  text: TEXTS.join(""),
  language: "en",
  segments: SEGMENTS,
  duration: 8,
  warnings: [],
};

/** What is told of segments, by their numbers, each time with how often the job was begun. */
type Told = readonly (readonly [numbers: readonly number[], attempt?: number])[];

async function textsOf(told: Told): Promise<string[]> {
  const job = {
    async result({ onProgress }: { onProgress?: (progress: JobProgress) => void } = {}) {
      for (const [numbers, attempt = 1] of told) {
        await Promise.resolve();
        onProgress!({ loaded: 1, total: 8, segments: numbers.map((number) => SEGMENTS[number]), attempt });
      }
      return RESULT;
    },
  };
  const texts: string[] = [];
  const { signal } = new AbortController();
  const segments = segmentsOf(job, { signal, onProgress: () => {} });
  for await (const { text } of segments) texts.push(text);
  return texts;
}

describe("segmentsOf()", () => {
  it("gives each segment once, whatever is told again, lost or late", async () => {
    const cases: Record<string, Told> = {
      "all in order": [[[0, 1]], [[2]], [[3]]],
      "nothing": [],
      "the last are in the result alone": [[[0]], [[1]]],
      "one is lost": [[[0]], [[2, 3]]],
      "begun anew": [[[0, 1]], [[0], 2], [[1, 2], 2], [[3], 2]],
    };
    for (const [name, told] of Object.entries(cases)) assert.deepEqual(await textsOf(told), TEXTS, name);
  });

  it("gives them before the job is done", async () => {
    const done = Promise.withResolvers<JobResult>();
    const job = {
      result({ onProgress }: { onProgress?: (progress: JobProgress) => void } = {}) {
        onProgress!({ loaded: 2, segments: [SEGMENTS[0]], attempt: 1 });
        return done.promise;
      },
    };
    const far: number[] = [];
    const { signal } = new AbortController();
    const segments = segmentsOf(job, { signal, onProgress: ({ loaded }) => far.push(loaded) });
    assert.equal((await segments.next()).value, SEGMENTS[0]);
    assert.deepEqual(far, [2]);
    done.resolve(RESULT);
    for (const segment of SEGMENTS.slice(1)) assert.equal((await segments.next()).value, segment);
    assert.deepEqual(await segments.next(), { done: true, value: RESULT });
  });

  it("stops at once when nobody waits any more, though Redis is silent", async () => {
    const gone = new AbortController();
    const never = { result: () => new Promise<JobResult>(() => {}) };
    const step = segmentsOf(never, { signal: gone.signal, onProgress: () => {} }).next();
    gone.abort(new Error("gone"));
    await assert.rejects(step, /gone/);
  });

  it("throws what the job failed with", async () => {
    const failing = { result: () => Promise.reject(new Error("no sound")) };
    const { signal } = new AbortController();
    await assert.rejects(segmentsOf(failing, { signal, onProgress: () => {} }).next(), /no sound/);
  });
});
