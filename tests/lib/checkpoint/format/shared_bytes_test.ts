import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { distinctBytes } from "../../../../lib/checkpoint/format/shared_bytes.ts";
import { checkpointOf, tensorShapes } from "../../../../lib/checkpoint/format/state_dict.ts";
import type { ModelDimensions, TensorEntry } from "../../../../lib/checkpoint/types.ts";
import { loadModel } from "../../../../lib/load_model.ts";
import { describe, it } from "../../../harness.ts";
import { paritySamples } from "../../../parity_audio.ts";
import { snakeCase } from "../../../snake_case.ts";
import { MICRO_LAYOUTS, microTensors } from "../../model/micro_checkpoint.ts";
import { buildTorch, rowMajor, type TensorSpec } from "../corpus/model.ts";
import { Dict } from "../corpus/pickle.ts";

/** A tensor of float16 values from a byte of a file on. */
function entry(offset: number, shape: readonly number[], strides = rowMajor(shape), file = 0): TensorEntry {
  return { dtype: "float16", shape, strides, offset, file };
}

/** The tensors of a model whose blocks all lie in the same bytes, as do all other tensors of one shape. */
function tied(dims: ModelDimensions): Map<string, TensorEntry> {
  const places = new Map<string, TensorEntry>();
  let at = 0;
  return new Map(Array.from(tensorShapes(dims), ([name, shape]) => {
    const place = places.get(String(shape)) ?? entry(at, shape);
    if (!places.has(String(shape))) at += 2 * shape.reduce((product, size) => product * size, 1);
    places.set(String(shape), place);
    return [name, place];
  }));
}

const large = { nMels: 80, nAudioCtx: 1500, nVocab: 51865, nTextCtx: 448 };

/** The dimensions of a model of some width and depth. */
function model(state: number, layers: number): ModelDimensions {
  return {
    ...large,
    nAudioState: state,
    nAudioHead: 1,
    nAudioLayer: layers,
    nTextState: state,
    nTextHead: 1,
    nTextLayer: layers,
  };
}

describe("distinctBytes()", () => {
  it("distinctBytes() counts bytes that several tensors reach once", () => {
    assert.equal(distinctBytes([entry(0, [3, 4]), entry(0, [3, 4]), entry(0, [4, 3], [1, 4])]), 24);
    assert.equal(distinctBytes([entry(100, [10]), entry(0, [10]), entry(10, [10])]), 50);
    assert.equal(distinctBytes([entry(0, [8]), entry(4, [2]), entry(10, [8])]), 26);
    assert.equal(distinctBytes([entry(0, [8]), entry(0, [8], [1], 1)]), 32);
  });
});

describe("checkpointOf() of tensors that share bytes", () => {
  it("checkpointOf() takes a small model whose layers are all one", () => {
    const dims = model(64, 12);
    assert.equal(checkpointOf(tied(dims), dims).tensors.size, tensorShapes(dims).size);
  });

  it("checkpointOf() takes a large model of which few tensors are shared", () => {
    const dims = model(1280, 4);
    assert.ok(checkpointOf(tied(dims), dims));
  });

  it("checkpointOf() refuses a file that would become many times as much in memory", () => {
    const dims = model(512, 200);
    assert.throws(
      () => checkpointOf(tied(dims), dims),
      /the tensors share \d+ bytes, from which the model would take \d+ in memory, the limit is 8 times/,
    );
  });
});

describe("checkpointOf() of views with gaps", () => {
  it("checkpointOf() refuses small tensors that reach across a large file over and over", () => {
    const dims = model(64, 12);
    const tensors = tied(dims);
    for (const [name, { shape }] of tensors) {
      if (shape.length === 1) tensors.set(name, entry(0, shape, [1e6]));
    }
    assert.throws(() => checkpointOf(tensors, dims), /the tensors share \d+ bytes/);
  });
});

describe("loadModel() of tied layers", () => {
  /** The text of a recording, with the second decoder layer's weights those of the first. */
  async function transcribe(tie: (first: TensorSpec, second: TensorSpec) => TensorSpec): Promise<string> {
    const specs = microTensors(MICRO_LAYOUTS.english);
    const tensors = specs.map((second) => {
      const name = String(second.name).replace(/blocks\.1\./, "blocks.0.");
      return name === second.name ? second : tie(specs.find((first) => first.name === name)!, second);
    });
    const dims = new Dict(Object.entries(snakeCase({ ...MICRO_LAYOUTS.english.dims })));
    const folder = await mkdtemp(`${tmpdir()}/sotto-`);
    try {
      await writeFile(`${folder}/micro.pt`, buildTorch({ tensors, dims }).bytes);
      using model = await loadModel(`${folder}/micro.pt`, { device: "cpu" });
      return (await model.transcribe(paritySamples("sense"), { temperature: 0 })).text;
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  it("a model whose layers share storages transcribes as one with a copy of each", async () => {
    const shared = await transcribe((first, { name }) => ({ ...first, name }));
    const copied = await transcribe((first, { name, key }) => ({ ...first, name, key }));
    assert.ok(shared.length > 0);
    assert.equal(shared, copied);
  });
});
