/** Windows and calls that run together give what each gives alone. */
import assert from "node:assert/strict";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import type { Transcription } from "../../../../lib/transcription/segments.ts";
import { loadModel } from "../../../../mod.ts";
import { describe, fixture, it } from "../../../balance.ts";

const samples = await decodeAudio(fixture("sense.wav"));

/** Compares segments, and their scores as far as sums in another order allow. */
function assertSame(actual: Transcription, expected: Transcription): void {
  const exact = ({ segments }: Transcription) =>
    segments.map(({ avgLogprob: _, noSpeechProb: __, words, ...segment }) => ({
      ...segment,
      words: words?.map(({ word, start, end }) => ({ word, start, end })),
    }));
  assert.deepEqual(exact(actual), exact(expected));
  for (const [i, { avgLogprob, noSpeechProb }] of expected.segments.entries()) {
    assert.ok(Math.abs(actual.segments[i].avgLogprob - avgLogprob) < 1e-5);
    assert.ok(Math.abs(actual.segments[i].noSpeechProb - noSpeechProb) < 1e-5);
  }
}

describe("a model", () => {
  it("gives the same for the windows of a recording one by one and at once, and for calls at once", async () => {
    using model = await loadModel(fixture("tiny.en.pt"), { device: "cpu" });
    const long = new Float32Array(45 * 16000);
    for (const i of [0, 1]) {
      long.set(samples.subarray(0, long.length - i * samples.length), i * samples.length);
    }
    const clip = samples.subarray(0, 8 * 16000);
    const options = { wordTimestamps: true, temperature: [0, 0.4], seed: 3 };
    const alone = await model.transcribe(long, { ...options, batchSize: 1 });
    assert.ok(alone.segments.length > 4);
    const [batch, beams, short] = await Promise.all([
      model.transcribe(long, { ...options, batchSize: 2 }),
      model.transcribe(clip, { beamSize: 2, temperature: 0 }),
      model.transcribe(clip, options),
    ]);
    assertSame(batch, alone);
    assertSame(beams, await model.transcribe(clip, { beamSize: 2, temperature: 0 }));
    assertSame(short, await model.transcribe(clip, options));
  });
});
