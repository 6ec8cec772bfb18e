import assert from "node:assert/strict";
import type { Graph } from "../../ffi/graph.ts";
import { openLibrary } from "../../ffi/library.ts";
import { Session } from "../../ffi/session.ts";
import { OrtError } from "../../ffi/errors/ort_error.ts";
import type { OrtApi } from "../../ffi/status.ts";
import { Tensor } from "../../ffi/value.ts";
import { GraphBuilder } from "../../lib/model/onnx_writer.ts";
import { describe, it } from "../balance.ts";
import { isEmulated } from "../harness.ts";

/** Rows of a product that takes a while. */
const LARGE = isEmulated ? 300 : 1500;

/** `y = x · x`, for matrices of `size` by `size`. */
function squareGraph(size: number): Graph {
  const graph = new GraphBuilder();
  graph.input("x", "float32", [size, size]);
  graph.node("MatMul", ["x", "x"], {}, ["y"]);
  graph.output("y", "float32", [size, size]);
  return graph.finish("square");
}

const library = await openLibrary();
const onCpu = { provider: "cpu" } as const;

describe("Session", () => {
  it("runs a graph on bound tensors, as often as it is asked to", async () => {
    using session = await Session.create(library, squareGraph(2), onCpu);
    using x = Tensor.allocate(library, "float32", [2, 2]);
    using y = Tensor.allocate(library, "float32", [2, 2]);
    using binding = session.bind().input("x", x).output("y", y);
    x.data.set([1, 2, 3, 4]);
    await session.run(binding);
    assert.deepEqual([...y.data], [7, 10, 15, 22]);
    x.data.set([1, 0, 0, 1]);
    await session.run(binding);
    assert.deepEqual([...y.data], [1, 0, 0, 1]);
  });

  it("computes the same when it keeps no memory, and asks for it to be given back after each run", async () => {
    const entries: string[] = [];
    const api: OrtApi = {
      ...library.api,
      AddRunConfigEntry(options, key, value) {
        entries.push([key, value].map((text) => new TextDecoder().decode(text!).slice(0, -1)).join("="));
        library.api.AddRunConfigEntry(options, key, value);
      },
    };
    const watched = new Proxy(library, {
      get(library, name) {
        const value = name === "api" ? api : Reflect.get(library, name, library);
        return typeof value === "function" ? value.bind(library) : value;
      },
    });
    using session = await Session.create(watched, squareGraph(2), { ...onCpu, keepsMemory: false });
    using x = Tensor.allocate(library, "float32", [2, 2]);
    using y = Tensor.allocate(library, "float32", [2, 2]);
    using binding = session.bind().input("x", x).output("y", y);
    x.data.set([1, 2, 3, 4]);
    for (const signal of [undefined, new AbortController().signal]) {
      await session.run(binding, signal);
      assert.deepEqual([...y.data], [7, 10, 15, 22]);
    }
    assert.deepEqual(entries, Array(2).fill("memory.enable_memory_arena_shrinkage=cpu:0"));
    await session.run(binding, undefined, true);
    assert.equal(entries.length, 2);
  });

  it("throws OrtError with code and function when the model is damaged", async () => {
    const failure = Session.create(
      library,
      { ...squareGraph(2), bytes: new Uint8Array([1, 2, 3, 4]) },
      onCpu,
    );
    await assert.rejects(failure, (error) => {
      assert.ok(error instanceof OrtError);
      assert.equal(error.api, "CreateSessionFromArray");
      assert.equal(error.code, "INVALID_PROTOBUF");
      return true;
    });
  });

  it("stops being created when its signal is aborted", async () => {
    const controller = new AbortController(), reason = new Error("enough");
    const codes: string[] = [];
    const api: OrtApi = {
      ...library.api,
      async CreateSessionFromArray(...args) {
        // So early that the creation cannot be over.
        controller.abort(reason);
        await library.api.CreateSessionFromArray(...args).catch((error) => {
          codes.push(error.code);
          throw error;
        });
      },
    };
    const watched = new Proxy(library, {
      get: (library, name) => name === "api" ? api : Reflect.get(library, name, library),
    });
    const creation = Session.create(watched, squareGraph(2), { ...onCpu, signal: controller.signal });
    await assert.rejects(creation, reason);
    assert.deepEqual(codes, ["MODEL_LOAD_CANCELED"]);
    const aborted = Session.create(watched, squareGraph(2), { ...onCpu, signal: controller.signal });
    await assert.rejects(aborted, reason);
    assert.equal(codes.length, 1);
  });

  it("throws OrtError when a bound tensor has the wrong shape, and runs afterwards", async () => {
    using session = await Session.create(library, squareGraph(2), onCpu);
    using wrong = Tensor.allocate(library, "float32", [3, 2]);
    using x = Tensor.allocate(library, "float32", [2, 2]);
    using y = Tensor.allocate(library, "float32", [2, 2]);
    x.data.fill(1);
    using bad = session.bind().input("x", wrong).output("y", y);
    await assert.rejects(session.run(bad), OrtError);
    using good = session.bind().input("x", x).output("y", y);
    await session.run(good);
    assert.deepEqual([...y.data], [2, 2, 2, 2]);
  });

  it("is stopped by a signal that is aborted before or during the run", async () => {
    const size = LARGE;
    using session = await Session.create(library, squareGraph(size), { ...onCpu, threads: 1 });
    using x = Tensor.allocate(library, "float32", [size, size]);
    using y = Tensor.allocate(library, "float32", [size, size]);
    x.data.fill(0);
    using binding = session.bind().input("x", x).output("y", y);
    const reason = new Error("enough");
    await assert.rejects(session.run(binding, AbortSignal.abort(reason)), reason);
    const controller = new AbortController();
    const run = session.run(binding, controller.signal);
    controller.abort(reason);
    // One node may already be done when the abort comes; then the run is just finished.
    await run.catch((error) => assert.equal(error, reason));
    await session.run(binding, new AbortController().signal);
  });

  it("lets a small run go on beside a large one", async () => {
    const size = LARGE;
    using large = await Session.create(library, squareGraph(size), { ...onCpu, threads: 1 });
    using small = await Session.create(library, squareGraph(2), { ...onCpu, threads: 1 });
    using largeX = Tensor.allocate(library, "float32", [size, size]);
    using largeY = Tensor.allocate(library, "float32", [size, size]);
    using smallX = Tensor.allocate(library, "float32", [2, 2]);
    using smallY = Tensor.allocate(library, "float32", [2, 2]);
    largeX.data.fill(0);
    smallX.data.set([1, 2, 3, 4]);
    using largeBinding = large.bind().input("x", largeX).output("y", largeY);
    using smallBinding = small.bind().input("x", smallX).output("y", smallY);
    const ended: string[] = [];
    await Promise.all([
      large.run(largeBinding).then(() => ended.push("large")),
      small.run(smallBinding).then(() => ended.push("small")),
    ]);
    assert.equal(ended[0], "small");
  });

  it("finishes a run under way when it is disposed, and refuses the next one", async () => {
    const session = await Session.create(library, squareGraph(2), onCpu);
    using x = Tensor.allocate(library, "float32", [2, 2]);
    using y = Tensor.allocate(library, "float32", [2, 2]);
    x.data.set([2, 0, 0, 2]);
    using binding = session.bind().input("x", x).output("y", y);
    const run = session.run(binding);
    session[Symbol.dispose]();
    await run;
    assert.deepEqual([...y.data], [4, 0, 0, 4]);
    await assert.rejects(session.run(binding), TypeError);
    assert.throws(() => session.bind(), TypeError);
  });
});

describe("Tensor", () => {
  it("at() shares the memory of one element of the first axis", () => {
    using tensor = Tensor.allocate(library, "int32", [3, 2]);
    tensor.data.set([1, 2, 3, 4, 5, 6]);
    using row = tensor.at(1);
    assert.deepEqual(row.shape, [1, 2]);
    assert.deepEqual([...row.data], [3, 4]);
    row.data[0] = 30;
    assert.equal(tensor.data[2], 30);
    assert.throws(() => tensor.at(3), RangeError);
  });

  it("cannot be used after it is disposed", () => {
    const tensor = Tensor.allocate(library, "float32", []);
    tensor.data[0] = 1;
    tensor[Symbol.dispose]();
    tensor[Symbol.dispose]();
    assert.throws(() => tensor.data, TypeError);
    assert.throws(() => tensor.value, TypeError);
  });
});
