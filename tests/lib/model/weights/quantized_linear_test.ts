import assert from "node:assert/strict";
import { allocate, specOf } from "../../../../ffi/graph.ts";
import { openLibrary } from "../../../../ffi/library.ts";
import { Session } from "../../../../ffi/session.ts";
import { GraphBuilder } from "../../../../lib/model/onnx_writer.ts";
import { int8Precision, multiplyOnes } from "../../../../lib/model/operator_choice.ts";
import { OPERATORS } from "../../../../lib/model/operator_table.ts";
import { type LinearKind, quantizedProduct } from "../../../../lib/model/weights/quantized_linear.ts";
import { seededNormal } from "../../../seeded_random.ts";
import { describe, it } from "../../../balance.ts";
import { isEmulated } from "../../../harness.ts";

const library = await openLibrary();
const KINDS = [
  "int8",
  "int7",
  "uint8",
  "int8-rows",
  "int7-rows",
  "uint8-rows",
  "int7-apart",
  "uint8-apart",
  "blocks",
] as const;
/** Kinds that are right on every processor. */
const EXACT = KINDS.filter((kind) => !kind.startsWith("int8"));

/** The product of `x`, `(rows, inputs)`, with a weight `(inputs, outputs)`, row by row. */
async function multiply(
  kind: LinearKind,
  x: Float32Array,
  weight: Float32Array<ArrayBuffer>,
  inputs: number,
): Promise<Float32Array> {
  const outputs = weight.length / inputs, rows = x.length / inputs;
  const graph = new GraphBuilder();
  graph.input("x", "float32", ["rows", inputs]);
  const columns = () => graph.constant(weight, [inputs, outputs]);
  const source = {
    inputs,
    outputs,
    columns,
    rows: () => graph.node("Transpose", [columns()], { perm: [1, 0] }),
  };
  graph.node("Identity", [quantizedProduct(graph, kind, "x", source)], {}, ["y"]);
  graph.output("y", "float32", ["rows", outputs]);
  const built = graph.finish("product");
  using session = await Session.create(library, built, { provider: "cpu" });
  using input = allocate(library, specOf(built.inputs, "x", "float32"), { rows });
  using output = allocate(library, specOf(built.outputs, "y", "float32"), { rows });
  input.data.set(x);
  using binding = session.bind().output("y", output);
  binding.input("x", input);
  await session.run(binding);
  return output.data.slice();
}

function normals(count: number, seed: number): Float32Array<ArrayBuffer> {
  const normal = seededNormal(seed);
  return Float32Array.from({ length: count }, () => normal());
}

/** The distance of `actual` from `expected`, relative. */
function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0, size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

describe("quantizedProduct()", () => {
  const INPUTS = 256, OUTPUTS = 48;
  const weight = normals(INPUTS * OUTPUTS, 1), x = normals(9 * INPUTS, 2);

  it("is close to the float32 product in every kind that is exact on every processor", async () => {
    const expected = await multiply("float", x, weight, INPUTS);
    for (const kind of EXACT) {
      const off = distance(await multiply(kind, x, weight, INPUTS), expected);
      assert.ok(off > 0 && off < 0.025, `${kind} is off by ${off}`);
    }
  });

  it("does not saturate on the largest bytes where it must not", async () => {
    for (const kind of EXACT) {
      for (const rows of [1, 2, 5, 8, 64]) {
        for (const product of await multiplyOnes(library, kind, rows)) {
          assert.ok(Math.abs(product - 64) < 0.01, `${kind} of ${rows} rows gives ${product} for 64`);
        }
      }
    }
  });

  it("takes rows and columns of zeros", async () => {
    const empty = weight.map((value, i) => i % OUTPUTS === 3 ? 0 : value);
    const silent = x.map((value, i) => i < INPUTS ? 0 : value);
    for (const kind of KINDS) {
      const products = await multiply(kind, silent, empty, INPUTS);
      assert.ok(products.every(Number.isFinite), kind);
      assert.ok(products.subarray(0, OUTPUTS).every((value) => Math.abs(value) < 1e-6), kind);
      for (let row = 0; row < 9; row++) assert.ok(Math.abs(products[row * OUTPUTS + 3]) < 1e-6, kind);
    }
  });

  it("keeps the bits of a small row beside a large one, where rows have scales of their own", async () => {
    const mixed = x.map((value, i) => i < INPUTS ? value * 1000 : value);
    const expected = await multiply("float", mixed, weight, INPUTS);
    const off = async (kind: LinearKind) =>
      distance(
        (await multiply(kind, mixed, weight, INPUTS)).subarray(OUTPUTS),
        expected.subarray(OUTPUTS),
      );
    for (const kind of ["int7-rows", "uint8-rows", "blocks"] as const) {
      assert.ok(await off(kind) < 0.025, kind);
    }
    assert.ok(await off("uint8") > 0.5);
  });

  it("gives a row the same product alone and in company, in blocks and apart", async () => {
    for (const kind of ["blocks", "int7-apart", "uint8-apart"] as const) {
      const together = await multiply(kind, x, weight, INPUTS);
      for (let row = 0; row < 9; row += isEmulated ? 4 : 1) {
        const alone = await multiply(kind, x.slice(row * INPUTS, (row + 1) * INPUTS), weight, INPUTS);
        assert.ok(distance(together.subarray(row * OUTPUTS, (row + 1) * OUTPUTS), alone) < 1e-5, kind);
      }
    }
  });

  it("takes smaller blocks for a width that 128 does not divide, and float32 for one that none does", async () => {
    for (const [inputs, quantised] of [[48, true], [40, false]] as const) {
      const narrow = weight.slice(0, inputs * OUTPUTS), rows = x.slice(0, inputs);
      const off = distance(
        await multiply("blocks", rows, narrow, inputs),
        await multiply("float", rows, narrow, inputs),
      );
      assert.equal(off > 0, quantised, `${inputs} inputs`);
      assert.ok(off < 0.025);
    }
  });
});

describe("int8Precision()", () => {
  it("takes no operator that saturates on this processor", async () => {
    const { linear } = await int8Precision(library);
    for (const kind of new Set(Object.values(linear))) {
      const products = await multiplyOnes(library, kind, 8);
      assert.ok(products.every((product) => Math.abs(product - 64) < 0.5), kind);
    }
  });

  it("chooses nothing that can saturate where products do", () => {
    for (const kind of Object.values(OPERATORS.saturating)) {
      assert.ok((EXACT as string[]).includes(kind), kind);
    }
  });
});
