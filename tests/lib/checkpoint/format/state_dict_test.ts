import assert from "node:assert/strict";
import { inferDimensions } from "../../../../lib/checkpoint/format/dimensions.ts";
import { checkpointOfTensors, tensorShapes } from "../../../../lib/checkpoint/format/state_dict.ts";
import type { ModelDimensions, TensorEntry } from "../../../../lib/checkpoint/types.ts";
import { describe, it } from "../../../harness.ts";
import { DIMS } from "../corpus/model.ts";

const BASE: ModelDimensions = {
  nMels: 80,
  nAudioCtx: 1500,
  nAudioState: 512,
  nAudioHead: 8,
  nAudioLayer: 6,
  nVocab: 51865,
  nTextCtx: 448,
  nTextState: 512,
  nTextHead: 8,
  nTextLayer: 6,
};

function tensorsOf(dims: ModelDimensions): Map<string, TensorEntry> {
  return new Map([...tensorShapes(dims)].map(([name, shape]) => [
    name,
    { dtype: "float16", shape, strides: shape.map(() => 1), offset: 0, file: 0 },
  ]));
}

describe("tensorShapes()", () => {
  it("tensorShapes() asks for the tensors of the official base", () => {
    const shapes = tensorShapes(BASE);
    assert.equal(shapes.size, 245);
    const values = [...shapes.values()].map((shape) => shape.reduce((product, size) => product * size, 1));
    assert.equal(values.reduce((sum, count) => sum + count, 0), 72_593_920);
  });
});

describe("inferDimensions()", () => {
  it("inferDimensions() takes heads to be 64 wide", () => {
    assert.deepEqual(inferDimensions(tensorsOf(BASE)), BASE);
  });

  it("inferDimensions() takes a model narrower than a head to have one", () => {
    assert.deepEqual(inferDimensions(tensorsOf(DIMS)), DIMS);
  });

  it("inferDimensions() refuses a tensor with other than its dimensions", () => {
    const tensors = tensorsOf(BASE);
    tensors.set("encoder.conv1.weight", tensors.get("encoder.conv1.bias")!);
    assert.throws(() => inferDimensions(tensors), /"encoder.conv1.weight" has 1 dimensions, it must have 3/);
  });

  it("inferDimensions() refuses a width that is no multiple of a head's", () => {
    const tensors = tensorsOf({ ...DIMS, nAudioState: 96, nTextState: 96 });
    assert.throws(() => inferDimensions(tensors), /width 96 is no multiple of 64/);
  });
});

describe("checkpointOfTensors()", () => {
  it("checkpointOfTensors() refuses encoder and decoder of different widths", () => {
    const tensors = tensorsOf({ ...DIMS, nAudioState: 8 });
    assert.throws(() => checkpointOfTensors(tensors), /attends to the encoder in one width/);
  });
});
