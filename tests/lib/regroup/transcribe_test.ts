import assert from "node:assert/strict";
import { decodeAudio, loadModel } from "../../../mod.ts";
import { describe, fixture, it } from "../../harness.ts";

const model = await loadModel(fixture("tiny.en.pt"));
const beginning = (await decodeAudio(fixture("sense.wav"))).subarray(0, 11 * 16000);

describe("transcribe() with regroup", () => {
  it("gives sentences with their words, as they come and in the end", async () => {
    const called: string[] = [];
    const { segments } = await model.transcribe(beginning, {
      regroup: "sentence",
      onSegment: ({ text }) => called.push(text),
    });
    assert.deepEqual(segments.map(({ id, text }) => [id, text]), [
      [
        0,
        " And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.",
      ],
      [1, " He was not an old-sposed young man."],
    ]);
    assert.deepEqual(called, segments.map(({ text }) => text));
    for (const { text, words } of segments) assert.equal(words!.map(({ word }) => word).join(""), text);
  });

  it("needs words", async () => {
    await assert.rejects(model.transcribe(beginning, { regroup: "sentence", wordTimestamps: false }), {
      code: "INVALID_OPTION",
    });
    await assert.rejects(model.transcribe(beginning, { regroup: { maxWords: 3 } as never }), TypeError);
  });
});
