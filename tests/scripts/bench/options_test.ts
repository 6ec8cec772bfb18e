import assert from "node:assert/strict";
import { parseOptions, WORKS } from "../../../scripts/bench/options.ts";
import { describe, it } from "../../harness.ts";

describe("parseOptions()", () => {
  it("compares everyone on the clip and the long recording when nothing is asked for", () => {
    const options = parseOptions([]);
    assert.deepEqual(options.only, ["start", "clip", "long"]);
    assert.deepEqual(options.variants, [{ precision: "float32", beam: 1, batch: 0 }]);
    assert.equal(options.peers.length, 5);
    assert.equal(options.audio, undefined);
  });

  it("makes a variant of every precision, beam and batch", () => {
    const { variants } = parseOptions(["--precision", "int8,float32", "--beam", "1,5", "--batch", "0,8"]);
    assert.equal(variants.length, 8);
    assert.deepEqual(variants.at(-1), { precision: "float32", beam: 5, batch: 8 });
  });

  it("takes a recording with its text", () => {
    assert.deepEqual(parseOptions(["--audio", "a.wav", "a.txt"]).audio, { path: "a.wav", text: "a.txt" });
    assert.throws(() => parseOptions(["--audio", "a.wav"]), /--audio FILE TEXT/);
    assert.throws(() => parseOptions(["a.txt"]), /--audio FILE TEXT/);
  });

  it("knows all works, and no peers", () => {
    assert.deepEqual(parseOptions(["--only", "all"]).only, WORKS);
    assert.deepEqual(parseOptions(["--peers", "none"]).peers, []);
  });

  it("names what is wrong and what is wanted", () => {
    assert.throws(() => parseOptions(["--only", "clips"]), /--only is "clips", wanted of start, clip/);
    assert.throws(
      () => parseOptions(["--peers", "whisper.cpp"]),
      /--peers is "whisper.cpp", wanted of faster-whisper/,
    );
    assert.throws(() => parseOptions(["--beam", "0"]), /--beam is "0", wanted whole numbers from 1 on/);
    assert.throws(() => parseOptions(["--rounds", "many"]), /--rounds is "many"/);
    assert.throws(() => parseOptions(["--unknown"]), TypeError);
  });
});
