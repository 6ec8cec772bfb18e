import assert from "node:assert/strict";
import { skipDestructors } from "../../../ffi/system/exit.ts";
import type { Argument, Ffi } from "../../../ffi/types.ts";
import { describe, it } from "../../harness.ts";

/** A system with the functions named, whose addresses are their positions from 1 on. Notes what is registered. */
function fakeSystem(functions: readonly string[]): { ffi: Ffi; registered: string[] } {
  const registered: string[] = [];
  const name = (address: Argument) => functions[Number(address) - 1];
  const lookUp = (bytes: Argument) =>
    functions.indexOf(new TextDecoder().decode(bytes as Uint8Array).replace("\0", "")) + 1;
  const symbols = {
    dlopen: () => 99,
    dlsym: (_: Argument, bytes: Argument) => lookUp(bytes),
    __cxa_atexit: (call: Argument, argument: Argument) => registered.push(`${name(call)}(${argument})`),
  };
  const ffi = {
    open: () => symbols,
    bind: (address: number) => (call: Argument) => registered.push(`${name(address)} ${name(call)}`),
  };
  return { ffi: ffi as unknown as Ffi, registered };
}

describe("skipDestructors()", () => {
  it("lets glibc hand the exit code on, after what is buffered is written", () => {
    const { ffi, registered } = fakeSystem(["_exit", "fflush", "on_exit"]);
    skipDestructors(ffi, "linux");
    // The last one registered is called first.
    assert.deepEqual(registered, ["on_exit _exit", "fflush(0)"]);
  });

  it("waits for the exit code where the C library does not hand it on", () => {
    const { ffi, registered } = fakeSystem(["_exit", "fflush"]);
    skipDestructors(ffi, "darwin");
    assert.deepEqual(registered, []);
  });

  it("leaves Windows as it is", () => {
    const { ffi, registered } = fakeSystem([]);
    skipDestructors(ffi, "win32");
    assert.deepEqual(registered, []);
  });
});
