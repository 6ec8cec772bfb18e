import assert from "node:assert/strict";
import { openLibrary } from "../../../ffi/library.ts";
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { mapFiles } from "../../../lib/loading/external_data.ts";
import { defaultAlignmentHeads, Whisper } from "../../../lib/model/whisper.ts";
import { describe, fixture, it } from "../../balance.ts";

const library = await openLibrary();
await using opened = await openCheckpoint(fixture("tiny.en.pt"));
const { source, options } = await mapFiles(library, opened);
const { dims } = opened.checkpoint;
const model = await Whisper.create(library, source, { provider: "cpu", ...options });
model.setAlignmentHeads([[1, 0], [3, 2]]);

/** Something like a spectrogram: bands that rise and fall. */
function mel(windows: number): Float32Array {
  const { nMels, nAudioCtx } = dims;
  return Float32Array.from(
    { length: windows * nMels * 2 * nAudioCtx },
    (_, i) => Math.sin(i / 97) - (i % 7) / 9,
  );
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  let worst = 0;
  for (let i = 0; i < actual.length; i++) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  assert.ok(worst <= tolerance, `differs by ${worst}, allowed ${tolerance}`);
}

const TOKENS = [50257, 50362, 1027, 262, 1110, 286, 257, 3155];
/** Logits lie between -30 and 30; float32 sums in another order differ by some 1e-5. */
const TOLERANCE = 5e-4;

const features = await model.embedAudio(mel(1));

describe("Whisper", () => {
  it("gives the same logits token by token as all at once", async () => {
    using whole = model.startInference(features);
    const positions = [...TOKENS.keys()];
    const all = (await whole.logits([TOKENS], { positions })).slice();
    using steps = model.startInference(features);
    for (const [i, token] of TOKENS.entries()) {
      const step = await steps.logits([[token]]);
      assertClose(step, all.subarray(i * dims.nVocab, (i + 1) * dims.nVocab), TOLERANCE);
    }
    assert.equal(steps.length, TOKENS.length);
  });

  it("continues each row from the row it was given, as if it had been decoded alone", async () => {
    using beam = model.startInference(features);
    await beam.logits([TOKENS.slice(0, 3)]);
    beam.rearrange([0, 0, 0]);
    await beam.logits([[100], [200], [300]]);
    beam.rearrange([2, 0, 2]);
    const logits = (await beam.logits([[400], [500], [600]])).slice();
    for (const [row, tail] of [[300, 400], [100, 500], [300, 600]].entries()) {
      using alone = model.startInference(features);
      const expected = await alone.logits([[...TOKENS.slice(0, 3), ...tail]]);
      assertClose(logits.subarray(row * dims.nVocab, (row + 1) * dims.nVocab), expected, TOLERANCE);
    }
  });

  it("encodes a batch as it encodes each window, and decodes each window of it", async () => {
    using batch = await model.embedAudio(mel(2));
    const { nMels, nAudioCtx, nAudioState } = dims;
    const second = mel(2).subarray(nMels * 2 * nAudioCtx);
    using alone = await model.embedAudio(second);
    assertClose(batch.toArray().subarray(nAudioCtx * nAudioState), alone.toArray(), 1e-3);
    using inBatch = model.startInference(batch, 1);
    using single = model.startInference(alone);
    assertClose((await inBatch.logits([TOKENS])).slice(), await single.logits([TOKENS]), TOLERANCE);
  });

  it("gives the scores of the alignment heads only, and logits of every token", async () => {
    const { scores, logits } = await model.crossAttention(features, TOKENS);
    assert.equal(scores.length, 2 * TOKENS.length * dims.nAudioCtx);
    assert.equal(logits.length, TOKENS.length * dims.nVocab);
    using inference = model.startInference(features);
    assertClose(logits.subarray(-dims.nVocab), await inference.logits([TOKENS]), TOLERANCE);
    assert.ok(scores.every(Number.isFinite));
  });

  it("refuses more tokens than the decoder has positions", async () => {
    using inference = model.startInference(features);
    await inference.logits([Array(440).fill(11)]);
    await assert.rejects(inference.logits([Array(9).fill(11)]), /440 of 448/);
    await inference.logits([Array(8).fill(11)]);
  });

  it("refuses mel that is no whole number of windows", async () => {
    await assert.rejects(model.embedAudio(new Float32Array(0)), RangeError);
    await assert.rejects(model.embedAudio(new Float32Array(80 * 2999)), /80 bands and 3000 frames/);
  });

  it("stops the encoder when the signal is aborted", async () => {
    const controller = new AbortController();
    const encoding = model.embedAudio(mel(4), { signal: controller.signal });
    controller.abort(new Error("enough"));
    await assert.rejects(encoding, /enough/);
  });
});

describe("defaultAlignmentHeads()", () => {
  it("takes every head of the second half of the layers", () => {
    assert.deepEqual(defaultAlignmentHeads({ ...dims, nTextLayer: 3, nTextHead: 2 }), [
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
    ]);
  });
});
