import assert from "node:assert/strict";
import { decodeAudio } from "../../../mod.ts";
import { findPauses, pausesOf } from "../../../lib/alignment/pauses.ts";
import { melSourceOf } from "../../../lib/audio/mel/streamed_mel.ts";
import { makeScene, senseSentences } from "../../../scripts/vad/scenes.ts";
import { describe, fixture, it } from "../../harness.ts";

/** Levels of speech, of the background, or of a click: so many frames each. */
const levels = (...parts: readonly (readonly [level: number, frames: number])[]) =>
  Float32Array.from(parts.flatMap(([level, frames]) => Array<number>(frames).fill(level)));

const seconds = (found: Iterable<{ readonly start: number; readonly end: number }>) =>
  [...found].map(({ start, end }) => [start, end]);

describe("findPauses()", () => {
  it("finds what is hardly louder than the background, for 0.2 s at least", async () => {
    const found = await findPauses(
      levels([0, 100], [1, 200], [0, 19], [1, 200], [0.1, 50], [1, 100], [0, 20]),
    );
    assert.deepEqual(seconds(found), [[0, 1], [5.19, 5.69], [6.69, 6.89]]);
  });

  it("hears clicks as part of a pause, not as its end", async () => {
    const found = await findPauses(levels([1, 200], [0, 40], [1, 2], [0, 40], [1, 100]));
    assert.deepEqual(seconds(found), [[2, 2.82]]);
  });

  it("goes by the background around, which may change", async () => {
    const quiet = [[1, 80], [0, 50]] as const, loud = [[1.5, 80], [1, 50]] as const;
    const found = await findPauses(levels(...Array(40).fill(quiet).flat(), ...Array(40).fill(loud).flat()));
    assert.equal(found.filter(({ end }) => end <= 40).length, 30);
    assert.equal(found.filter(({ start }) => start >= 65).length, 30);
  });

  it("finds none where nothing stands out", async () => {
    assert.deepEqual(await findPauses(levels([0.1, 200], [0, 200])), []);
    assert.deepEqual(await findPauses(new Float32Array(0)), []);
  });
});

describe("pausesOf()", () => {
  it("tells to 0.06 s where sentences begin in noise", async () => {
    const sentences = senseSentences(await decodeAudio(fixture("sense.wav")));
    for (const background of ["silence", "pink noise"] as const) {
      const { samples, speech } = makeScene({
        sentences,
        background,
        signalToNoise: 20,
        gaps: [0.4, 3],
        count: 10,
        inOrder: true,
        seed: 3,
      });
      await using source = await melSourceOf(samples, { nMels: 80 });
      const pauses = await pausesOf(source, 3000);
      for (const { start } of speech) {
        const nearest = Math.min(...pauses.map(({ end }) => Math.abs(end - start / 16000)));
        assert.ok(nearest <= 0.06, `${background}: ${start / 16000} s is off by ${nearest} s`);
      }
    }
  });
});
