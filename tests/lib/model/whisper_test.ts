import assert from "node:assert/strict";
import { openLibrary } from "../../../ffi/library.ts";
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { mapFiles } from "../../../lib/loading/external_data.ts";
import type { AudioFeatures, PickRow } from "../../../lib/model/types.ts";
import { defaultAlignmentHeads, Whisper } from "../../../lib/model/whisper.ts";
import { describe, fixture, it, nativeCalls } from "../../balance.ts";
import { pickTokens } from "../decoding/pick_tokens.ts";

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

/** The logits after the last of some tokens, decoded at once. */
async function decodedAlone(
  features: AudioFeatures,
  tokens: readonly number[],
  window = 0,
): Promise<Float32Array> {
  using inference = model.startInference(features);
  return (await inference.step([{ window, tokens }]))[0].slice();
}

describe("Whisper", () => {
  it("gives the same logits token by token as all at once", async () => {
    using whole = model.startInference(features);
    const positions = [...TOKENS.keys()];
    const all = await whole.step([{ window: 0, tokens: TOKENS, positions }]);
    assert.equal(all.length, TOKENS.length);
    using steps = model.startInference(features);
    for (const [i, token] of TOKENS.entries()) {
      const [logits] = await steps.step([{ window: 0, from: i === 0 ? undefined : 0, tokens: [token] }]);
      assertClose(logits, all[i], TOLERANCE);
    }
  });

  it("continues each row from the row it names, as if it had been decoded alone", async () => {
    using beam = model.startInference(features);
    await beam.step([{ window: 0, tokens: TOKENS.slice(0, 3) }]);
    await beam.step([100, 200, 300].map((token) => ({ window: 0, from: 0, tokens: [token] })));
    const rows = [[2, 400], [0, 500], [2, 600]].map(([from, token]) => ({
      window: 0,
      from,
      tokens: [token],
    }));
    const logits = await beam.step(rows);
    for (const [row, tail] of [[300, 400], [100, 500], [300, 600]].entries()) {
      assertClose(logits[row], await decodedAlone(features, [...TOKENS.slice(0, 3), ...tail]), TOLERANCE);
    }
  });

  it("takes rows of unequal length and of several windows, which enter and leave at every step", async () => {
    using batch = await model.embedAudio(mel(2));
    const first = { window: 0, tokens: TOKENS.slice(0, 3) };
    const second = { window: 1, tokens: TOKENS.slice(0, 5), positions: [1, 4] };
    using inference = model.startInference(batch);
    const expect = async (
      logits: readonly Float32Array[],
      sequences: [window: number, tokens: number[]][],
    ) => {
      assert.equal(logits.length, sequences.length);
      for (const [i, [window, tokens]] of sequences.entries()) {
        assertClose(logits[i], await decodedAlone(batch, tokens, window), TOLERANCE);
      }
    };
    await expect(await inference.step([first, second]), [
      [0, first.tokens],
      [1, TOKENS.slice(0, 2)],
      [1, second.tokens],
    ]);
    // The second row goes on twice, between a new one and the first.
    const rows = [
      { window: 1, from: 1, tokens: [100] },
      { window: 0, tokens: [50257] },
      { window: 1, from: 1, tokens: [200] },
      { window: 0, from: 0, tokens: [300, 400] },
    ];
    await expect(await inference.step(rows), [
      [1, [...second.tokens, 100]],
      [0, [50257]],
      [1, [...second.tokens, 200]],
      [0, [...first.tokens, 300, 400]],
    ]);
    // The first of these leaves; the two that are equally long by now come together.
    await expect(
      await inference.step([
        { window: 0, from: 3, tokens: [7] },
        { window: 1, from: 2, tokens: [8] },
        { window: 0, from: 1, tokens: [9] },
      ]),
      [[0, [...first.tokens, 300, 400, 7]], [1, [...second.tokens, 200, 8]], [0, [50257, 9]]],
    );
  });

  it("picks what its logits say, for each row of a step", async () => {
    const eot = TOKENS[0] - 1;
    const many = Array.from({ length: 90 }, (_, i) => 11 + 97 * i);
    const prompt = { window: 0, tokens: TOKENS, positions: [0, TOKENS.length - 1] };
    const beams = [100, 200, 300].map((token) => ({ window: 0, from: 0, tokens: [token] }));
    const steps: PickRow[][] = [
      [{ ...prompt, picks: [{ suppressed: [], count: 1 }, { suppressed: [...many, 220], count: 1 }] }],
      beams.map((row, i) => ({ ...row, picks: [{ suppressed: many.slice(i), count: 4 }] })),
      // As wide as the step before, so that its run goes on, and what was suppressed in it must not stay.
      beams.map((row, from) => ({ ...row, from, picks: [{ suppressed: [13], count: 4 }] })),
      [{ ...beams[0], from: 2, picks: [{ suppressed: many, count: 1 }] }],
    ];
    using whole = model.startInference(features);
    using picking = model.startInference(features);
    for (const rows of steps) {
      const logits = await whole.step(rows);
      const picks = await picking.pick(rows);
      const requests = rows.flatMap(({ picks }) => picks);
      assert.equal(picks.length, requests.length);
      for (const [i, { tokens, logits: picked, logSumExp, special }] of picks.entries()) {
        const expected = pickTokens(logits[i], requests[i], eot);
        assert.deepEqual(tokens, expected.tokens);
        assertClose(picked, expected.logits, TOLERANCE);
        assertClose(special, expected.special, TOLERANCE);
        assertClose([logSumExp], [expected.logSumExp], TOLERANCE);
      }
    }
    await assert.rejects(picking.pick([{ ...prompt, picks: [] }]), RangeError);
  });

  it("makes one native call a step, and three with a signal", async () => {
    using inference = model.startInference(features);
    const row = { window: 0, tokens: [100], picks: [{ suppressed: [1, 2], count: 1 }] };
    await inference.pick([row]);
    const calls: number[] = [];
    for (const signal of [undefined, new AbortController().signal]) {
      const before = nativeCalls();
      await inference.pick([{ ...row, from: 0 }], { signal });
      calls.push(nativeCalls() - before);
    }
    assert.deepEqual(calls, [1, 3]);
  });

  it("encodes a batch as it encodes each window, and decodes each window of it", async () => {
    using batch = await model.embedAudio(mel(2));
    const { nMels, nAudioCtx, nAudioState } = dims;
    const second = mel(2).subarray(nMels * 2 * nAudioCtx);
    using alone = await model.embedAudio(second);
    assertClose(batch.toArray().subarray(nAudioCtx * nAudioState), alone.toArray(), 1e-3);
    assertClose(await decodedAlone(batch, TOKENS, 1), await decodedAlone(alone, TOKENS), TOLERANCE);
  });

  it("encodes a part of a window, and decodes and aligns over as many positions", async () => {
    const frames = 600, whole = mel(1);
    const part = Float32Array.from(
      { length: dims.nMels * frames },
      (_, i) => whole[Math.floor(i / frames) * 3000 + i % frames],
    );
    using short = await model.embedAudio(part, { frames });
    assert.equal(short.positions, 300);
    assert.equal(short.toArray().length, 300 * dims.nAudioState);
    const { scores, logits } = await model.crossAttention(short, TOKENS);
    assert.equal(scores.length, 2 * TOKENS.length * 300);
    assertClose(logits.subarray(-dims.nVocab), await decodedAlone(short, TOKENS), TOLERANCE);
    for (const wrong of [0, 1, 601, 3002, 1.5]) {
      await assert.rejects(model.embedAudio(part, { frames: wrong }), RangeError);
    }
  });

  it("gives the scores of the alignment heads only, and logits of every token", async () => {
    const { scores, logits } = await model.crossAttention(features, TOKENS);
    assert.equal(scores.length, 2 * TOKENS.length * dims.nAudioCtx);
    assert.equal(logits.length, TOKENS.length * dims.nVocab);
    assertClose(logits.subarray(-dims.nVocab), await decodedAlone(features, TOKENS), TOLERANCE);
    assert.ok(scores.every(Number.isFinite));
  });

  it("refuses more tokens than the decoder has positions", async () => {
    using inference = model.startInference(features);
    await inference.step([{ window: 0, tokens: Array(440).fill(11) }]);
    const more = (count: number) => inference.step([{ window: 0, from: 0, tokens: Array(count).fill(11) }]);
    await assert.rejects(more(9), /440 of 448/);
    await more(8);
  });

  it("refuses a window that the features do not have", async () => {
    using inference = model.startInference(features);
    for (const window of [1, -1, 0.5]) {
      await assert.rejects(inference.step([{ window, tokens: TOKENS }]), RangeError);
    }
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
