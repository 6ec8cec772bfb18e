import assert from "node:assert/strict";
import { openLibrary } from "../../../ffi/library.ts";
import { Session } from "../../../ffi/session.ts";
import { Tensor } from "../../../ffi/value.ts";
import { GraphBuilder } from "../../../lib/model/onnx_writer.ts";
import { describe, it } from "../../balance.ts";

const library = await openLibrary();

/** Runs a graph from `x` to `y`, both float32 of `shape`. */
async function run(build: (graph: GraphBuilder) => void, shape: number[], x: number[]): Promise<number[]> {
  const graph = new GraphBuilder();
  graph.input("x", "float32", shape);
  build(graph);
  graph.output("y", "float32", shape);
  using session = await Session.create(library, graph.finish("test"), { provider: "cpu" });
  using input = Tensor.allocate(library, "float32", shape);
  using output = Tensor.allocate(library, "float32", shape);
  input.data.set(x);
  using binding = session.bind().input("x", input).output("y", output);
  await session.run(binding);
  return [...output.data];
}

describe("GraphBuilder", () => {
  it("writes constants, nodes and negative integers that ONNX Runtime reads", async () => {
    const reversed = await run(
      (graph) => {
        const start = graph.shape(-1), end = graph.shape(-5), axes = graph.shape(0), steps = graph.shape(-1);
        graph.node("Slice", ["x", start, end, axes, steps], {}, ["y"]);
      },
      [4],
      [1, 2, 3, 4],
    );
    assert.deepEqual(reversed, [4, 3, 2, 1]);
  });

  it("writes every kind of attribute", async () => {
    const result = await run(
      (graph) => {
        const transposed = graph.node("Transpose", ["x"], { perm: [1, 0] });
        const back = graph.node("Transpose", [transposed], { perm: [1, 0] });
        const leaky = graph.node("LeakyRelu", [back], { alpha: { float: 0.5 } });
        graph.node("com.microsoft:Gelu", [graph.node("Relu", [leaky])], {}, ["gelu"]);
        graph.node("Add", [leaky, graph.constant(Float32Array.of(10))], {}, ["y"]);
      },
      [2, 2],
      [-1, 2, -3, 4],
    );
    assert.deepEqual(result, [9.5, 12, 8.5, 14]);
  });

  it("writes a constant that is larger than its first buffer", async () => {
    const values = Float32Array.from({ length: 5000 }, (_, i) => i);
    const shape = [values.length];
    const sums = await run(
      (graph) => graph.node("Add", ["x", graph.constant(values)], {}, ["y"]),
      shape,
      Array(5000).fill(1),
    );
    assert.equal(sums[4999], 5000);
  });
});
