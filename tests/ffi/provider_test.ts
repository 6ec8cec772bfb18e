/** What is done on a device that copies what it reads, without such a device: ONNX Runtime is told it has one. */
import assert from "node:assert/strict";
import type { Graph } from "../../ffi/graph.ts";
import { openLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";
import { Tensor } from "../../ffi/value.ts";
import { GraphBuilder } from "../../lib/model/onnx_writer.ts";
import { describe, it, nativeCalls } from "../balance.ts";
import { onDevice } from "../pretended_device.ts";

const library = await openLibrary();

/** `y = x + c`. */
function sumGraph(): Graph {
  const graph = new GraphBuilder();
  graph.input("x", "int32", [1]);
  graph.input("c", "int32", [1]);
  graph.node("Add", ["x", "c"], {}, ["y"]);
  graph.output("y", "int32", [1]);
  return graph.finish("sum");
}

describe("a session on a device with memory of its own", () => {
  it("binds what is written between runs again before each, and what is not only once", async () => {
    const events = await onDevice(async () => {
      using session = await Session.create(library, sumGraph(), { provider: "cuda" });
      using x = Tensor.allocate(library, "int32", [1]);
      using c = Tensor.allocate(library, "int32", [1]);
      using y = Tensor.allocate(library, "int32", [1]);
      [x.data[0], c.data[0]] = [0, 5];
      using binding = session.bind();
      binding.input("x", x).constant("c", c).output("y", y);
      for (const value of [1, 2]) {
        x.data[0] = value;
        await session.run(binding);
        assert.equal(y.data[0], value + 5);
      }
    });
    assert.deepEqual(events, [
      "bind x = 0",
      "bind c = 5",
      "bind x = 1",
      "run",
      "bind x = 2",
      "run",
    ]);
  });
});

describe("a session on the CPU", () => {
  it("makes one native call a run, and three if it can be stopped", async () => {
    using session = await Session.create(library, sumGraph(), { provider: "cpu" });
    using x = Tensor.allocate(library, "int32", [1]);
    using y = Tensor.allocate(library, "int32", [1]);
    using binding = session.bind();
    binding.input("x", x).input("c", x).output("y", y);
    const calls: number[] = [];
    for (const signal of [undefined, new AbortController().signal]) {
      const before = nativeCalls();
      x.data[0]++;
      await session.run(binding, signal);
      calls.push(nativeCalls() - before);
    }
    assert.deepEqual(calls, [1, 3]);
  });
});
