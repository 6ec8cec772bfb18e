/** `batchSize`, with a model that follows a script. */
import assert from "node:assert/strict";
import { transcribe, transcribeSegments } from "../../../../lib/transcription/transcribe.ts";
import type { TranscriptionState } from "../../../../lib/transcription/transcription_state.ts";
import { FakeModel, type Script, sparse } from "../../decoding/fake_model.ts";
import { describe, it } from "../../../harness.ts";
import {
  AND,
  at,
  IN,
  N_VOCAB,
  OF,
  prompts,
  saying,
  silence,
  THE,
  TO,
  tokenizer,
} from "../scripted_windows.ts";

const WORDS = [THE, AND, OF, TO, IN];
/** A window's text: a whole segment, and one that is open at its end. */
const TEXT = WORDS.map((word) => [at(0), word, at(5), at(5), word]);

function modelOf(script: Script = saying(TEXT)): FakeModel {
  return new FakeModel({ nVocab: N_VOCAB, script });
}

describe("batchSize", () => {
  it("gives the same segments in order, however many windows are transcribed at once", async () => {
    for (const batchSize of [1, 2, 8]) {
      const model = modelOf();
      const { segments, text } = await transcribe(model, silence(130), { batchSize, temperature: 0 });
      // Silence is quiet everywhere: it is cut a tenth of a second before a window is full.
      const starts = segments.map(({ start }) => Math.round(10 * start) / 10);
      assert.deepEqual(starts, [0, 5, 29.9, 34.9, 59.8, 64.8, 89.7, 94.7, 119.6, 124.6]);
      assert.deepEqual(segments.map(({ id }) => id), [...segments.keys()]);
      assert.deepEqual(segments.map(({ text }) => text.trim()).join(" "), text.trim());
      assert.deepEqual([segments[1].end, segments[9].end], [29.9, 130]);
      assert.equal(model.alive, 0);
    }
  });

  it("keeps as many windows under way, and no more", async () => {
    const model = modelOf();
    const embed = model.embedAudio.bind(model);
    const third = Promise.withResolvers<void>();
    let waiting = 0;
    model.embedAudio = async (...args) => {
      if (++waiting === 3) third.resolve();
      await third.promise;
      return await embed(...args);
    };
    const transcribing = transcribe(model, silence(130), { batchSize: 3, temperature: 0 });
    await third.promise;
    assert.equal(waiting, 3);
    await transcribing;
    assert.equal(waiting, 5);
  });

  it("gives every window the initial prompt, and none the text before it", async () => {
    const model = modelOf();
    await transcribe(model, silence(70), { batchSize: 2, initialPrompt: "and", temperature: 0 });
    assert.deepEqual(prompts(model), [[AND], [AND], [AND]]);
  });

  it("tries each window again that is not sound", async () => {
    const repeating = Array(60).fill(THE);
    const model = modelOf((sofar, window) => {
      const said = sofar.length - 1 - sofar.lastIndexOf(tokenizer.sot);
      const tokens = window === 1 ? [at(0), ...repeating, at(20)] : [at(0), WORDS[window], at(20)];
      return sparse(N_VOCAB, { [tokens[said] ?? tokenizer.eot]: 10 });
    });
    const options = { batchSize: 4, temperature: [0, 0.5], seed: 1, explain: true };
    const { windows } = await transcribe(model, silence(80), options);
    assert.deepEqual(windows?.map(({ attempts }) => attempts.length), [1, 2, 1]);
  });

  it("goes on behind text that was too long for a window", async () => {
    const model = modelOf(saying([[at(0), THE, at(9), at(9), ...Array(40).fill(AND)], [at(0), OF, at(3)]]));
    const options = { batchSize: 2, temperature: 0, sampleLen: 10, compressionRatioThreshold: null };
    const { segments } = await transcribe(model, silence(20), options);
    assert.deepEqual(segments.map(({ start, end }) => [start, end]), [[0, 9], [9, 12]]);
  });

  it("tells how far it is, window after window, and goes on from there", async () => {
    const progress: number[] = [], states: TranscriptionState[] = [];
    const options = { batchSize: 3, temperature: 0, seed: 5 };
    const whole = await transcribe(modelOf(), silence(130), {
      ...options,
      onProgress: ({ loaded }) => progress.push(loaded),
      onState: (state) => states.push(state),
    });
    assert.deepEqual(progress, [29.9, 59.8, 89.7, 119.6, 130]);
    const resume = JSON.parse(JSON.stringify(states[2]));
    const model = new FakeModel({
      nVocab: N_VOCAB,
      script: (sofar, window) => saying(TEXT)(sofar, window + 3),
    });
    assert.deepEqual(await transcribe(model, silence(130), { ...options, resume }), whole);
  });

  it("stops when the loop over the segments is left, or its signal is aborted", async () => {
    const model = modelOf();
    for await (const { start } of transcribeSegments(model, silence(130), { batchSize: 2, temperature: 0 })) {
      if (start > 0) break;
    }
    assert.equal(model.alive, 0);
    const controller = new AbortController();
    const onSegment = () => controller.abort(new Error("enough"));
    const options = { batchSize: 2, temperature: 0, signal: controller.signal, onSegment };
    const aborted = modelOf();
    await assert.rejects(transcribe(aborted, silence(130), options), /enough/);
    assert.equal(aborted.alive, 0);
  });

  it("does not go with conditionOnPreviousText", async () => {
    const both = { batchSize: 2, conditionOnPreviousText: true };
    await assert.rejects(transcribe(modelOf(), silence(1), both), {
      name: "TypeError",
      code: "INVALID_OPTION",
      message: /leave conditionOnPreviousText out, or batchSize/,
    });
    for (const batchSize of [0, 1.5]) {
      await assert.rejects(transcribe(modelOf(), silence(1), { batchSize }), RangeError);
    }
  });
});
