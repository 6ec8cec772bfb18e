import assert from "node:assert/strict";
import { allocate, specOf } from "../../../ffi/graph.ts";
import { openLibrary } from "../../../ffi/library.ts";
import { Session } from "../../../ffi/session.ts";
import { byteAttention, byteKeysAndValues } from "../../../lib/model/byte_attention.ts";
import { GraphBuilder } from "../../../lib/model/onnx_writer.ts";
import { describe, it } from "../../balance.ts";
import { isEmulated } from "../../harness.ts";
import { seededNormal } from "../../seeded_random.ts";

const library = await openLibrary();
const HEADS = 2, SIZE = 64, STATE = HEADS * SIZE, POSITIONS = 300;

interface Attention {
  readonly attended: Float32Array;
  readonly scores: Float32Array;
}

interface Windows {
  /** `(windows, POSITIONS, STATE)` */
  readonly keys: Float32Array;
  readonly values: Float32Array;
  /** `(windows, HEADS, queries, SIZE)` */
  readonly query: Float32Array;
  readonly queries: number;
}

/** What the queries attend to over the bytes. */
async function attend({ keys, values, query, queries }: Windows): Promise<Attention> {
  const windows = keys.length / (POSITIONS * STATE);
  const graph = new GraphBuilder();
  for (const name of ["keys", "values"]) graph.input(name, "float32", ["windows", POSITIONS, STATE]);
  graph.input("query", "float32", ["windows", HEADS, "queries", SIZE]);
  byteKeysAndValues(graph, { keys: "keys", values: "values", layer: 0, heads: HEADS, size: SIZE });
  const scores = byteAttention.scores(graph, "query", 0);
  graph.node("Identity", [scores], {}, ["scores"]);
  const shares = graph.node("Softmax", [scores], { axis: -1 });
  graph.node("Identity", [byteAttention.values(graph, shares, 0)], {}, ["attended"]);
  graph.output("attended", "float32", ["windows", HEADS, "queries", SIZE]);
  graph.output("scores", "float32", ["windows", HEADS, "queries", POSITIONS]);
  const built = graph.finish("attention");
  using session = await Session.create(library, built, { provider: "cpu", threads: 1 });
  using stack = new DisposableStack();
  using binding = session.bind();
  const results = new Map<string, Float32Array>();
  for (const [name, data] of Object.entries({ keys, values, query })) {
    const tensor = stack.use(
      allocate(library, specOf(session.inputs, name, "float32"), { windows, queries }),
    );
    tensor.data.set(data);
    binding.input(name, tensor);
  }
  for (const [name, { type, shape }] of session.outputs) {
    const sizes = { windows, queries, batch: windows, positions: POSITIONS };
    const tensor = stack.use(allocate(library, { name, type, shape }, sizes));
    binding.output(name, tensor);
    if (name === "attended" || name === "scores") results.set(name, tensor.data as Float32Array);
  }
  await session.run(binding);
  return {
    attended: results.get("attended")!.slice(),
    scores: results.get("scores")!.slice(),
  };
}

/** The same in JavaScript, exactly. */
function attendExactly({ keys, values, query, queries }: Windows): Attention {
  const attended = new Float32Array(query.length);
  const scores = new Float32Array(query.length / SIZE * POSITIONS);
  for (let row = 0; row < query.length / SIZE; row++) {
    const plane = Math.floor(row / queries), window = Math.floor(plane / HEADS), head = plane % HEADS;
    const at = (position: number, i: number) => (window * POSITIONS + position) * STATE + head * SIZE + i;
    const row_ = scores.subarray(row * POSITIONS, (row + 1) * POSITIONS);
    for (let position = 0; position < POSITIONS; position++) {
      for (let i = 0; i < SIZE; i++) row_[position] += query[row * SIZE + i] * keys[at(position, i)] / 8;
    }
    const largest = Math.max(...row_);
    const shares = row_.map((score) => Math.exp(score - largest));
    const sum = shares.reduce((a, b) => a + b, 0);
    for (let position = 0; position < POSITIONS; position++) {
      for (let i = 0; i < SIZE; i++) {
        attended[row * SIZE + i] += shares[position] / sum * values[at(position, i)];
      }
    }
  }
  return { attended, scores };
}

