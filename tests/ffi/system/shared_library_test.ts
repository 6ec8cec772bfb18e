import assert from "node:assert/strict";
import { openShared } from "../../../ffi/system/shared_library.ts";
import type { Ffi } from "../../../ffi/types.ts";
import { describe, it } from "../../harness.ts";

/** A Windows that opens nothing, and says so by a number. */
function failingWindows(code: number): Ffi {
  const functions: Record<string, () => number> = {
    LoadLibraryExW: () => 0,
    GetLastError: () => code,
    GetProcAddress: () => 0,
  };
  return { open: () => functions } as unknown as Ffi;
}

describe("openShared() on Windows", () => {
  it("says in words what the commonest numbers of errors mean, and gives the others", () => {
    for (
      const [code, reason] of [
        [126, "there is no such library, or one that it needs is missing"],
        [193, "it is for another processor, or damaged"],
        [1455, "error 1455 of Windows"],
      ] as const
    ) {
      const ffi = failingWindows(code);
      const wanted = { name: "SharedLibraryError", message: `nvcuda.dll: ${reason}` };
      assert.throws(() => openShared(ffi, "nvcuda.dll", "win32"), wanted);
    }
  });
});
