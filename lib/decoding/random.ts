/**
 * A small generator of random numbers that gives the same sequence for the same seed in every runtime, for
 * sampling above temperature 0. The algorithm is sfc32, of Chris Doty-Humphrey's PractRand.
 */

/** So many numbers later every bit of the seed has reached every word. */
const WARM_UP = 12;

/** Gives numbers in [0, 1). */
export interface RandomGenerator {
  (): number;
  /** What a generator that goes on from here is made from. */
  state(): readonly number[];
}

/** Makes a generator for one of many pieces of work from the state of one for all: another for every number. */
export function forkRandom(state: readonly number[], piece: number): RandomGenerator {
  const [a, b, c, counter] = state;
  const fork = seededRandom([a ^ piece, b, c, counter]);
  for (let i = 0; i < WARM_UP; i++) fork();
  return fork;
}

/**
 * Makes a generator of numbers in [0, 1).
 *
 * @param seed An integer, or the state of a generator. @default {a random one}
 */
export function seededRandom(
  seed: number | readonly number[] = crypto.getRandomValues(new Uint32Array(1))[0],
): RandomGenerator {
  let [a, b, c, counter] = typeof seed === "number" ? [0, Math.floor(seed / 2 ** 32) | 0, seed | 0, 1] : seed;
  function next(): number {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21 | c >>> 11) + result) | 0;
    return (result >>> 0) / 2 ** 32;
  }
  if (typeof seed === "number") { for (let i = 0; i < WARM_UP; i++) next(); }
  return Object.assign(next, { state: () => [a, b, c, counter] });
}
