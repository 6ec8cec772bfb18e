import assert from "node:assert/strict";
import { withoutShapes } from "../../../../lib/loading/prepared/without_shapes.ts";
import { GraphBuilder } from "../../../../lib/model/onnx_writer.ts";
import { describe, it } from "../../../harness.ts";

/** A product of two inputs; a shape with no dimension of its own is that of a number. */
function modelOf(shapes: readonly (readonly (number | string)[])[]): Uint8Array {
  const graph = new GraphBuilder();
  graph.input("x", "float32", shapes[0]);
  graph.input("w", "float16", shapes[1]);
  graph.constant(Float32Array.of(1, 2, 3), [3, 1]);
  graph.node("MatMul", ["x", "w"], { axis: 2 }, ["y"]);
  graph.output("y", "float32", shapes[2]);
  return graph.finish("test").bytes;
}

describe("withoutShapes()", () => {
  it("leaves the shapes of inputs and outputs out, and their types, nodes and constants in", () => {
    const model = modelOf([["rows", 4], [4, 400], ["rows", 400]]);
    const bare = withoutShapes(model);
    assert.deepEqual(bare, withoutShapes(modelOf([[], [1, 2, 3], ["a", "b"]])));
    assert.deepEqual(withoutShapes(bare), bare);
    const text = new TextDecoder("latin1").decode(bare);
    assert.ok(!text.includes("rows"));
    for (const name of ["x", "w", "y", "MatMul", "axis", "test"]) assert.ok(text.includes(name), name);
  });

  it("refuses a model that is cut off", () => {
    const model = modelOf([["rows", 4], [4, 400], ["rows", 400]]);
    assert.throws(() => withoutShapes(model.subarray(0, model.length - 1)), RangeError);
  });
});
