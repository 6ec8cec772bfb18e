/** Models whose weights are quantised. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLibrary } from "../../../ffi/library.ts";
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { mapFiles } from "../../../lib/loading/external_data.ts";
import { int8Precision } from "../../../lib/model/operator_choice.ts";
import { FLOAT32, type Precision } from "../../../lib/model/precision.ts";
import { Whisper } from "../../../lib/model/whisper.ts";
import { describe, it } from "../../balance.ts";
import { isEmulated } from "../../harness.ts";
import { MICRO_LAYOUTS, microCheckpoint, type MicroLayoutName } from "./micro_checkpoint.ts";

const library = await openLibrary();
const LAYOUTS = ["english", "multilingual"] as const;
const PROMPT = [50257, 50362, 1027];

interface Work {
  readonly features: Float32Array;
  /** Of a row after the prompt and a token, alone. */
  readonly alone: Float32Array;
  /** Of the same row, beside another. */
  readonly together: Float32Array;
}

async function work(layout: MicroLayoutName, precisions: readonly Precision[]): Promise<Work[]> {
  const { dims, ...rest } = MICRO_LAYOUTS[layout];
  const path = join(mkdtempSync(join(tmpdir(), "sotto-")), "micro.pt");
  writeFileSync(path, microCheckpoint({ ...rest, dims: { ...dims, nAudioCtx: 40 } }));
  await using opened = await openCheckpoint(path);
  const { source, options } = await mapFiles(library, opened);
  const mel = Float32Array.from({ length: dims.nMels * 80 }, (_, i) => Math.sin(i / 97));
  const results: Work[] = [];
  for (const precision of precisions) {
    using model = await Whisper.create(library, source, { provider: "cpu", ...options }, precision);
    using features = await model.embedAudio(mel);
    const logits = async (tokens: number[]) => {
      using inference = model.startInference(features);
      await inference.step([{ window: 0, tokens: PROMPT }]);
      return (await inference.step(tokens.map((token) => ({ window: 0, from: 0, tokens: [token] }))))[0]
        .slice();
    };
    results.push({
      features: features.toArray(),
      alone: await logits([262]),
      together: await logits([262, 257]),
    });
  }
  return results;
}

function distance(actual: Float32Array, expected: Float32Array): number {
  assert.equal(actual.length, expected.length);
  let difference = 0, size = 0;
  expected.forEach((value, i) => {
    difference += (actual[i] - value) ** 2;
    size += value ** 2;
  });
  return Math.sqrt(difference / size);
}

describe("an int8 model", () => {
  for (const layout of isEmulated ? LAYOUTS.slice(0, 1) : LAYOUTS) {
    it(`is close to float32's in the layout of ${layout}`, async () => {
      const chosen = await int8Precision(library);
      const precisions = (["float", "bytes"] as const).map((cross): Precision => ({ ...chosen, cross }));
      const [float, ...others] = await work(layout, [FLOAT32, ...precisions]);
      for (const int8 of others) {
        for (const name of ["features", "alone"] as const) {
          const off = distance(int8[name], float[name]);
          assert.ok(off > 0 && off < 0.1, `${name} are off by ${off}`);
        }
        // What a row gets does not depend on its company.
        assert.ok(distance(int8.together, int8.alone) < 1e-4);
      }
    });
  }
});
