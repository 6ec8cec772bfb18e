import assert from "node:assert/strict";
import { describe, it } from "../../harness.ts";
import { characterCount, floatRepr, strip } from "../../../lib/python/python_text.ts";

describe("strip()", () => {
  it("removes what str.isspace is true of", () => {
    assert.equal(strip("\u3000\t \x1c\x1fa b\x85\u2029\n"), "a b");
  });

  it("keeps a byte order mark and a zero-width space", () => {
    assert.equal(strip("\ufeffa\u200b"), "\ufeffa\u200b");
  });

  it("gives nothing for nothing but space", () => assert.equal(strip(" \n"), ""));
});

describe("characterCount()", () => {
  it("counts code points", () => assert.equal(characterCount("a😀é"), 3));
});

describe("floatRepr()", () => {
  it("spells floats as Python's repr", () => {
    const spelt: [number, string][] = [
      [0, "0.0"],
      [-0, "-0.0"],
      [3, "3.0"],
      [0.6000000000000001, "0.6000000000000001"],
      [-0.5, "-0.5"],
      [0.0001, "0.0001"],
      [0.00001, "1e-05"],
      [0.000015, "1.5e-05"],
      [5e-324, "5e-324"],
      [1e15, "1000000000000000.0"],
      [9999999999999998, "9999999999999998.0"],
      [1e16, "1e+16"],
      [123456789012345680, "1.2345678901234568e+17"],
      [1e300, "1e+300"],
    ];
    for (const [value, text] of spelt) assert.equal(floatRepr(value), text);
  });

  it("spells what JSON has no word for as json.dump does", () => {
    assert.deepEqual([NaN, Infinity, -Infinity].map(floatRepr), ["NaN", "Infinity", "-Infinity"]);
  });
});
