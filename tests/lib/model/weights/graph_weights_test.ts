import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLibrary } from "../../../../ffi/library.ts";
import { NativeMemory } from "../../../../ffi/native_memory.ts";
import { Session } from "../../../../ffi/session.ts";
import type { SessionOptions } from "../../../../ffi/session_options.ts";
import { Tensor } from "../../../../ffi/value.ts";
import type { Checkpoint, TensorEntry } from "../../../../lib/checkpoint/types.ts";
import { GraphBuilder } from "../../../../lib/model/onnx_writer.ts";
import { GraphWeights, layoutOf } from "../../../../lib/model/weights/graph_weights.ts";
import { describe, it } from "../../../balance.ts";

const library = await openLibrary();

function entry(shape: number[], strides: number[], dtype: TensorEntry["dtype"], offset = 0): TensorEntry {
  return { dtype, shape, strides, offset, file: 0 };
}

describe("layoutOf()", () => {
  it("tells how a matrix lies", () => {
    assert.equal(layoutOf(entry([2, 3], [3, 1], "float32")), "row-major");
    assert.equal(layoutOf(entry([2, 3], [1, 2], "float32")), "column-major");
    assert.equal(layoutOf(entry([2, 3], [6, 2], "float32")), "strided");
    assert.equal(layoutOf(entry([2, 3], [0, 1], "float32")), "strided");
  });

  it("ignores the stride of an axis of one element", () => {
    assert.equal(layoutOf(entry([4, 1], [1, 77], "float32")), "row-major");
    assert.equal(layoutOf(entry([1, 1, 3], [9, 9, 1], "float16")), "row-major");
  });

  it("calls a convolution's weight strided unless it lies as its shape says", () => {
    assert.equal(layoutOf(entry([2, 3, 4], [12, 4, 1], "float16")), "row-major");
    assert.equal(layoutOf(entry([2, 3, 4], [1, 2, 6], "float16")), "strided");
  });
});

/** The matrix [[1, 2, 3], [4, 5, 6]] as bytes of a file that starts with `skip` other bytes. */
function matrixFile(values: number[], dtype: "float16" | "float32", skip: number): Uint8Array {
  const data = dtype === "float16" ? new Float16Array(values) : new Float32Array(values);
  const bytes = new Uint8Array(skip + data.byteLength).fill(0xff);
  bytes.set(new Uint8Array(data.buffer), skip);
  return bytes;
}

async function readThrough(
  weight: TensorEntry,
  add: (weights: GraphWeights, graph: GraphBuilder) => string,
  shape: number[],
  options: Omit<SessionOptions, "provider">,
): Promise<number[]> {
  const strided = new Map([["w", Float32Array.of(1, 2, 3, 4, 5, 6)]]);
  const checkpoint = { tensors: new Map([["w", weight]]) } as unknown as Checkpoint;
  const graph = new GraphBuilder();
  const weights = new GraphWeights(graph, { checkpoint, locations: ["weights.bin"], strided });
  graph.node("Add", [add(weights, graph), graph.constant(Float32Array.of(0))], {}, ["y"]);
  graph.output("y", "float32", shape);
  using session = await Session.create(library, graph.finish("test"), { provider: "cpu", ...options });
  using output = Tensor.allocate(library, "float32", shape);
  using binding = session.bind().output("y", output);
  await session.run(binding);
  return [...output.data];
}

describe("GraphWeights", () => {
  const rowMajor = [1, 2, 3, 4, 5, 6], columnMajor = [1, 4, 2, 5, 3, 6];
  for (const dtype of ["float16", "float32"] as const) {
    for (const skip of [0, 64, 7]) {
      for (const source of ["mapped", "in memory"] as const) {
        it(`reads both layouts of ${dtype} at byte ${skip}, ${source}`, async () => {
          for (const [values, strides] of [[rowMajor, [3, 1]], [columnMajor, [1, 2]]]) {
            const folder = mkdtempSync(join(tmpdir(), "sotto-"));
            const bytes = matrixFile(values, dtype, skip);
            writeFileSync(join(folder, "weights.bin"), bytes);
            using memory = NativeMemory.copyOf(library, bytes);
            const options = source === "mapped"
              ? { config: { "session.model_external_initializers_file_folder_path": folder } }
              : { externalFiles: new Map([["weights.bin", memory]]) };
            const weight = entry([2, 3], strides, dtype, skip);
            const asIs = await readThrough(weight, (weights) => weights.tensor("w"), [2, 3], options);
            assert.deepEqual(asIs, rowMajor);
            const linear = await readThrough(
              weight,
              (weights) => weights.linear("w").columns(),
              [3, 2],
              options,
            );
            assert.deepEqual(linear, columnMajor);
            const row = await readThrough(
              weight,
              (weights, graph) => weights.rows("w", graph.shape(1)),
              [1, 3],
              options,
            );
            assert.deepEqual(row, [4, 5, 6]);
            rmSync(folder, { recursive: true });
          }
        });
      }
    }
  }

  it("takes the values of a strided tensor from memory", async () => {
    const values = await readThrough(
      entry([2, 3], [6, 2], "float16"),
      (weights) => weights.linear("w").columns(),
      [
        3,
        2,
      ],
      {},
    );
    assert.deepEqual(values, columnMajor);
  });
});
