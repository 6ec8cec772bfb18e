/** Models in float16, as graphics processors take them, where they can run here: on the CPU, which casts. */
import assert from "node:assert/strict";
import { openLibrary } from "../../../ffi/library.ts";
import { decodeAudio } from "../../../lib/audio/decode.ts";
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { LoadedModel } from "../../../lib/loaded_model.ts";
import { mapFiles } from "../../../lib/loading/external_data.ts";
import { FLOAT16, FLOAT32, type Precision } from "../../../lib/model/precision.ts";
import { Whisper } from "../../../lib/model/whisper.ts";
import { describe, fixture, it } from "../../balance.ts";

const library = await openLibrary();

/** The first sentence of `sense.wav`. */
const samples = (await decodeAudio(fixture("sense.wav"))).subarray(0, 113_600);

/** Tokens of a recording, and how probable they are. */
async function transcribe(precision: Precision): Promise<{ tokens: number[][]; probable: number[] }> {
  await using opened = await openCheckpoint(fixture("tiny.en.pt"));
  const { source, options } = await mapFiles(library, opened);
  const whisper = await Whisper.create(library, source, { provider: "cpu", ...options }, precision);
  using model = new LoadedModel(whisper, { device: "cpu", deviceReport: [], precision: "float16" });
  const { segments } = await model.transcribe(samples, { temperature: 0 });
  return { tokens: segments.map(({ tokens }) => [...tokens]), probable: segments.map((s) => s.avgLogprob) };
}

describe("a model in float16", () => {
  it("hears the tokens that one in float32 hears", async () => {
    const float32 = await transcribe(FLOAT32), float16 = await transcribe(FLOAT16);
    assert.deepEqual(float16.tokens, float32.tokens);
    assert.ok(float16.tokens.flat().length > 15);
    // As probable, but for the numbers' fewer digits: it is really the other graph.
    assert.notDeepEqual(float16.probable, float32.probable);
    for (const [i, value] of float16.probable.entries()) {
      assert.ok(Math.abs(value - float32.probable[i]) < 0.02);
    }
  });
});
