import assert from "node:assert/strict";
import process from "node:process";
import { openLibrary } from "../../../ffi/library.ts";
import { describeProcessor, instructionsOf } from "../../../ffi/system/processor.ts";
import type { Ffi } from "../../../ffi/types.ts";
import { describe, it, itNeeds } from "../../harness.ts";

describe("describeProcessor()", () => {
  itNeeds(
    process.platform === "linux" ? undefined : "this is not Linux",
    "names the architecture and the instructions of this processor, the same at every call",
    async () => {
      const { ffi } = await openLibrary();
      const found = describeProcessor(ffi);
      assert.match(found!, new RegExp(`^${process.arch} .*(sse4_1|asimd)`));
      assert.equal(describeProcessor(ffi), found);
    },
  );

  it("knows nothing of a system that it cannot ask", () => {
    const refusing = {
      open: () => {
        throw new Error("there is no such function");
      },
    } as unknown as Ffi;
    for (const platform of ["linux", "darwin", "win32", "freebsd"]) {
      assert.equal(describeProcessor(refusing, platform, "x64"), undefined);
    }
  });
});

describe("instructionsOf()", () => {
  it("takes those that matrices are multiplied with, in any order", () => {
    const entry = (flags: string) => `processor\t: 0\n${flags}\nbogomips\t: 5\n`;
    assert.equal(
      instructionsOf(entry("flags\t\t: fpu sse sse4_2 sse4_1 smep avx2 avx avx512_vnni fma amx_int8 rdseed")),
      "amx_int8 avx avx2 avx512_vnni fma sse4_1 sse4_2",
    );
    assert.equal(
      instructionsOf(entry("Features\t: fp asimd evtstrm asimddp sve sme2 i8mm")),
      "asimd asimddp i8mm sme2 sve",
    );
    assert.equal(instructionsOf("nothing of the kind"), "");
  });
});
