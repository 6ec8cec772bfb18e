import assert from "node:assert/strict";
import { Fft } from "../../../../lib/audio/mel/fft.ts";
import { describe, it } from "../../../harness.ts";

describe("Fft", () => {
  for (const size of [1, 4, 5, 16, 20, 25, 80, 400]) {
    it(`transforms ${size} numbers as the definition says`, () => {
      const re = Float64Array.from({ length: size }, (_, i) => Math.sin(i * i) + 0.1);
      const im = Float64Array.from({ length: size }, (_, i) => Math.cos(i * 3 + 1));
      const expected = slowTransform(re, im);
      new Fft(size).transform(re, im);
      for (let k = 0; k < size; k++) {
        assert(Math.abs(re[k] - expected.re[k]) < 1e-10);
        assert(Math.abs(im[k] - expected.im[k]) < 1e-10);
      }
    });
  }

  it("transforms again with the same object", () => {
    const fft = new Fft(20);
    const [first, second] = [0, 1].map(() => {
      const re = Float64Array.from({ length: 20 }, (_, i) => i % 7);
      fft.transform(re, new Float64Array(20));
      return re;
    });
    assert.deepEqual(first, second);
  });

  it("refuses sizes that are not products of fours and fives", () => {
    for (const size of [0, 2, 3, 401]) assert.throws(() => new Fft(size), RangeError);
  });
});

function slowTransform(re: Float64Array, im: Float64Array): { re: number[]; im: number[] } {
  const n = re.length;
  const result = { re: Array(n).fill(0), im: Array(n).fill(0) };
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = -2 * Math.PI * (j * k % n) / n;
      result.re[k] += re[j] * Math.cos(angle) - im[j] * Math.sin(angle);
      result.im[k] += re[j] * Math.sin(angle) + im[j] * Math.cos(angle);
    }
  }
  return result;
}
