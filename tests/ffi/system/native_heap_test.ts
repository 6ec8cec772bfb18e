import assert from "node:assert/strict";
import { returnFreedMemory } from "../../../ffi/system/native_heap.ts";
import type { Argument, Ffi } from "../../../ffi/types.ts";
import { describe, it } from "../../harness.ts";

/** What a C library is told in which the environment has these variables. */
function told(platform: string, variables: string[] = []): string[] {
  const calls: string[] = [];
  const functions: Record<string, (...args: Argument[]) => number> = {
    getenv: (name) => variables.includes(new TextDecoder().decode(name as Uint8Array).slice(0, -1)) ? 1 : 0,
    mallopt: (...args) => calls.push(`mallopt ${args.join(" ")}`),
  };
  const open = (_: string, symbols: object) =>
    Object.fromEntries(Object.keys(symbols).map((name) => [name, functions[name]]));
  returnFreedMemory({ open } as unknown as Ffi, platform);
  return calls;
}

describe("returnFreedMemory()", () => {
  it("tells glibc from which size on memory is returned, unless the user has", () => {
    assert.deepEqual(told("linux"), ["mallopt -3 1048576", "mallopt -1 4194304"]);
    for (const name of ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"]) {
      assert.deepEqual(told("linux", [name]), []);
    }
  });

  it("does nothing on other systems, and without such a function", () => {
    for (const platform of ["darwin", "win32", "android"]) assert.deepEqual(told(platform), []);
    const open = () => {
      throw new Error("there is no such function");
    };
    returnFreedMemory({ open } as unknown as Ffi, "linux");
  });
});
