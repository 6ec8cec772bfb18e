import assert from "node:assert/strict";
import {
  type Dependencies,
  formatManifest,
  isNoted,
  type Manifest,
  noteOf,
  parseManifest,
  sameDependencies,
} from "../../../../lib/loading/prepared/manifest.ts";
import { MICRO_LAYOUTS } from "../../model/micro_checkpoint.ts";
import { describe, it } from "../../../harness.ts";

const IDENTITY = { dev: 1n, ino: 22n, size: 333n, mtimeNs: 4_444_444n, ctimeNs: 5n };
const NOTE = noteOf(IDENTITY, "ab");
const DEPENDENCIES: Dependencies = {
  sha256: "cd",
  precision: "int8",
  graphs: "ef",
  library: "1.30.0",
  processor: "x64 avx2",
};
const MANIFEST: Manifest = {
  dependencies: DEPENDENCIES,
  checkpoint: { size: 12, dims: MICRO_LAYOUTS.english.dims, official: "tiny.en" },
  graphs: {
    encoder: { inputs: [{ name: "mel", type: "float32", shape: ["batch", 80, "frames"] }], outputs: [] },
    decoder: { inputs: [], outputs: [] },
  },
  files: { "encoder.onnx": NOTE, "decoder.onnx": NOTE, "weights.bin": NOTE },
};

describe("a manifest", () => {
  it("is read as it was written, and not at all with any byte changed or missing", () => {
    const text = formatManifest(MANIFEST);
    assert.deepEqual(parseManifest(text), MANIFEST);
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === "1" ? "2" : "1";
      assert.equal(parseManifest(text.slice(0, at) + other + text.slice(at + 1)), undefined);
      assert.equal(parseManifest(text.slice(0, at)), undefined);
    }
  });

  it("holds only for what the model was made from", () => {
    assert.ok(sameDependencies(DEPENDENCIES, { ...DEPENDENCIES }));
    for (const name of Object.keys(DEPENDENCIES)) {
      assert.ok(!sameDependencies(DEPENDENCIES, { ...DEPENDENCIES, [name]: "other" }), name);
    }
  });

  it("knows a file again, on another mount too, until it is written to or replaced", () => {
    assert.ok(isNoted({ ...IDENTITY, dev: 9n, ctimeNs: 9n }, NOTE));
    for (const changed of [{ ino: 23n }, { size: 334n }, { mtimeNs: 9_444_444n }]) {
      assert.ok(!isNoted({ ...IDENTITY, ...changed }, NOTE));
    }
  });
});
