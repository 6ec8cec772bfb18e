import assert from "node:assert/strict";
import { melSourceOf } from "../../../lib/audio/mel/streamed_mel.ts";
import { transcribe, transcribeSegments } from "../../../lib/transcription/transcribe.ts";
import type { TranscribeOptions } from "../../../lib/transcription/transcribe_options.ts";
import { describe, it } from "../../harness.ts";
import { FakeModel } from "../decoding/fake_model.ts";
import { madeUpLogits } from "../decoding/made_up_logits.ts";
import { ENGLISH, MULTILINGUAL_VOCABULARY } from "../model/families.ts";
import { LateSource } from "./late_source.ts";
import { at, N_VOCAB, saying, silence, THE } from "./scripted_windows.ts";

async function lateSource(seconds: number): Promise<LateSource> {
  const samples = Float32Array.from({ length: seconds * 16000 }, (_, i) => Math.sin(i / 9) * (i % 977) / 977);
  return new LateSource(await melSourceOf(samples, ENGLISH));
}

describe("transcribe() of a recording whose end is not known", () => {
  const CASES: [seconds: number, options: TranscribeOptions][] = [
    [75, { language: "en" }],
    [8, {}],
    [30, { strictParity: true }],
    [75, { wordTimestamps: true, hallucinationSilenceThreshold: 2 }],
    [61, { wordTimestamps: true, hallucinationSilenceThreshold: 0.5, seed: 3 }],
    [40, { clipTimestamps: [35, 90, 10, 12.5, 3, 3, 50, 60, 5] }],
    [40, { clipTimestamps: [50] }],
    [0, {}],
  ];
  for (const [seconds, options] of CASES) {
    it(`is that of one whose end is known: ${seconds} s, ${JSON.stringify(options)}`, async () => {
      async function run(late: boolean) {
        const script = (tokens: readonly number[], window: number) =>
          madeUpLogits(tokens, window, MULTILINGUAL_VOCABULARY);
        const model = new FakeModel({ nVocab: MULTILINGUAL_VOCABULARY, script });
        const warnings: string[] = [];
        const source = await lateSource(seconds);
        if (!late) await source.reach(1e9);
        const onWarning = (message: string) => warnings.push(message);
        const settings = { temperature: 0, explain: true, ...options, onWarning };
        const result = await transcribe(model, () => Promise.resolve(source), settings);
        assert(source.disposed);
        assert.equal(model.alive, 0);
        return { result, warnings, encoded: model.encoded.map((mel) => [mel.length, mel[100], mel[2999]]) };
      }
      assert.deepEqual(await run(true), await run(false));
    });
  }

  it("gives the segments of a window before more of the recording has come than that window", async () => {
    const said = [0, 1, 2].map(() => [at(0), THE, at(30)]);
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying(said) });
    const source = await lateSource(75);
    const totals: (number | undefined)[] = [];
    const known: number[] = [];
    const onProgress = ({ total }: { total: number | undefined }) => totals.push(total);
    const options = { temperature: 0, onProgress };
    for await (const _ of transcribeSegments(model, () => Promise.resolve(source), options)) {
      known.push(source.known);
    }
    assert(known[0] < 3200 && known[1] < 6200, `${known} frames had come`);
    assert.deepEqual([totals[0], totals[1], totals.at(-1)], [undefined, undefined, 75]);
    assert(source.disposed);
  });

  it("disposes the recording when it is left, and when it fails", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([[at(0), THE, at(30)]]) });
    const left = await lateSource(75);
    for await (const _ of transcribeSegments(model, () => Promise.resolve(left), { temperature: 0 })) break;
    assert(left.disposed);
    const failing = await lateSource(75);
    const onSegment = () => {
      throw new Error("enough");
    };
    const fresh = new FakeModel({ nVocab: N_VOCAB, script: saying([[at(0), THE, at(30)]]) });
    await assert.rejects(transcribe(fresh, failing, { temperature: 0, onSegment }), /enough/);
    assert(failing.disposed);
    assert.equal(model.alive + fresh.alive, 0);
    assert.equal((await transcribe(fresh, silence(0), {})).text, "");
  });
});
