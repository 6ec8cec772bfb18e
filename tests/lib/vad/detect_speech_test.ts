/** The detection of speech with its model, against scenes whose truth is known. */
import assert from "node:assert/strict";
import { decodeAudio, loadModel } from "../../../mod.ts";
import {
  BACKGROUNDS,
  frameAccuracy,
  makeBackground,
  makeScene,
  senseSentences,
} from "../../../scripts/vad/scenes.ts";
import { describe, fixture, it } from "../../harness.ts";

const SAMPLE_RATE = 16000;
const model = await loadModel(fixture("tiny.en.pt"));
const sentences = senseSentences(await decodeAudio(fixture("sense.wav")));
const quick = { temperature: 0, sampleLen: 20 };

async function find(samples: Float32Array) {
  const found = await model.detectSpeech(samples);
  return found.map(({ start, end }) => ({ start: start * SAMPLE_RATE, end: end * SAMPLE_RATE }));
}

describe("detectSpeech()", () => {
  for (const background of BACKGROUNDS) {
    it(`calls at least 95 % of the frames what they are: ${background}`, async () => {
      const signalToNoise = 10;
      for (const seed of [1, 2]) {
        const scene = makeScene({ sentences, background, signalToNoise, gaps: [0.4, 6], count: 4, seed });
        const accuracy = frameAccuracy(scene, await find(scene.samples));
        assert.ok(accuracy >= 0.95, `${background} at ${signalToNoise} dB: ${accuracy}`);
      }
    });

    it(`hears nobody in this alone, and transcribes nothing of it with vad: ${background}`, async () => {
      const samples = makeBackground(background, 12 * SAMPLE_RATE, 3);
      assert.deepEqual(await find(samples), []);
      const { text, segments, silences } = await model.transcribe(samples, {
        vad: true,
        explain: true,
        ...quick,
      });
      assert.deepEqual([text, segments], ["", []]);
      assert.deepEqual(silences, [{ start: 0, end: 12 }]);
    });
  }
});

describe("transcribe() with vad", () => {
  it("gives the words of sparse speech with their true times", async () => {
    const scene = makeScene({
      sentences,
      background: "pink noise",
      signalToNoise: 20,
      gaps: [8, 12],
      count: 3,
      seed: 6,
    });
    const { segments } = await model.transcribe(scene.samples, {
      vad: true,
      wordTimestamps: true,
      temperature: 0,
    });
    const words = segments.flatMap(({ words }) => words ?? []);
    const spoken = scene.speech.map(({ start, end }) => [start / SAMPLE_RATE, end / SAMPLE_RATE]);
    assert.ok(words.length > 20, `${words.length} words`);
    for (const { word, start, end } of words) {
      const isTrue = spoken.some(([from, to]) => start >= from - 0.5 && end <= to + 0.5);
      assert.ok(isTrue, `${word} from ${start} to ${end}, spoken ${JSON.stringify(spoken)}`);
    }
  });

  it("tells what it cuts out before it gives the first segment", async () => {
    const scene = makeScene({
      sentences,
      background: "silence",
      signalToNoise: 20,
      gaps: [5, 6],
      count: 1,
      seed: 3,
    });
    const [{ start, end }] = scene.speech;
    const told: string[] = [];
    for await (
      const segment of model.segments(scene.samples, {
        vad: { speechPad: 0.2 },
        temperature: 0,
        onSilences: (silences) => {
          assert.equal(silences.length, 2);
          assert.ok(Math.abs(silences[0].end - (start / SAMPLE_RATE - 0.2)) < 0.3, `${silences[0].end}`);
          assert.ok(Math.abs(silences[1].start - (end / SAMPLE_RATE + 0.2)) < 0.3, `${silences[1].start}`);
          told.push("silences");
        },
      })
    ) told.push(segment.text);
    assert.equal(told[0], "silences");
    assert.ok(told.length > 1);
  });

  it("opens its model once, and lets it go with the other", async () => {
    using other = await loadModel(fixture("tiny.en.pt"));
    const sound = sentences[1];
    const [first, second] = await Promise.all([other.detectSpeech(sound), other.detectSpeech(sound)]);
    assert.deepEqual(first, second);
    other[Symbol.dispose]();
    await assert.rejects(other.detectSpeech(sound), { code: "MODEL_DISPOSED" });
  });

  it("disposes its model at the end", () => model[Symbol.dispose]());
});