function distance(actual: Float32Array, expected: Float32Array): number {
  let difference = 0, size = 0;
  for (const [i, value] of expected.entries()) {
    difference += (actual[i] - value) ** 2;
    size += value ** 2;
  }
  return Math.sqrt(difference / size);
}

/** Rows less their means: what a softmax sees of them. */
function centred(scores: Float32Array): Float32Array {
  return scores.map((score, i) => {
    const row = scores.subarray(i - i % POSITIONS, i - i % POSITIONS + POSITIONS);
    return score - row.reduce((a, b) => a + b, 0) / POSITIONS;
  });
}

/** Windows of which each is louder than the one before, with channels that lie far from zero. */
function windowsOf(windows: number, queries: number): Windows {
  const normal = seededNormal(7);
  const audio = (offset: number) =>
    Float32Array.from({ length: windows * POSITIONS * STATE }, (_, i) => {
      const window = Math.floor(i / (POSITIONS * STATE));
      return (normal() + (i % STATE % 5 === 0 ? offset : 0)) * (1 + 3 * window);
    });
  const query = Float32Array.from({ length: windows * HEADS * queries * SIZE }, normal);
  return { keys: audio(9), values: audio(2), query, queries };
}

describe("byteAttention", () => {
  for (const queries of isEmulated ? [1, 5] : [1, 5, 40]) {
    it(`is close to attention over float32 for ${queries} queries of two windows`, async () => {
      const windows = windowsOf(2, queries);
      const bytes = await attend(windows), exact = attendExactly(windows);
      const off = distance(bytes.attended, exact.attended);
      assert.ok(off > 0 && off < 0.03, `off by ${off}`);
      assert.ok(distance(centred(bytes.scores), centred(exact.scores)) < 0.015);
    });
  }

  it("gives a query the same alone and in company", async () => {
    const windows = windowsOf(3, 2);
    const together = await attend(windows);
    const part = <A extends Float32Array>(all: A) => all.slice(all.length / 3, 2 * all.length / 3) as A;
    const { keys, values, query } = windows;
    const alone = await attend({
      keys: part(keys),
      values: part(values),
      query: part(query),
      queries: 2,
    });
    assert.ok(distance(part(together.attended), alone.attended) < 1e-6);
    const first = (all: Float32Array) =>
      Float32Array.from({ length: HEADS * SIZE }, (_, i) => all[Math.floor(i / SIZE) * 2 * SIZE + i % SIZE]);
    const single = await attend({
      keys: part(keys),
      values: part(values),
      query: first(part(query)),
      queries: 1,
    });
    assert.ok(distance(single.attended, first(alone.attended)) < 1e-6);
  });

  it("does not saturate on the largest bytes", async () => {
    const sign = (i: number) => i % 2 === 0 ? 1 : -1;
    for (const queries of [1, 6]) {
      // Even positions have the largest keys and values there are, odd ones the smallest.
      const keys = Float32Array.from(
        { length: POSITIONS * STATE },
        (_, i) => sign(Math.floor(i / STATE)) / 99,
      );
      const query = new Float32Array(HEADS * queries * SIZE).fill(1);
      const windows = { keys, values: keys, query, queries };
      assert.ok(distance((await attend(windows)).scores, attendExactly(windows).scores) < 1e-3);
      assert.ok(distance((await attend(windows)).attended, attendExactly(windows).attended) < 0.02);
    }
  });

  it("takes keys, values and queries that are all the same", async () => {
    const same = new Float32Array(POSITIONS * STATE).fill(0.5);
    const query = new Float32Array(HEADS * SIZE);
    const { attended } = await attend({ keys: same, values: same, query, queries: 1 });
    assert.ok(attended.every((value) => Math.abs(value - 0.5) < 1e-6));
  });
});
