import assert from "node:assert/strict";
import process from "node:process";
import { gatherSystemFacts } from "../../../ffi/system/system_facts.ts";
import type { Ffi } from "../../../ffi/types.ts";
import { openLibrary } from "../../../ffi/library.ts";
import { describe, it, itNeeds } from "../../harness.ts";

const { ffi } = await openLibrary();
const notGlibc = gatherSystemFacts(ffi).cLibrary?.name === "glibc"
  ? undefined
  : "this is not Linux with glibc";

/** A system with these functions and no others. */
function systemWith(functions: Readonly<Record<string, (...args: unknown[]) => number>>): Ffi {
  const fake: Pick<Ffi, "open"> = {
    open(_path, symbols) {
      return Object.fromEntries(
        Object.keys(symbols).map((name) => {
          if (!Object.hasOwn(functions, name)) throw new Error(`no ${name}`);
          return [name, functions[name]];
        }),
      ) as ReturnType<Ffi["open"]>;
    },
  };
  return fake as Ffi;
}

describe("gatherSystemFacts()", () => {
  itNeeds(notGlibc, "tells the version of glibc", () => {
    const { platform, arch, cLibrary } = gatherSystemFacts(ffi);
    assert.deepEqual([platform, arch], [process.platform, process.arch]);
    assert.match(cLibrary!.version!, /^2\.\d+$/);
  });

  it("takes a C library that is not glibc for musl", () => {
    assert.deepEqual(gatherSystemFacts(systemWith({ strlen: () => 0 }), "linux", "arm64"), {
      platform: "linux",
      arch: "arm64",
      cLibrary: { name: "musl" },
    });
  });

  it("tries each of Microsoft's runtime libraries", () => {
    const asked: string[] = [];
    const LoadLibraryW = (name: unknown) => {
      const text = new TextDecoder("utf-16le").decode(name as Uint8Array).slice(0, -1);
      asked.push(text);
      return text.startsWith("VCRUNTIME") ? 1 : 0;
    };
    const { missing } = gatherSystemFacts(systemWith({ LoadLibraryW }), "win32", "x64");
    assert.deepEqual(missing, ["MSVCP140.dll", "MSVCP140_1.dll", "MSVCP140_ATOMIC_WAIT.dll"]);
    assert.equal(asked.length, 5);
  });

  it("leaves out what cannot be found out", () => {
    for (const platform of ["linux", "win32", "darwin"]) {
      assert.deepEqual(gatherSystemFacts(systemWith({}), platform, "x64"), { platform, arch: "x64" });
    }
  });
});
