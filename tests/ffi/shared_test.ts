import assert from "node:assert/strict";
import { Shared } from "../../ffi/shared.ts";
import { describe, it } from "../harness.ts";

describe("Shared", () => {
  it("releases the thing once, when the last share is disposed", () => {
    const released: number[] = [];
    const first = Shared.of("the thing", 7, (value) => released.push(value));
    const second = first.share();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    assert.deepEqual(released, []);
    assert.equal(second.value, 7);
    const third = second.share();
    second[Symbol.dispose]();
    third[Symbol.dispose]();
    third[Symbol.dispose]();
    assert.deepEqual(released, [7]);
  });

  it("cannot be used or shared after it is disposed, whoever still holds the thing", () => {
    const first = Shared.of("the thing", 7, () => {});
    using _second = first.share();
    first[Symbol.dispose]();
    const disposed = { name: "TypeError", message: "Cannot use the thing: already disposed" };
    assert.throws(() => first.value, disposed);
    assert.throws(() => first.share(), disposed);
  });
});
