import assert from "node:assert/strict";
import { CheckpointFormatError } from "../../../../lib/errors.ts";
import { parseJson, parseJsonMember } from "../../../../lib/checkpoint/format/json.ts";
import { FloatValue } from "../../../../lib/checkpoint/format/values.ts";
import { describe, it } from "../../../harness.ts";

function parse(text: string): unknown {
  return parseJson(new TextEncoder().encode(text), "the test");
}

/** Turns maps and floats back into what `JSON.parse` gives. */
function plain(value: unknown): unknown {
  if (value instanceof FloatValue) return value.value;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

describe("parseJson()", () => {
  it("parseJson() agrees with JSON.parse", () => {
    for (
      const text of [
        '{"a":[1,-2,0,1.5,-0.25e+3,1E-2,true,false,null],"b":{},"c":[]}',
        ' [ "x\\n\\u00e9\\"\\\\ \\/ é 😀" , 1 ] \n',
        '"lonely"',
        "0",
        '{"":{"":""}}',
      ]
    ) {
      assert.deepEqual(plain(parse(text)), JSON.parse(text));
    }
  });

  it("parseJson() gives keys of any name in a map", () => {
    const value = parse('{"__proto__":1,"constructor":2}') as Map<string, unknown>;
    assert.deepEqual([...value], [["__proto__", 1], ["constructor", 2]]);
  });

  it("parseJson() keeps numbers that are no exact integers apart", () => {
    assert.deepEqual(parse("[4,4.0,4e0,9007199254740992]"), [
      4,
      new FloatValue(4),
      new FloatValue(4),
      new FloatValue(9007199254740992),
    ]);
  });

  for (
    const text of [
      "",
      " ",
      "{",
      "[",
      "[1",
      "[1,]",
      "[1 2]",
      "{1:2}",
      '{"a"}',
      '{"a":}',
      '{"a";1}',
      '{"a":1,}',
      "nul",
      "truex",
      "+1",
      "01",
      "1.",
      ".5",
      "-",
      "1e",
      "0x10",
      "NaN",
      "Infinity",
      "'a'",
      '"a',
      '"\\',
      '"\\x"',
      '"\n"',
      "1 1",
      "\ufeff1",
      "[1]]",
    ]
  ) {
    it(`parseJson() refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parse(text), CheckpointFormatError);
    });
  }

  it("parseJson() refuses what is not UTF-8", () => {
    assert.throws(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22), "the test"), /the test is not UTF-8/);
  });

  it("parseJson() says where it stopped", () => {
    assert.throws(() => parse('{"a":1,"a":2}'), (error) => (error as CheckpointFormatError).offset === 10);
  });
});

describe("parseJsonMember()", () => {
  function member(text: string): unknown {
    return plain(parseJsonMember(new TextEncoder().encode(text), "the test", "b"));
  }

  it("parseJsonMember() gives the value of one key and passes over the others", () => {
    for (const other of ["1", '"a \\" ] } , b"', '{"b":[1,{"b":"}"}]}', "[[],{}]", "true ", "[]"]) {
      assert.deepEqual(member(`{"a":${other},"b":[1,{"c":2}],"d": ${other} }`), [1, { c: 2 }]);
      assert.equal(member(` { "a" : ${other} }\n`), undefined);
    }
    assert.equal(member("{}"), undefined);
  });

  it("parseJsonMember() refuses what it cannot follow", () => {
    const refused: Readonly<Record<string, RegExp>> = {
      "[]": /no object where one is wanted/,
      '{"b":1,"b":1}': /key "b" twice/,
      '{"a":[1': /a JSON value does not end/,
      '{"a":"x': /a JSON string does not end/,
      '{"a":1}{': /something follows/,
      '{"a":1]': /neither a comma nor }/,
      '{"a"}': /a key without a value/,
      '{"b":[01]}': /"01" for a value/,
    };
    for (const [text, message] of Object.entries(refused)) assert.throws(() => member(text), message, text);
  });
});
