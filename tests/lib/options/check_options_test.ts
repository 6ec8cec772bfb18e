import assert from "node:assert/strict";
import {
  BOOLEAN,
  checkOptions,
  COUNT,
  NUMBER_OR_NULL,
  type OptionRules,
  SECONDS_ABOVE_ZERO,
  wholeWithin,
} from "../../../lib/options/check_options.ts";
import { describe, it } from "../../harness.ts";

interface Options {
  beamSize?: number;
  suppressBlank?: boolean;
  threshold?: number | null;
}

const RULES: OptionRules<Options> = { beamSize: COUNT, suppressBlank: BOOLEAN, threshold: NUMBER_OR_NULL };

function check(options: object): Partial<Options> {
  return checkOptions("decode", options as Options, RULES, { fp16: "the precision is that of the model" });
}

describe("checkOptions()", () => {
  it("gives what was given, without what is undefined", () => {
    const given = { beamSize: 5, suppressBlank: false, threshold: null };
    assert.deepEqual(check(given), given);
    assert.deepEqual(check({ beamSize: undefined, unknown: undefined }), {});
  });

  it("refuses options that are no object", () => {
    for (const options of [null, 3, "cpu", [], true]) {
      assert.throws(() => check(options as unknown as object), {
        name: "TypeError",
        message: /^Cannot decode: the options are .+, wanted an object of options$/,
        code: "INVALID_OPTION",
      });
    }
  });

  it("shows what was given, be it no text, and no more of it than one reads", () => {
    const circular: Record<string, unknown> = {};
    circular.itself = circular;
    const given: [unknown, RegExp][] = [
      ["5", /beamSize is "5", wanted/],
      [{ a: -1 }, /beamSize is \{"a":-1\}, wanted/],
      [[1n], /beamSize is a list, wanted/],
      [circular, /beamSize is an object, wanted/],
      [new Date(), /beamSize is an object of Date, wanted/],
      [Array(100).fill(1), /beamSize is \[[1,]{79}…, wanted/],
    ];
    for (const [beamSize, message] of given) {
      assert.throws(() => check({ beamSize }), { code: "INVALID_OPTION", message });
    }
  });

  it("names the nearest option when one is unknown", () => {
    for (const name of ["beam_size", "beamsize", "beamSise"]) {
      assert.throws(() => check({ [name]: 5 }), {
        name: "TypeError",
        message: `Cannot decode: "${name}" is not an option: did you mean "beamSize"?`,
      });
    }
  });

  it("says where the option of another system went", () => {
    assert.throws(
      () => check({ fp16: false }),
      /"fp16" is not an option: the precision is that of the model/,
    );
  });

  it("knows no option by the names every object has", () => {
    assert.throws(() => check({ toString: 1 }), TypeError);
    assert.throws(() => check(JSON.parse('{"__proto__": 1}')), TypeError);
  });

  it("rejects a value that breaks its rule, naming what was found and what was wanted", () => {
    assert.throws(() => check({ beamSize: 0 }), {
      name: "RangeError",
      message: "Cannot decode: beamSize is 0, wanted a whole number from 1 up",
    });
    assert.throws(() => check({ beamSize: "5" }), {
      name: "TypeError",
      message: 'Cannot decode: beamSize is "5", wanted a whole number from 1 up',
    });
    assert.throws(() => check({ suppressBlank: 1 }), TypeError);
    assert.throws(() => check({ threshold: NaN }), RangeError);
  });
});

describe("the rules", () => {
  const taken = ([, accepts]: readonly [string, (value: unknown) => boolean, ...unknown[]]) =>
    [-1, 0, 0.5, 1, 3, 4, Infinity, NaN, "1", null].filter(accepts);

  it("of whole numbers take both limits and nothing beyond", () => {
    assert.deepEqual(taken(wholeWithin(0, 3)), [0, 1, 3]);
    assert.equal(wholeWithin(0, 3)[0], "a whole number from 0 to 3");
  });

  it("of seconds above 0 take no zero and nothing without an end", () => {
    assert.deepEqual(taken(SECONDS_ABOVE_ZERO), [0.5, 1, 3, 4]);
  });
});
