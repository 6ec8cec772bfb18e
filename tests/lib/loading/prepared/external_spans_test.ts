import assert from "node:assert/strict";
import { moveExternalData, type Span } from "../../../../lib/loading/prepared/external_spans.ts";
import { type ExternalData, GraphBuilder } from "../../../../lib/model/onnx_writer.ts";
import { describe, it } from "../../../harness.ts";

function modelWith(tensors: Record<string, Record<string, string | number>>): Uint8Array {
  const graph = new GraphBuilder();
  graph.input("x", "float32", ["rows", 4]);
  graph.constant(Float32Array.of(1, 2, 3));
  for (const [name, data] of Object.entries(tensors)) {
    graph.external(name, "float32", [4, 4], data as unknown as ExternalData);
  }
  graph.node("MatMul", ["x", "w"], {}, ["y"]);
  graph.output("y", "float32", ["rows", 4]);
  return graph.finish("test").bytes;
}

describe("moveExternalData()", () => {
  it("gives every piece of a model another place, those that kernels packed too, and leaves the rest", () => {
    const before = modelWith({
      w: { location: "a.bin", offset: 70, length: 64, prepacked_0: "MatMul+123|134;62;9|300;8;0" },
      v: { location: "a.bin", offset: 4096, length: 16 },
    });
    const spans: Span[] = [];
    const after = moveExternalData(before, "weights.bin", (span) => 1_000_000 * spans.push(span));
    assert.deepEqual(spans, [
      { offset: 70, length: 64 },
      { offset: 134, length: 62 },
      { offset: 300, length: 8 },
      { offset: 4096, length: 16 },
    ]);
    const expected = modelWith({
      w: {
        location: "weights.bin",
        offset: 1_000_000,
        length: 64,
        prepacked_0: "MatMul+123|2000000;62;9|3000000;8;0",
      },
      v: { location: "weights.bin", offset: 4_000_000, length: 16 },
    });
    assert.deepEqual(after, Uint8Array.from(expected));
  });

  it("refuses a model that is cut off, and numbers that are none", () => {
    const model = modelWith({ w: { location: "a.bin", offset: 70, length: 64 } });
    let refused = 0;
    for (let end = 0; end < model.length; end++) {
      try {
        moveExternalData(model.subarray(0, end), "weights.bin", () => 0);
      } catch (error) {
        assert.ok(error instanceof RangeError);
        refused++;
      }
    }
    assert.ok(refused > model.length - 10);
    for (const offset of ["-1", "1e3", "x", "9007199254740993"]) {
      const wrong = modelWith({ w: { location: "a.bin", offset, length: 64 } });
      assert.throws(() => moveExternalData(wrong, "weights.bin", () => 0), /is no offset/);
    }
  });
});
