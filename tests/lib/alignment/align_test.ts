import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { decodeAudio, loadModel } from "../../../mod.ts";
import { alignSettings } from "../../../lib/alignment/align_options.ts";
import { describe, fixture, it } from "../../harness.ts";

const TEXT = [
  "And Mr. John Dachshund had then leisure to consider how much there might be prudently in his power to do for them.",
  "Unless to be rather cold-hearted and rather selfish is to be ill-disposed.",
  "Nobody in the house knew what to say about it.",
  "Had he married a more amiable woman, he might have been made still more respectable than he was.",
  "He might even have been made amiable himself.",
];

/** Where the lines start and end, by ear; the third is not spoken. */
const SPOKEN = [[0.24, 6.8], [11.57, 16.36], undefined, [17.48, 23], [24.08, 26.87]] as const;

const model = await loadModel(fixture("tiny.en.pt"));
describe("model.align()", () => {
  it("finds the lines, leaves out what is not spoken, and tells what is not in the text", async () => {
    const { segments, extraSpeech, text } = await model.align(fixture("sense.wav"), TEXT);
    assert.deepEqual(segments.map((segment) => segment.text), TEXT.map((line) => ` ${line}`));
    assert.equal(text, TEXT.map((line) => ` ${line}`).join(""));
    assert.deepEqual(segments.map(({ spoken }) => spoken), [true, true, false, true, true]);
    for (const [i, times] of SPOKEN.entries()) {
      const { start, end, words } = segments[i];
      assert.equal(words.map(({ word }) => word).join(""), segments[i].text);
      if (times === undefined) continue;
      assert.ok(Math.abs(start - times[0]) < 0.5 && Math.abs(end - times[1]) < 0.5, `${start} to ${end}`);
      assert.ok(words.every((word) => word.spoken), segments[i].text);
    }
    // Where "Dashwood" is, which openai/whisper hears from 1.10 to 1.66 s.
    const [, , , misheard] = segments[0].words;
    assert.equal(misheard.word, " Dachshund");
    assert.ok(
      Math.abs(misheard.start - 1.1) < 0.2 && Math.abs(misheard.end - 1.66) < 0.2,
      JSON.stringify(misheard),
    );
    assert.ok(misheard.probability < 0.5 && segments[1].confidence > 0.8 && segments[2].confidence === 0);
    assert.deepEqual(extraSpeech.map((speech) => speech.text), [" He was not an ill-disposed young man."]);
    assert.ok(Math.abs(extraSpeech[0].start - 7.96) < 0.2 && Math.abs(extraSpeech[0].end - 10.5) < 0.3);
    const times = segments.flatMap(({ words }) => words.flatMap(({ start, end }) => [start, end]));
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
  });

  it("gives words openai/whisper's times where the text is what is heard", async () => {
    const path = fixture("reference/tiny.en/sense/bare-punctuation.json");
    const { segments: [first] } = JSON.parse(await readFile(path, "utf8")) as {
      segments: { words: { word: string; start: number }[] }[];
    };
    const samples = first.words.filter(({ word }) => /\w/.test(word)).slice(0, 12);
    const text = samples.map(({ word }) => word.trim()).join(" ");
    const beginning = (await decodeAudio(fixture("sense.wav"))).subarray(0, 7 * 16000);
    const { segments } = await model.align(beginning, text.replace("Mr", "Mr."));
    for (const [i, { word, start }] of segments[0].words.entries()) {
      assert.ok(Math.abs(start - samples[i].start) <= 0.1, `${word} ${start}, not ${samples[i].start}`);
    }
  });

  it("refuses what is no text, a text without words, and options that do not exist", async () => {
    await assert.rejects(model.align(new Float32Array(16000), "…\n"), { code: "INVALID_INPUT" });
    for (const text of [undefined, null, 5, { segments: [] }, ["a", 5]]) {
      await assert.rejects(model.align(new Float32Array(16000), text as never), {
        code: "INVALID_INPUT",
        message: /^Cannot align: the text is .+, wanted text or its lines$/,
      });
    }
    await assert.rejects(model.align(new Float32Array(16000), "a", { task: "translate" } as never), {
      code: "UNKNOWN_OPTION",
    });
  });

  it("samples the same each time, unless another seed is given", () => {
    assert.deepEqual([alignSettings({}).seed, alignSettings({ seed: 7 }).seed], [0, 7]);
    assert.throws(() => alignSettings({ seed: 0.5 }), { code: "INVALID_OPTION" });
  });
});
