import assert from "node:assert/strict";
import {
  bestCut,
  type Border,
  type BorderSettings,
  UtteranceBorders,
} from "../../../lib/live/utterance_borders.ts";
import { describe, it } from "../../harness.ts";

/** Follows letters: S speech, m between the thresholds, . silence. Gives borders as text. */
function follow(pattern: string, settings: Partial<BorderSettings> = {}, finish = true) {
  const borders = new UtteranceBorders({
    threshold: 0.5,
    negThreshold: 0.35,
    minSpeech: 2,
    minSilence: 4,
    pad: 2,
    longest: 100,
    ...settings,
  });
  const found: [kind: string, frame: number, at: number][] = [];
  const note = (at: number) => ({ kind, frame }: Border) => void found.push([kind, frame, at]);
  [...pattern].forEach((letter, at) => {
    borders.push({ S: 0.9, m: 0.4, ".": 0.1 }[letter]!).forEach(note(at));
  });
  if (finish) borders.finish().forEach(note(pattern.length));
  return { found, borders };
}

describe("UtteranceBorders", () => {
  it("begins an utterance before its speech, and ends it after, once the pause is long enough", () => {
    assert.deepEqual(follow(".....SSSS......").found, [["start", 3, 6], ["end", 11, 12]]);
  });

  it("keeps what a short pause parts together", () => {
    assert.deepEqual(follow(".....SSSS...SS.....").found, [["start", 3, 6], ["end", 16, 17]]);
    assert.deepEqual(follow(".....SSSS.m.SSm....").found.length, 2);
  });

  it("does not hear what is shorter than speech", () => {
    assert.deepEqual(follow("....S.......S....").found, []);
    assert.deepEqual(follow("....S..S......").found, [["start", 2, 7], ["end", 10, 11]]);
  });

  it("begins no utterance before the end of the one before", () => {
    assert.deepEqual(follow("SSS....SSS....", { pad: 3 }).found, [
      ["start", 0, 1],
      ["end", 6, 6],
      ["start", 6, 8],
      ["end", 13, 13],
    ]);
  });

  it("ends the last utterance with the sound", () => {
    assert.deepEqual(follow("..SSS.").found, [["start", 0, 3], ["end", 6, 6]]);
    assert.deepEqual(follow("......").found, []);
  });

  it("cuts an utterance that is too long, and goes on with it", () => {
    const { found } = follow("S".repeat(20) + "..S" + "S".repeat(40), { longest: 40, pad: 0 });
    assert.deepEqual(found[0], ["start", 0, 1]);
    assert.deepEqual(found[1].slice(0, 2), ["cut", 21]);
    assert.equal(found.at(-1)![0], "end");
  });

  it("cuts after the words that are final", () => {
    const settings = { longest: 40, pad: 0 };
    const { borders } = follow("S".repeat(20) + "...S" + "S".repeat(14), settings, false);
    borders.settle(30);
    assert.deepEqual(borders.push(0.1), []);
    const [cut] = borders.push(0.9);
    assert.equal(cut.kind, "cut");
    assert.ok(cut.frame >= 30 && cut.frame < 40, `${cut.frame}`);
  });

  it("says which sound is still needed", () => {
    const { borders } = follow("..........", {}, false);
    assert.equal(borders.needed, 8);
    borders.push(0.9);
    assert.equal(borders.needed, 8);
    borders.push(0.9);
    assert.deepEqual([borders.needed, borders.openSince], [8, 8]);
  });
});

describe("bestCut()", () => {
  it("takes the most silent place of the second half, but for the end", () => {
    const heard = new Array(40).fill(0.9);
    heard.fill(0, 2, 8).fill(0.2, 25, 28).fill(0, 37);
    assert.equal(bestCut(heard), 26);
  });

  it("takes the last of equal places", () => {
    assert.equal(bestCut(new Array(40).fill(0.9)), 32);
  });

  it("stays within what was heard, however far words are final", () => {
    assert.equal(bestCut(new Array(40).fill(0.9), 39), 39);
    assert.equal(bestCut(new Array(40).fill(0.9), 99), 40);
  });
});
