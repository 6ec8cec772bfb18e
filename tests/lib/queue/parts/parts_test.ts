import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decodeAudio, loadModel, type Transcription } from "../../../../mod.ts";
import { mergeParts } from "../../../../lib/queue/parts/merge_parts.ts";
import { openSpeechModel, readPart, surveyRecording } from "../../../../lib/queue/parts/part_audio.ts";
import { partOptions, whyNotInParts } from "../../../../lib/queue/parts/part_options.ts";
import { planParts } from "../../../../lib/queue/parts/plan_parts.ts";
import { describe, fixture, it } from "../../../harness.ts";

/** Five sentences of a reading, with pauses between them, 27 s. */
const SENSE = fixture("sense.wav");

describe("a recording in parts", () => {
  it("gives what one machine gives for the same cuts, words and all", async () => {
    using speechModel = openSpeechModel({ threads: 1 });
    const { speech, duration, channel } = await surveyRecording(SENSE, speechModel);
    const windows = planParts(speech, duration, 9);
    assert.equal(windows.length, 3);
    for (const { start } of windows.slice(1)) {
      assert(!speech.some((span) => span.start < start && start < span.end), `${start} is in speech`);
    }
    using model = await loadModel(fixture("tiny.en.pt"), { device: "cpu", threads: 2, prepared: false });
    const options = partOptions({ wordTimestamps: true, temperature: 0 }, { channel });

    // As workers do it: each opens the file, and knows of no other part; the last may be done first.
    const parts = [];
    for (const window of windows.toReversed()) {
      const { channel: _, ...ofPart } = options;
      const transcription = await model.transcribe(await readPart(SENSE, window, { channel: "mix" }), ofPart);
      // As it travels through Redis.
      parts.push({ window, transcription: JSON.parse(JSON.stringify(transcription)) as Transcription });
    }
    const merged = mergeParts(parts);

    // As one machine does it: the samples of the whole, cut.
    const samples = await decodeAudio(SENSE);
    assert.equal(duration, samples.length / 16000);
    const texts: string[] = [], words: unknown[] = [], times: number[][] = [];
    for (const { start, end } of windows) {
      const cut = samples.slice(Math.round(start * 16000), Math.round(end * 16000));
      const { text, segments } = await model.transcribe(cut, { wordTimestamps: true, temperature: 0 });
      texts.push(text);
      for (const segment of segments) {
        times.push([Math.round(100 * (segment.start + start)), Math.round(100 * (segment.end + start))]);
        for (const { word, start: from, probability } of segment.words!) {
          words.push([word, Math.round(100 * (from + start)), probability]);
        }
      }
    }
    assert.equal(merged.text, texts.join(""));
    assert.equal(merged.text, merged.segments.map(({ text }) => text).join(""));
    assert.deepEqual(merged.segments.map(({ id }) => id), merged.segments.map((_, i) => i));
    const hundredths = (seconds: number) => Math.round(100 * seconds);
    assert.deepEqual(merged.segments.map(({ start, end }) => [hundredths(start), hundredths(end)]), times);
    assert.deepEqual(
      merged.segments.flatMap(({ words }) => words!).map((
        { word, start, probability },
      ) => [word, hundredths(start), probability]),
      words,
    );
    assert(words.length > 60, `${words.length} words`);
  });

  it("is read in whatever form it comes, and no further than the part goes", async () => {
    const samples = await decodeAudio(SENSE);
    const window = { start: 3.21, end: 5.05 };
    const wanted = samples.slice(3.21 * 16000, 5.05 * 16000);
    assert.deepEqual(await readPart(SENSE, window), wanted);
    assert.deepEqual(await readPart(readFileSync(SENSE), window), wanted);
    await assert.rejects(readPart(SENSE, { start: 3, end: 60 }), /has become shorter/);
    await assert.rejects(
      readPart(SENSE, window, { signal: AbortSignal.abort(new Error("enough")) }),
      /enough/,
    );
  });

  it("is left whole where it cannot be cut", () => {
    assert.match(whyNotInParts({ channel: "split" })!, /apart/);
    assert.match(whyNotInParts({ clipTimestamps: [1, 2] })!, /whole/);
    assert.match(whyNotInParts({ speakers: 2 })!, /apart/);
    assert.equal(whyNotInParts({ channel: 1, vad: true }), undefined);
    assert.deepEqual(partOptions({ beamSize: 5 }, { language: "de", channel: 0 }), {
      beamSize: 5,
      language: "de",
      channel: 0,
    });
  });
});
