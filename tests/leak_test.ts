import assert from "node:assert/strict";
import process from "node:process";
import { decodeAudio } from "../lib/audio/decode.ts";
import { loadModel } from "../mod.ts";
import { describe, fixture, it } from "./harness.ts";

const TRANSCRIPTIONS = 200;
/** After this many the arenas, the heap and the compiled code have their size. */
const WARM_UP = 60;
/** What 140 transcriptions may add. Losing the features of one window alone would add 18 MB each time. */
const ALLOWED_MB = 40;

function residentMegabytes(): number {
  return process.memoryUsage().rss / 2 ** 20;
}

describe("memory", () => {
  it(`stays flat over ${TRANSCRIPTIONS} transcriptions of one clip`, async () => {
    using model = await loadModel(fixture("tiny.en.pt"), { device: "cpu" });
    const samples = (await decodeAudio(fixture("sense.wav"))).subarray(0, 3 * 16000);
    let warm = Infinity;
    for (let i = 1; i <= TRANSCRIPTIONS; i++) {
      const { text } = await model.transcribe(samples, { temperature: 0 });
      assert.match(text, /Dashwood/);
      if (i === WARM_UP) warm = residentMegabytes();
    }
    const grown = residentMegabytes() - warm;
    assert.ok(grown < ALLOWED_MB, `grew by ${grown.toFixed(1)} MB from ${warm.toFixed(1)} MB`);
  });

  it("comes back when models are loaded and disposed again and again", async () => {
    let warm = Infinity;
    for (let i = 1; i <= 12; i++) {
      using model = await loadModel(fixture("tiny.en.pt"), { device: "cpu" });
      assert.equal(model.dims.nAudioLayer, 4);
      if (i === 6) warm = residentMegabytes();
    }
    const grown = residentMegabytes() - warm;
    // One model alone takes some 200 MB.
    assert.ok(grown < 150, `grew by ${grown.toFixed(1)} MB from ${warm.toFixed(1)} MB`);
  });
});
