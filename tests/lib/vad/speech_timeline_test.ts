import assert from "node:assert/strict";
import { SpeechTimeline } from "../../../lib/vad/speech_timeline.ts";
import { describe, it } from "../../harness.ts";

/** Speech of 100, 50 and 200 in a recording of 1000. */
const timeline = new SpeechTimeline([{ start: 50, end: 150 }, { start: 400, end: 450 }, {
  start: 600,
  end: 800,
}], 1000);

describe("SpeechTimeline", () => {
  it("is as long as the speech", () => {
    assert.equal(timeline.duration, 350);
    assert.equal(new SpeechTimeline([], 1000).duration, 0);
  });

  it("finds the time in the recording", () => {
    const times = [0, 99, 101, 149, 151, 350].map((time) => timeline.toRecording(time, "start"));
    assert.deepEqual(times, [50, 149, 401, 449, 601, 800]);
  });

  it("takes the time of a cut for the end of one stretch or the start of the next", () => {
    assert.equal(timeline.toRecording(100, "start"), 400);
    assert.equal(timeline.toRecording(100, "end"), 150);
    assert.equal(timeline.toRecording(0, "end"), 50);
  });

  it("never leaves the speech", () => {
    assert.equal(timeline.toRecording(9999, "start"), 800);
    assert.equal(timeline.toRecording(-1, "end"), 50);
    assert.equal(new SpeechTimeline([], 1000).toRecording(5, "start"), 0);
  });

  it("finds the way back, from a silence to the speech after it", () => {
    for (let time = 0; time <= 350; time++) {
      assert.equal(timeline.toSpeech(timeline.toRecording(time, "start")), time);
    }
    assert.deepEqual([0, 49, 200, 399, 500].map((time) => timeline.toSpeech(time)), [0, 0, 100, 100, 150]);
    assert.deepEqual([800, 900, Infinity].map((time) => timeline.toSpeech(time)), [350, 350, 350]);
  });

  it("tells what is left out", () => {
    const silences = (...range: number[]) =>
      timeline.silences(...range).map(({ start, end }) => [start, end]);
    assert.deepEqual(silences(), [[0, 50], [150, 400], [450, 600], [800, 1000]]);
    assert.deepEqual(silences(100, 500), [[150, 400], [450, 500]]);
    assert.deepEqual(new SpeechTimeline([{ start: 0, end: 10 }], 10).silences(), []);
  });
});
