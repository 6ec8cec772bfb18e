import assert from "node:assert/strict";
import { NativeHeap } from "../../../ffi/system/native_heap.ts";
import type { Argument, Ffi } from "../../../ffi/types.ts";
import { describe, it } from "../../harness.ts";

/** A C library in whose environment these variables are, and what it was told. */
function library(variables: readonly string[] = []): { ffi: Ffi; calls: string[] } {
  const calls: string[] = [];
  const note = (name: string) => (...args: Argument[]) => calls.push(`${name} ${args.join(" ")}`);
  const functions: Record<string, (...args: Argument[]) => number> = {
    getenv: (name) => variables.includes(new TextDecoder().decode(name as Uint8Array).slice(0, -1)) ? 1 : 0,
    mallopt: note("mallopt"),
    malloc_trim: note("malloc_trim"),
  };
  const open = (_: string, symbols: object) =>
    Object.fromEntries(Object.keys(symbols).map((name) => [name, functions[name]]));
  return { ffi: { open } as unknown as Ffi, calls };
}

const RUNNING = "mallopt -3 1048576";
const CREATING = "mallopt -3 33554432";

describe("NativeHeap", () => {
  it("returns large blocks at once, but not while sessions are created, and what is free after that", () => {
    const { ffi, calls } = library();
    const heap = new NativeHeap(ffi, "linux");
    assert.deepEqual(calls.splice(0), ["mallopt -1 4194304", RUNNING]);
    const first = heap.reuse(), second = heap.reuse();
    assert.deepEqual(calls.splice(0), [CREATING]);
    first[Symbol.dispose]();
    assert.deepEqual(calls, []);
    second[Symbol.dispose]();
    assert.deepEqual(calls, [RUNNING, "malloc_trim 4194304"]);
  });

  it("gives back what is free when it is asked to, but neither at once again nor while sessions are created", () => {
    const { ffi, calls } = library();
    const heap = new NativeHeap(ffi, "linux");
    calls.length = 0;
    heap.giveBack();
    heap.giveBack();
    assert.deepEqual(calls, ["malloc_trim 4194304"]);
    const other = new NativeHeap(ffi, "linux");
    using _reused = other.reuse();
    calls.length = 0;
    other.giveBack();
    assert.deepEqual(calls, []);
  });

  it("leaves it to the user who has set one of glibc's variables", () => {
    for (const name of ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"]) {
      const { ffi, calls } = library([name]);
      using _reused = new NativeHeap(ffi, "linux").reuse();
      assert.deepEqual(calls, []);
    }
  });

  it("does nothing on other systems, and without such functions", () => {
    const { ffi, calls } = library();
    for (const platform of ["darwin", "win32", "android"]) new NativeHeap(ffi, platform).reuse();
    assert.deepEqual(calls, []);
    const open = () => {
      throw new Error("there is no such function");
    };
    new NativeHeap({ open } as unknown as Ffi, "linux").reuse()[Symbol.dispose]();
  });
});
