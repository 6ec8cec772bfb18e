import assert from "node:assert/strict";
import { type SegmentGenerator, StoppableSegments } from "../../../lib/transcription/segment_stream.ts";
import type { Segment } from "../../../lib/transcription/segments.ts";
import { describe, it } from "../../harness.ts";

const segment = (id: number) => ({ id }) as Segment;

/** Two segments of German; `log` says when the work began and ended. */
function stream(): { segments: StoppableSegments; log: string[] } {
  const stop = new AbortController();
  const log: string[] = [];
  async function* work(onLanguage: (code: string) => void): SegmentGenerator {
    log.push("begun");
    try {
      onLanguage("de");
      yield segment(0);
      yield segment(1);
      return { text: "Ja und nein.", language: "de" };
    } finally {
      await Promise.resolve();
      log.push("ended");
    }
  }
  return { segments: new StoppableSegments(work, stop), log };
}

describe("segments()", () => {
  it("gives language and text beside the segments", async () => {
    const { segments } = stream();
    const ids: number[] = [];
    for await (const { id } of segments) {
      ids.push(id);
      assert.equal(await segments.language, "de");
    }
    assert.deepEqual(ids, [0, 1]);
    assert.equal(await segments.text, "Ja und nein.");
  });

  it("begins when the language is asked for, and loses no segment by it", async () => {
    const { segments, log } = stream();
    assert.deepEqual(log, []);
    assert.equal(await segments.language, "de");
    assert.deepEqual(log, ["begun"]);
    const ids: number[] = [];
    for await (const { id } of segments) ids.push(id);
    assert.deepEqual(ids, [0, 1]);
  });

  it("does the work when the text alone is asked for, and loses no segment by it", async () => {
    const { segments, log } = stream();
    assert.equal(await segments.text, "Ja und nein.");
    assert.deepEqual(log, ["begun", "ended"]);
    const ids: number[] = [];
    for await (const { id } of segments) ids.push(id);
    assert.deepEqual(ids, [0, 1]);
    const after = stream().segments;
    assert.equal(await after.language, "de");
    assert.equal(await after.text, "Ja und nein.");
  });

  it("leaves the pace to whoever takes the segments, though the text is asked for before", async () => {
    const { segments, log } = stream();
    const text = segments.text;
    assert.equal((await segments.next()).value?.id, 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(log, ["begun"]);
    await segments.return();
    await assert.rejects(text, { name: "AbortError" });
  });

  it("is stopped by leaving an await using block, which waits for the end of the work", async () => {
    const { segments, log } = stream();
    {
      await using held = segments;
      await held.next();
    }
    assert.deepEqual(log, ["begun", "ended"]);
    await assert.rejects(segments.text, { name: "AbortError" });
    assert.equal(await segments.language, "de");
  });

  it("rejects both where it is stopped before it began, and tells nobody who did not ask", async () => {
    const { segments, log } = stream();
    await segments.return();
    await assert.rejects(segments.language, { name: "AbortError" });
    await assert.rejects(segments.text, { name: "AbortError" });
    assert.deepEqual(log, []);
  });

  it("rejects both with the failure of the work", async () => {
    const failing = new StoppableSegments(
      // deno-lint-ignore require-yield
      async function* (): SegmentGenerator {
        await Promise.resolve();
        throw new Error("no such file");
      },
      new AbortController(),
    );
    await assert.rejects(failing.language, /no such file/);
    await assert.rejects(failing.next(), /no such file/);
    await assert.rejects(failing.text, /no such file/);
  });
});
