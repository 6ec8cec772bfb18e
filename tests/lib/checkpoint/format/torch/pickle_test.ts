import assert from "node:assert/strict";
import { CheckpointFormatError } from "../../../../../lib/errors.ts";
import { unpickle } from "../../../../../lib/checkpoint/format/torch/pickle.ts";
import {
  DictValue,
  FloatValue,
  FunctionValue,
  TupleValue,
} from "../../../../../lib/checkpoint/format/values.ts";
import { describe, it } from "../../../../harness.ts";
import { opcodes, pickle, Raw } from "../../corpus/pickle.ts";

const NOTHING = {
  globals: new Map(),
  loadPersistent: () => {
    throw new Error("a persistent id was loaded");
  },
};

/** What CPython's `pickle.dumps` made of `VALUES`, by protocol. */
const PICKLED: readonly (readonly [protocol: number, hexadecimal: string])[] = [
  [
    2,
    [
      "80025d7100284b014affffffff4bff4d00014a000001004a000000808a0500000080008a07ffffffffffff1f8a090000",
      "000000000000018a090000000000000000c0473ff800000000000088894e5802000000c3a971014b018571024b014b02",
      "8671034b014b024b03877104284b014b024b034b04747105297d71065d71077d710828580100000078710968094b0758",
      "05000000736576656e710a75652e",
    ].join(""),
  ],
  [
    4,
    [
      "80049588000000000000005d94284b014affffffff4bff4d00014a000001004a000000808a0500000080008a07ffffff",
      "ffffff1f8a090000000000000000018a090000000000000000c0473ff800000000000088894e8c02c3a9944b0185944b",
      "014b0286944b014b024b038794284b014b024b034b047494297d945d947d94288c01789468094b078c05736576656e94",
      "75652e",
    ].join(""),
  ],
];

const VALUES = [
  ...[1, -1, 255, 256, 65536, -(2 ** 31), 2 ** 31, 2 ** 53 - 1, 2n ** 64n, -(2n ** 70n)],
  ...[new FloatValue(1.5), true, false, null, "é"],
  ...[new TupleValue([1]), new TupleValue([1, 2]), new TupleValue([1, 2, 3]), new TupleValue([1, 2, 3, 4])],
  ...[new TupleValue([]), new DictValue(), [], new DictValue([["x", "x"], [7, "seven"]])],
];

describe("unpickle()", () => {
  it("does not recurse: what is nested as deep as the opcodes allow costs it nothing", () => {
    const lists = [0x80, 2, ...Array(60_000).fill(0x5d), ...Array(59_999).fill(0x61), 0x2e];
    const tuples = [0x80, 2, 0x29, ...Array(120_000).fill(0x85), 0x2e];
    for (const bytes of [lists, tuples]) {
      const value = unpickle(Uint8Array.from(bytes), NOTHING);
      assert.ok(Array.isArray(value) || value instanceof TupleValue);
    }
  });

  for (const [protocol, hexadecimal] of PICKLED) {
    it(`unpickle() reads what Python pickled with protocol ${protocol}`, () => {
      assert.deepEqual(unpickle(Uint8Array.fromHex(hexadecimal), NOTHING), VALUES);
    });
  }

  it("unpickle() calls a function of its context, and nothing else", () => {
    const context = {
      ...NOTHING,
      globals: new Map([["m f", new FunctionValue("f", (args) => args.length)]]),
    };
    const call = (module: string, name: string): Raw =>
      new Raw([0x63, ...new TextEncoder().encode(`${module}\n${name}\n`), ...opcodes(null), 0x85, 0x52]);
    assert.equal(unpickle(pickle(call("m", "f")), context), 1);
    assert.throws(() => unpickle(pickle(call("m", "g")), context), /the global "m\.g", which is not allowed/);
    assert.throws(
      () => unpickle(pickle(call("m f", "")), context),
      /the global "m f\.", which is not allowed/,
    );
  });

  it("unpickle() says at which opcode it stopped", () => {
    assert.throws(
      () => unpickle(Uint8Array.of(0x80, 2, 0x4e, 0x4e, 0x69, 0x2e), NOTHING),
      (error) => error instanceof CheckpointFormatError && error.offset === 4,
    );
  });
});
