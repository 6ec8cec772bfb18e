import assert from "node:assert/strict";
import type { ListenForSpeech } from "../../../../lib/transcription/speech/speech_only.ts";
import {
  transcribe,
  type TranscribeOptions,
  transcribeSegments,
} from "../../../../lib/transcription/transcribe.ts";
import type { TranscriptionState } from "../../../../lib/transcription/transcription_state.ts";
import { describe, it } from "../../../harness.ts";
import { FakeModel } from "../../decoding/fake_model.ts";
import { madeUpLogits } from "../../decoding/made_up_logits.ts";
import { AND, at, N_VOCAB, OF, saying, silence, THE } from "../scripted_windows.ts";

/** Finds speech where it is told, in seconds. */
function speechAt(...spans: [number, number][]): ListenForSpeech {
  const found = spans.map(([start, end]) => ({ start: start * 16000, end: end * 16000 }));
  return () =>
    Promise.resolve({
      push: () => Promise.resolve(),
      finish: () => Promise.resolve(found),
      [Symbol.dispose]() {},
    });
}

/** Transcribes 100 s whose speech is at 10 to 20 s and at 60 to 70 s. */
async function heard(windows: number[][], options: TranscribeOptions = {}) {
  const model = new FakeModel({ nVocab: N_VOCAB, script: saying(windows) });
  const listenForSpeech = speechAt([10, 20], [60, 70]);
  const result = await transcribe(model, silence(100), {
    vad: true,
    temperature: 0,
    explain: true,
    ...options,
  }, {
    listenForSpeech,
  });
  assert.equal(model.alive, 0);
  return { ...result, encoded: model.encoded.length };
}

describe("transcribe() with vad", () => {
  it("hears the speech in one window, and puts the times back", async () => {
    const said = [[at(1), THE, at(9), at(12), AND, at(19)]];
    const { segments, encoded, windows, silences } = await heard(said);
    assert.equal(encoded, 1);
    assert.deepEqual(segments.map(({ start, end, text }) => [start, end, text]), [[11, 19, " the"], [
      62,
      69,
      " and",
    ]]);
    assert.deepEqual(windows!.map(({ start, end, seek, nextSeek }) => [start, end, seek, nextSeek]), [
      [10, 70, 1000, 7000],
    ]);
    assert.deepEqual(silences, [{ start: 0, end: 10 }, { start: 20, end: 60 }, { start: 70, end: 100 }]);
  });

  it("begins text after a cut, and ends it before one, where only silence is on the other side", async () => {
    const said = [[at(1), THE, at(10.3), at(10.3), AND, at(15), at(15), OF, at(19)]];
    const { segments } = await heard(said);
    assert.deepEqual(segments.map(({ start, end }) => [start, end]), [[11, 20], [60.3, 65], [65, 69]]);
    const early = await heard([[at(1), OF, at(9.5), at(9.5), THE, at(15)]]);
    assert.deepEqual(early.segments.map(({ start, end }) => [start, end]), [[11, 19.5], [60, 65]]);
  });

  it("keeps text that goes on over a cut whole", async () => {
    const { segments } = await heard([[at(1), OF, at(5), at(5), THE, AND, at(15)]]);
    assert.deepEqual(segments.map(({ start, end }) => [start, end]), [[11, 15], [15, 65]]);
  });

  it("transcribes the parts that were asked for, as they lie in the recording", async () => {
    const said = [[at(0), THE, at(4)]];
    const { segments, windows } = await heard(said, { clipTimestamps: [64, 68] });
    assert.deepEqual(segments.map(({ start, end }) => [start, end]), [[64, 68]]);
    assert.deepEqual(windows!.map(({ start, end }) => [start, end]), [[64, 68]]);
  });

  it("hears nothing of parts without speech, and warns of those beyond the end", async () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const { segments, encoded } = await heard([], { clipTimestamps: [30, 50, 200, 210], onWarning });
    assert.deepEqual([segments, encoded], [[], 0]);
    assert.deepEqual(warnings, [
      "The part from 200 s to 210 s is left out: it begins after the end of the audio, 100 s long",
    ]);
  });

  it("counts progress in the recording", async () => {
    const progress: unknown[] = [];
    await heard([[at(0), THE, at(9), at(9)], [at(0), AND, at(5)]], {
      onProgress: (now) => progress.push(now),
    });
    assert.deepEqual(progress, [{ loaded: 19, total: 100 }, { loaded: 100, total: 100 }]);
  });

  it("goes on after a window as if it was never stopped", async () => {
    const modelAfter = (done: number) =>
      new FakeModel({
        nVocab: N_VOCAB,
        script: (tokens, window) => madeUpLogits(tokens, window + done, N_VOCAB),
      });
    const listenForSpeech = speechAt([3, 30], [40, 41.5], [50, 80]);
    const options = { temperature: 0, vad: true, wordTimestamps: true };
    const states: TranscriptionState[] = [];
    const onState = (state: TranscriptionState) => states.push(JSON.parse(JSON.stringify(state)));
    const whole = await transcribe(modelAfter(0), silence(90), { ...options, onState }, { listenForSpeech });
    assert.ok(states.length >= 2, `${states.length} windows`);
    for (const [i, resume] of states.slice(0, -1).entries()) {
      const resumed = await transcribe(modelAfter(i + 1), silence(90), { ...options, resume }, {
        listenForSpeech,
      });
      assert.deepEqual(resumed, whole, `after window ${i}`);
    }
  });

  it("gives segments as they come, and stops when nobody wants more", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([[at(0), THE, at(9), at(9)], []]) });
    const listenForSpeech = speechAt([10, 20], [60, 90]);
    const segments = transcribeSegments(model, silence(100), { vad: true, temperature: 0 }, {
      listenForSpeech,
    });
    for await (const { start } of segments) {
      assert.equal(start, 10);
      break;
    }
    assert.equal(model.alive, 0);
    await assert.rejects(segments.text, { name: "AbortError" });
  });

  it("transcribes several windows of the speech at once, in the order of the recording", async () => {
    const said = [[at(1), THE, at(25)], [at(1), AND, at(20)], [at(1), OF, at(9)]];
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying(said) });
    const listenForSpeech = speechAt([10, 40], [60, 90], [120, 130]);
    const options = { vad: true, batchSize: 3, temperature: 0, explain: true };
    const { segments, silences, windows } = await transcribe(model, silence(140), options, {
      listenForSpeech,
    });
    assert.equal(model.alive, 0);
    assert.equal(silences!.length, 4);
    assert.equal(windows!.length, model.encoded.length);
    assert.deepEqual(segments.map(({ text }) => text), [" the", " and", " of"]);
    const starts = segments.map(({ start }) => start);
    assert.deepEqual(starts, starts.toSorted((a, b) => a - b));
    for (const { start, end } of segments) {
      const isSpoken = [[10, 40], [60, 90], [120, 130]].some(([from, to]) => start >= from && end <= to);
      assert.ok(isSpoken, `${start} to ${end}`);
    }
  });

  it("refuses options of detection that are none, before the recording is asked for", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([]) });
    const never = () => Promise.reject(new Error("asked for"));
    await assert.rejects(transcribe(model, never, { vad: { threshold: 2 } }), /threshold is 2/);
    await assert.rejects(
      transcribe(model, never, { vad: 0.5 as never }),
      /vad is 0.5, wanted true, false or options/,
    );
    await assert.rejects(transcribe(model, never, { vadFilter: true } as never), /it is called "vad"/);
  });
});
