import assert from "node:assert/strict";
import { openLibrary } from "../../ffi/library.ts";
import { NativeMemory } from "../../ffi/native_memory.ts";
import { describe, it } from "../balance.ts";

const library = await openLibrary();

describe("NativeMemory", () => {
  it("holds a copy of bytes at its address", () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i);
    using memory = NativeMemory.copyOf(library, bytes);
    bytes.fill(0);
    assert.equal(memory.byteLength, 5000);
    assert.equal(new Uint8Array(library.ffi.view(memory.address, 5000))[4999], 4999 % 256);
    assert.equal(memory.bytes[17], 17);
  });

  it("can hold nothing", () => {
    using memory = NativeMemory.copyOf(library, new Uint8Array(0));
    assert.deepEqual([memory.byteLength, memory.bytes.length], [0, 0]);
    assert.ok(memory.address > 0);
  });

  it("cannot be used after it is disposed", () => {
    const memory = new NativeMemory(library, 8);
    memory[Symbol.dispose]();
    memory[Symbol.dispose]();
    assert.throws(() => memory.address, TypeError);
    assert.throws(() => memory.bytes, TypeError);
  });
});
