import assert from "node:assert/strict";
import process from "node:process";
import { decodeAudio } from "../lib/audio/decode.ts";
import { alignWords } from "../lib/eval/edit_alignment.ts";
import { loadModel } from "../mod.ts";
import { describe, fixture, it } from "./balance.ts";

/** `SOTTO_TEST_FULL=1` makes ten minutes of it. */
const COPIES = process.env.SOTTO_TEST_FULL === "1" ? 20 : 4;

const SAMPLE_RATE = 16000;
const PAUSE = 3;

const PASSAGE = words(
  "And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for " +
    "them. He was not an ill-disposed young man. Unless to be rather cold-hearted and rather selfish is to be " +
    "ill-disposed. Had he married a more amiable woman he might have been made still more respectable than he " +
    "was. He might even have been made amiable himself.",
);

function words(text: string): string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

describe("a long recording", () => {
  it(`comes out in order with nothing lost or repeated (${COPIES} passages with pauses)`, async () => {
    const passage = await decodeAudio(fixture("sense.wav"));
    const period = passage.length + PAUSE * SAMPLE_RATE;
    const samples = new Float32Array(COPIES * period);
    for (let i = 0; i < COPIES; i++) samples.set(passage, i * period);
    using model = await loadModel(fixture("tiny.en.pt"), { device: "cpu" });
    // A text that repeats itself is no good as context: openai/whisper goes astray on it just the same.
    const options = { temperature: 0, conditionOnPreviousText: false };
    const { segments } = await model.transcribe(samples, options);
    const expected = Array.from({ length: COPIES }, () => PASSAGE).flat();
    const heard = words(segments.map(({ text }) => text).join(" "));
    const distance = alignWords(expected, heard).filter(({ isMatch }) => !isMatch).length;
    // tiny.en mishears a few words; a lost or repeated segment would be a dozen at once.
    assert.ok(distance <= 0.015 * expected.length, `${distance} of ${expected.length} words differ`);
    for (const [i, segment] of segments.slice(1).entries()) {
      assert.ok(segment.start >= segments[i].start, `segment ${i + 1} starts before the one before it`);
    }
  });
});
