import assert from "node:assert/strict";
import type { TensorSpec } from "../../../../ffi/graph.ts";
import { openLibrary } from "../../../../ffi/library.ts";
import { Tensor } from "../../../../ffi/value.ts";
import { EncodedWindow, type WindowHolder } from "../../../../lib/model/encoded_audio.ts";
import { WindowSlots } from "../../../../lib/model/inference/window_slots.ts";
import { describe, it } from "../../../balance.ts";

const library = await openLibrary();
const POSITIONS = 3;
const inputs = new Map(
  ["tokens", "cross_key_0", "cross_value_0"].map((name) => {
    const spec: TensorSpec = { name, type: "float32", shape: ["windows", 2, "audio_positions"] };
    return [name, spec];
  }),
);

/** A window where the encoder left it: all of its numbers are `value`. */
class Alone implements WindowHolder, Disposable {
  readonly generation = 0;
  readonly window: EncodedWindow = new EncodedWindow(POSITIONS, this, 0);
  left = 0;
  readonly #tensor = Tensor.allocate(library, "float32", [1, 2, POSITIONS]);

  constructor(value: number) {
    this.#tensor.data.fill(value);
  }

  views(): [string, Tensor<"float32">][] {
    return ["cross_key_0", "cross_value_0"].map((name) => [name, this.#tensor.share()]);
  }

  leave(): void {
    this.left++;
  }

  [Symbol.dispose](): void {
    this.#tensor[Symbol.dispose]();
  }
}

function valueOf(window: EncodedWindow): number {
  const values = window.views().flatMap(([name, view]) => {
    using tensor = view;
    assert.match(name, /^cross_/);
    return [...tensor.data];
  });
  assert.equal(values.length, 4 * POSITIONS);
  assert.equal(new Set(values).size, 1);
  return values[0];
}

describe("WindowSlots", () => {
  it("takes windows from where they are, each once, and lets the last move up when others leave", async () => {
    using made = new DisposableStack();
    const windows = [1, 2, 3, 4, 5].map((value) => made.use(new Alone(value)));
    let told = 0;
    using slots = new WindowSlots({ library, inputs, memory: undefined }, POSITIONS, () => told++);
    const [a, b, c, d, e] = windows.map(({ window }) => window);
    await slots.arrange([a, b, a]);
    assert.deepEqual([slots.isArranged([a, b]), slots.isArranged([b, c])], [true, false]);
    await slots.arrange([b, c, d]);
    assert.deepEqual(windows.map(({ left }) => left), [1, 1, 1, 1, 0]);
    assert.deepEqual([a, b, c, d].map(({ index }) => index), [0, 1, 2, 3]);
    for (const window of [b, d]) slots.leave(window);
    assert.deepEqual([told, slots.size], [2, 2]);
    assert.deepEqual([slots.settle(), slots.isArranged([a, c])], [false, false]);
    await slots.arrange([a, c]);
    assert.deepEqual([a.index, c.index], [0, 1]);
    await slots.arrange([e]);
    assert.deepEqual([a, c, e].map(valueOf), [1, 3, 5]);
    for (const window of [a, c, e]) slots.leave(window);
    assert.deepEqual([slots.settle(), slots.settle()], [true, false]);
    assert.equal(slots.size, 0);
    assert.throws(() => slots.views(0, 1), TypeError);
  });

  it("gives memory back when few windows are left", async () => {
    using made = new DisposableStack();
    const windows = Array.from({ length: 9 }, (_, value) => made.use(new Alone(value)).window);
    using slots = new WindowSlots({ library, inputs, memory: undefined }, POSITIONS, () => {});
    await slots.arrange(windows);
    const { generation } = slots;
    for (const window of windows.slice(0, 7)) slots.leave(window);
    await slots.arrange(windows.slice(7));
    assert.ok(slots.generation > generation);
    assert.deepEqual(windows.slice(7).map(valueOf), [7, 8]);
  });

  it("keeps what is in place while windows leave that are being moved", async () => {
    using made = new DisposableStack();
    const windows = [1, 2, 3].map((value) => made.use(new Alone(value)).window);
    const [a, b, c] = windows;
    using slots = new WindowSlots({ library, inputs, memory: undefined }, POSITIONS, () => {});
    const arranged = slots.arrange(windows);
    slots.leave(a);
    await arranged;
    assert.deepEqual([slots.size, valueOf(b), valueOf(c)], [2, 2, 3]);
    const closed = slots.arrange([b, c]);
    slots.leave(b);
    await closed;
    await slots.arrange([c]);
    assert.deepEqual([slots.size, c.index, valueOf(c)], [1, 0, 3]);
  });
});
