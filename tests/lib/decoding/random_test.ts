import assert from "node:assert/strict";
import { forkRandom, seededRandom } from "../../../lib/decoding/random.ts";
import { describe, it } from "../../harness.ts";

function take(count: number, seed?: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
}

describe("seededRandom()", () => {
  it("repeats itself for a seed and differs between seeds, also above 32 bits and below 0", () => {
    const seeds = [0, 1, -1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    for (const seed of seeds) assert.deepEqual(take(5, seed), take(5, seed));
    assert.equal(new Set(seeds.map((seed) => take(1, seed)[0])).size, seeds.length);
    assert.notDeepEqual(take(2), take(2));
  });

  it("forks into generators of their own, the same for the same state", () => {
    const state = seededRandom(7).state();
    const first = (piece: number) => {
      const random = forkRandom(state, piece);
      return [random(), random()];
    };
    assert.deepEqual(first(3000), first(3000));
    assert.equal(new Set([0, 1, 3000, 6000].flatMap(first)).size, 8);
  });

  it("gives numbers in [0, 1), spread evenly", () => {
    const numbers = take(10000, 7);
    assert(numbers.every((number) => number >= 0 && number < 1));
    const tenths = Array.from(
      { length: 10 },
      (_, i) => numbers.filter((n) => Math.floor(n * 10) === i).length,
    );
    assert(tenths.every((count) => Math.abs(count - 1000) < 150), `${tenths}`);
  });
});
