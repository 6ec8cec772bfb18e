/** Live transcription with a model, through what `loadModel` gives. */
import assert from "node:assert/strict";
import { decodeAudio, type LiveSegment, loadModel } from "../../../mod.ts";
import { wordErrorRate } from "../../../lib/eval/evaluate.ts";
import { describe, fixture, it } from "../../harness.ts";

const SAID =
  "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them. " +
  "He was not an ill-disposed young man. Unless to be rather cold-hearted and rather selfish is to be ill-disposed.";

const model = await loadModel(fixture("tiny.en.pt"));
const samples = await decodeAudio(fixture("sense.wav"));
const bytes = new Uint8Array(Int16Array.from(samples, (value) => Math.round(value * 32767)).buffer);

/** Pieces of a tenth of a second, as fast as they are wanted. */
async function* pieces(seconds = Infinity): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < Math.min(bytes.length, seconds * 32000); at += 3200) {
    yield await Promise.resolve(bytes.subarray(at, at + 3200));
  }
}

describe("model.stream()", () => {
  it("writes what is said, utterance by utterance", async () => {
    const finals: LiveSegment[] = [];
    for await (const segment of model.stream(pieces(17), { interval: Infinity })) finals.push(segment);
    const rate = wordErrorRate(SAID, finals.map(({ text }) => text).join(""));
    assert.ok(rate <= 0.1, `${rate}`);
    assert.deepEqual(finals.map(({ id }) => id), finals.map((_, i) => i));
    for (const { start, end, words } of finals) {
      assert.ok(start < end && end <= 17 && words.length > 3);
    }
  });

  it("shows words before their utterance ends, and changes none that is final", async () => {
    // The sound comes when it is asked for, and is never behind.
    const queue = pieces(4);
    const slow = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        const { done, value } = await queue.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    }, { highWaterMark: 0 });
    let last: LiveSegment | undefined;
    let partials = 0;
    for await (const segment of model.stream(slow, { language: "en" })) {
      if (last?.id === segment.id) assert.ok(segment.text.startsWith(last.stableText));
      if (!segment.isFinal) partials++;
      last = segment;
    }
    assert.ok(partials > 0 && last!.isFinal);
  });

  it("lets the sound go when nobody wants more", async () => {
    let cancelled = false;
    const endless = new ReadableStream<Float32Array>({
      pull: (controller) => controller.enqueue(samples.subarray(0, 16000)),
      cancel: () => void (cancelled = true),
    });
    for await (
      const _segment of model.stream(endless, { interval: Infinity, vad: { maxSpeechDuration: 2 } })
    ) break;
    assert.ok(cancelled);
  });

  it("ends with the reason of its signal, though no sound comes", async () => {
    const stop = new AbortController();
    const silent = new ReadableStream<Uint8Array>();
    const next = model.stream(silent, { signal: stop.signal }).next();
    stop.abort(new Error("enough"));
    await assert.rejects(next, /enough/);
  });

  it("refuses what is no stream, and options that are none, at once", () => {
    assert.throws(() => model.stream("talk.wav" as never), /wanted a ReadableStream/);
    assert.throws(() => model.stream(pieces(), { sampleRate: 1 } as never), { code: "INVALID_OPTION" });
  });
});

describe("model.transcriptionStream()", () => {
  it("takes sound and gives segments, as streams of the Web do", async () => {
    const sound = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.subarray(0, 7.5 * 32000));
        controller.close();
      },
    });
    const texts: string[] = [];
    for await (const { text, isFinal } of sound.pipeThrough(model.transcriptionStream())) {
      if (isFinal) texts.push(text);
    }
    assert.match(texts.join(""), /John Dashwood had then leisure/);
  });

  it("lets the writer know when the reader has left", async () => {
    const { readable, writable } = model.transcriptionStream();
    const writer = writable.getWriter();
    await readable.cancel();
    await assert.rejects(async () => {
      for (let i = 0; i < 100; i++) await writer.write(bytes);
    });
  });

  it("disposes its model at the end", () => model[Symbol.dispose]());
});
