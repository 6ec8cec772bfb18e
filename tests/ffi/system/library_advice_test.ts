import assert from "node:assert/strict";
import { openingAdvice, packageAdvice } from "../../../ffi/system/library_advice.ts";
import { describe, it } from "../../harness.ts";

describe("openingAdvice()", () => {
  it("knows a C library that is none of glibc's, or too old", () => {
    const musl = "Error loading shared library ld-linux-x86-64.so.2: No such file or directory";
    assert.match(openingAdvice(musl, "linux")!, /glibc 2\.28.*ORT_DYLIB_PATH/);
    assert.match(openingAdvice("version `GLIBC_2.27' not found", "linux")!, /glibc 2\.28/);
  });

  it("knows a C++ runtime that is missing or too old", () => {
    const missing = "libstdc++.so.6: cannot open shared object file: No such file or directory";
    assert.match(openingAdvice(missing, "linux")!, /libstdc\+\+6/);
    assert.match(openingAdvice("version `GLIBCXX_3.4.22' not found", "linux")!, /C\+\+ runtime/);
  });

  it("names the runtime that a clean Windows lacks", () => {
    assert.match(
      openingAdvice("The specified module could not be found.", "win32")!,
      /Visual C\+\+ Redistributable/,
    );
  });

  it("says nothing of what it does not know", () => {
    assert.equal(openingAdvice("invalid ELF header", "linux"), undefined);
  });
});

describe("packageAdvice()", () => {
  it("does not send the owners of Intel Macs to the package", () => {
    assert.match(packageAdvice({ platform: "darwin", arch: "x64" })!, /Intel.*ORT_DYLIB_PATH/);
    assert.equal(packageAdvice({ platform: "linux", arch: "x64" }), undefined);
  });
});
