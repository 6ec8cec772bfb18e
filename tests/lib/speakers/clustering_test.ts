import assert from "node:assert/strict";
import { clustersAfter, mergeAll, type Vectors } from "../../../lib/speakers/clustering/dendrogram.ts";
import { likelySpeakers } from "../../../lib/speakers/clustering/likely_speakers.ts";
import { reduced } from "../../../lib/speakers/clustering/reduce.ts";
import { speakersOf } from "../../../lib/speakers/clustering/speakers_of.ts";
import { seededNormal } from "../../seeded_random.ts";
import { describe, it } from "../../harness.ts";

const SIZE = 32;
const ANY = { min: 1, max: 10 };

/** Voices around directions of their own, each as strong as its neighbours' noise is not: `who` says whose each is. */
function voicesOf(who: readonly number[], noise: number, seed = 1): Vectors {
  const normal = seededNormal(seed);
  const data = new Float32Array(who.length * SIZE);
  who.forEach((speaker, i) => {
    const vector = Float32Array.from({ length: SIZE }, (_, k) => (k === speaker ? 1 : 0) + noise * normal());
    const length = Math.hypot(...vector);
    data.set(vector.map((value) => value / length), i * SIZE);
  });
  return { size: SIZE, data, weights: new Float32Array(who.length).fill(0.4) };
}

const range = (count: number) => [...Array(count).keys()];

describe("mergeAll()", () => {
  it("merges the most alike first, by the mean cosine between clusters", () => {
    const angles = [0, 10, 60, 80].map((degrees) => degrees * Math.PI / 180);
    const vectors: Vectors = {
      size: 2,
      data: Float32Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)])),
      weights: new Float32Array(4).fill(1),
    };
    const merges = mergeAll(vectors);
    const cosine = (degrees: number) => Math.cos(degrees * Math.PI / 180);
    const wanted = [cosine(10), cosine(20), (cosine(60) + cosine(80) + cosine(50) + cosine(70)) / 4];
    merges.forEach(({ similarity }, i) => assert.ok(Math.abs(similarity - wanted[i]) < 1e-6));
    assert.deepEqual([...clustersAfter(merges.slice(0, 2), 4)], [0, 0, 1, 1]);
    assert.deepEqual([...clustersAfter(merges, 4)], [0, 0, 0, 0]);
  });

  it("has nothing to merge of one, or of none", () => {
    assert.deepEqual(mergeAll(voicesOf([0], 0)), []);
    assert.deepEqual(mergeAll(voicesOf([], 0)), []);
  });
});

describe("speakersOf()", () => {
  for (const count of [1, 2, 3, 5]) {
    it(`finds ${count} of ${count} speakers`, () => {
      const speakers = speakersOf(voicesOf(range(60).map((i) => i % count), 0.08), ANY);
      assert.equal(speakers.weights.length, count);
      const directions = range(count).map((i) =>
        speakers.data.subarray(i * SIZE, (i + 1) * SIZE).findIndex((value) => value > 0.9)
      );
      assert.deepEqual(directions.toSorted(), range(count));
    });
  }

  it("takes who is hardly heard for no speaker", () => {
    const speakers = speakersOf(voicesOf([...Array(40).fill(0), ...Array(40).fill(1), 2, 2], 0.05), ANY);
    assert.equal(speakers.weights.length, 2);
  });

  it("finds as many as there are to be, and no more than there are windows", () => {
    const voices = voicesOf(range(90).map((i) => i % 3), 0.05);
    assert.equal(speakersOf(voices, { min: 2, max: 2 }).weights.length, 2);
    assert.equal(speakersOf(voices, { min: 1, max: 2 }).weights.length, 2);
    assert.equal(speakersOf(voices, { min: 4, max: 4 }).weights.length, 4);
    assert.equal(speakersOf(voicesOf([0], 0), { min: 3, max: 3 }).weights.length, 1);
    assert.equal(speakersOf(voicesOf([], 0), ANY).weights.length, 0);
  });

  it("finds the speakers of hours, whose voices are put together first", () => {
    const who = range(3000).map((i) => Math.floor(i / 50) % 4);
    const voices = voicesOf(who, 0.06);
    assert.ok(reduced(voices).weights.length <= 512);
    const weight = reduced(voices).weights.reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(weight - 3000 * 0.4) < 0.5);
    assert.equal(speakersOf(voices, ANY).weights.length, 4);
  });
});

describe("likelySpeakers()", () => {
  const speakers = voicesOf([0, 1], 0);
  const costs = { inSpeech: 0.6, afterPause: 0.1 };
  const mixed = (share: number): number[] => [1 - share, share];

  /** Voices between the two speakers: the share of the second in each window. */
  function between(shares: readonly number[]): Vectors {
    const data = new Float32Array(shares.length * SIZE);
    shares.forEach((share, i) => data.set(mixed(share), i * SIZE));
    return { size: SIZE, data, weights: new Float32Array(shares.length).fill(0.4) };
  }

  it("does not change speakers for one window that sounds a little like another", () => {
    const shares = [0, 0, 0.7, 0, 0];
    const inSpeech = likelySpeakers(between(shares), speakers, [false, true, true, true, true], costs);
    assert.deepEqual([...inSpeech], [0, 0, 0, 0, 0]);
    const afterPauses = likelySpeakers(between(shares), speakers, shares.map(() => false), costs);
    assert.deepEqual([...afterPauses], [0, 0, 1, 0, 0]);
  });

  it("changes them where another goes on", () => {
    const shares = [0, 0, 0.4, 0.9, 1, 1];
    const likely = likelySpeakers(between(shares), speakers, shares.map((_, i) => i > 0), costs);
    assert.deepEqual([...likely], [0, 0, 0, 1, 1, 1]);
  });
});
