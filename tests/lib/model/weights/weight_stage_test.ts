import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLibrary } from "../../../../ffi/library.ts";
import { NativeMemory } from "../../../../ffi/native_memory.ts";
import { Session } from "../../../../ffi/session.ts";
import type { SessionOptions } from "../../../../ffi/session_options.ts";
import { Tensor } from "../../../../ffi/value.ts";
import type { Checkpoint, TensorDtype, TensorEntry } from "../../../../lib/checkpoint/types.ts";
import { GraphBuilder } from "../../../../lib/model/onnx_writer.ts";
import { type LinearKind, quantizedProduct } from "../../../../lib/model/weights/quantized_linear.ts";
import { WeightStage } from "../../../../lib/model/weights/weight_stage.ts";
import {
  type ConstantStage,
  GraphWeights,
  type WeightSource,
} from "../../../../lib/model/weights/graph_weights.ts";
import { describe, it } from "../../../balance.ts";
import { seededNormal } from "../../../seeded_random.ts";

const library = await openLibrary();
const INPUTS = 32, OUTPUTS = 48, ROWS = 3;
const STRIDES = { "row-major": [INPUTS, 1], "column-major": [1, OUTPUTS], strided: [2 * INPUTS, 1] } as const;

/** A file with a matrix, and what a graph is told of it. */
function matrixSource(
  dtype: TensorDtype,
  layout: keyof typeof STRIDES,
): WeightSource & { bytes: Uint8Array } {
  const normal = seededNormal(1);
  const values = Float32Array.from({ length: INPUTS * OUTPUTS }, normal);
  const bfloat16 = Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >> 16);
  const data = {
    float16: new Float16Array(values),
    float32: values,
    bfloat16,
    float64: new Float64Array(values),
  };
  const entry: TensorEntry = {
    dtype,
    shape: [OUTPUTS, INPUTS],
    strides: STRIDES[layout],
    offset: 0,
    file: 0,
  };
  return {
    checkpoint: { tensors: new Map([["m.weight", entry]]) } as unknown as Checkpoint,
    locations: ["weights.bin"],
    strided: new Map([["m.weight", values]]),
    bytes: new Uint8Array(data[dtype].buffer),
  };
}

/** A product with the matrix, and the first of its rows beside it. */
async function compute(
  kind: LinearKind,
  source: WeightSource,
  options: Omit<SessionOptions, "provider">,
  stage?: ConstantStage,
  ready?: () => Promise<ReadonlyMap<string, NativeMemory>>,
): Promise<number[][]> {
  const graph = new GraphBuilder();
  const weights = new GraphWeights(graph, source, { stage });
  graph.input("x", "float32", [ROWS, INPUTS]);
  graph.node("Identity", [quantizedProduct(graph, kind, "x", weights.linear("m.weight"))], {}, ["y"]);
  graph.node("Identity", [weights.rows("m.weight", graph.shape(0))], {}, ["row"]);
  graph.output("y", "float32", [ROWS, OUTPUTS]);
  graph.output("row", "float32", [1, INPUTS]);
  const externalFiles = await ready?.();
  const place = { ...options, ...(externalFiles && { externalFiles }), provider: "cpu" as const };
  using session = await Session.create(library, graph.finish("test"), place);
  using x = Tensor.allocate(library, "float32", [ROWS, INPUTS]);
  const normal = seededNormal(2);
  for (let i = 0; i < x.data.length; i++) x.data[i] = normal();
  using y = Tensor.allocate(library, "float32", [ROWS, OUTPUTS]);
  using row = Tensor.allocate(library, "float32", [1, INPUTS]);
  using binding = session.bind().input("x", x).output("y", y).output("row", row);
  await session.run(binding);
  return [[...y.data], [...row.data]];
}

const KINDS: readonly LinearKind[] = ["float", "int7", "uint8-rows", "int7-apart", "blocks"];

describe("WeightStage", () => {
  const matrices = [
    ["float16", "row-major"],
    ["float16", "column-major"],
    ["float16", "strided"],
    ["float32", "row-major"],
    ["bfloat16", "column-major"],
    ["float64", "row-major"],
  ] as const;
  for (const [dtype, layout] of matrices) {
    it(`makes of a ${layout} matrix of ${dtype} what the graph makes of it itself`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "sotto-"));
      const source = matrixSource(dtype, layout);
      writeFileSync(join(folder, "weights.bin"), source.bytes);
      const options = { config: { "session.model_external_initializers_file_folder_path": folder } };
      for (const kind of KINDS) {
        // One, and as many as there are.
        for (const atOnce of [1, undefined]) {
          const itself = await compute(kind, source, options);
          const stage = new WeightStage("ready.bin", "float32", atOnce);
          using owned = new DisposableStack();
          const staged = await compute(kind, source, {}, stage, async () => {
            const memory = owned.use(new NativeMemory(library, stage.byteLength));
            await stage.make(library, source, { provider: "cpu", ...options }, (bytes, offset) => {
              assert.equal(offset % 64, 0);
              memory.bytes.set(bytes, offset);
            });
            return new Map([["ready.bin", memory]]);
          });
          assert.deepEqual(staged, itself, kind);
        }
      }
      rmSync(folder, { recursive: true });
    });
  }

  it("stops at a signal, and stores nothing more", async () => {
    const source = matrixSource("float32", "strided");
    const stage = new WeightStage("ready.bin", "float32", 1);
    const weights = new GraphWeights(new GraphBuilder(), source, { stage });
    for (let i = 0; i < 3; i++) weights.tensor("m.weight");
    const stop = new AbortController();
    let stored = 0;
    const made = stage.make(library, source, { provider: "cpu", signal: stop.signal }, () => {
      stored++;
      stop.abort(new Error("enough"));
    });
    await assert.rejects(made, /enough/);
    assert.equal(stored, 1);
  });
});
