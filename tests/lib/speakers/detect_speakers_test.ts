/** Who speaks when, with its models: one voice, and the same as a shorter person would have it. */
import assert from "node:assert/strict";
import { decodeAudio, loadModel } from "../../../mod.ts";
import { diarisationErrorRate } from "../../../scripts/speakers/error_rate.ts";
import { makeConversation } from "../../../scripts/speakers/scenes.ts";
import { senseSentences } from "../../../scripts/vad/scenes.ts";
import { describe, fixture, it } from "../../harness.ts";

const model = await loadModel(fixture("tiny.en.pt"));
const sentences = senseSentences(await decodeAudio(fixture("sense.wav")));

/** Plays samples faster, and so higher. */
function faster(samples: Float32Array, factor: number): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / factor) - 1 }, (_, i) => {
    const at = i * factor, before = Math.floor(at), share = at - before;
    return (1 - share) * samples[before] + share * samples[before + 1];
  });
}

const voices = [sentences, sentences.map((sentence) => faster(sentence, 1.35))];
const conversation = makeConversation({ voices, turns: 4, seed: 3 });
/** One that takes little time to transcribe: its sentences are the short ones. */
const short = makeConversation({
  voices: voices.map((pieces) => [pieces[1], pieces[4]]),
  turns: 3,
  seed: 3,
});

describe("detectSpeakers()", () => {
  it("finds who speaks when, and how many there are", async () => {
    const found = await model.detectSpeakers(conversation.samples);
    assert.equal(new Set(found.map(({ speaker }) => speaker)).size, 2);
    const rate = diarisationErrorRate(conversation.turns, found);
    assert.ok(rate < 0.05, `error rate ${rate}`);
  });

  it("finds one where one speaks, and as many as it is told", async () => {
    const { samples } = makeConversation({ voices: [sentences], turns: 2, seed: 1, signalToNoise: 20 });
    assert.deepEqual([...new Set((await model.detectSpeakers(samples)).map(({ speaker }) => speaker))], [0]);
    const two = await model.detectSpeakers(samples, { speakers: 2 });
    assert.equal(new Set(two.map(({ speaker }) => speaker)).size, 2);
  });

  it("finds nobody in silence", async () => {
    assert.deepEqual(await model.detectSpeakers(new Float32Array(32000)), []);
  });

  it("stops with its signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(model.detectSpeakers(conversation.samples, { signal }), /enough/);
  });
});

describe("transcribe() with speakers", () => {
  it("gives segments of one speaker each the words that are heard without", async () => {
    const plain = await model.transcribe(short.samples, { wordTimestamps: true, temperature: 0 });
    const streamed: unknown[] = [];
    const told = await model.transcribe(short.samples, {
      speakers: 2,
      temperature: 0,
      onSegment: (segment) => streamed.push(segment),
    });
    assert.deepEqual(streamed, told.segments);
    assert.equal(told.text, plain.text);
    assert.deepEqual(told.segments.map(({ id }) => id), [...told.segments.keys()]);
    const words = told.segments.flatMap(({ words = [] }) => words);
    assert.deepEqual(
      words.map(({ speaker: _, ...word }) => word),
      plain.segments.flatMap(({ words = [] }) => words),
    );
    for (const { words = [], speaker } of told.segments) {
      assert.ok(words.every((word) => word.speaker === speaker));
    }
    const right = words.filter(({ start, end, speaker }) =>
      short.turns.some((turn) =>
        turn.speaker === speaker && turn.start < (start + end) / 2 && (start + end) / 2 < turn.end + 0.3
      )
    );
    assert.ok(right.length >= 0.9 * words.length, `${right.length} of ${words.length} words`);
  });

  it("goes with vad and regroup, and not with channels of their own", async () => {
    const { segments } = await model.transcribe(short.samples, {
      speakers: { max: 2 },
      vad: true,
      regroup: "sentence",
      temperature: 0,
    });
    assert.deepEqual([...new Set(segments.map(({ speaker }) => speaker))].toSorted(), [0, 1]);
    await assert.rejects(model.transcribe(short.samples, { speakers: true, channel: "split" }), {
      code: "INVALID_OPTION",
    });
    await assert.rejects(model.transcribe(short.samples, { speakers: 2, wordTimestamps: false }), {
      code: "INVALID_OPTION",
    });
  });
});
