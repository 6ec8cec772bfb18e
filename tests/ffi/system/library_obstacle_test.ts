import assert from "node:assert/strict";
import { diagnoseOpening, diagnosePackage, type Diagnosis } from "../../../ffi/system/library_obstacle.ts";
import type { SystemFacts } from "../../../ffi/system/system_facts.ts";
import { describe, it } from "../../harness.ts";

/** What is said of a library that a system cannot open. None may send people to what they have just tried. */
function diagnose(detail: string, facts: Partial<SystemFacts>): Diagnosis | undefined {
  const found = diagnoseOpening(detail, { platform: "linux", arch: "x64", ...facts });
  assert.doesNotMatch(found?.advice ?? "", /npm|onnxruntime-node/);
  return found;
}

describe("diagnoseOpening()", () => {
  const musl = "Error loading shared library ld-linux-x86-64.so.2: No such file or directory";

  it("knows musl, by what the system is and by what its loader says", () => {
    for (const cLibrary of [{ name: "musl" } as const, undefined]) {
      const { obstacle, reason, advice } = diagnose(musl, { cLibrary })!;
      assert.equal(obstacle, "musl");
      assert.match(reason, /is musl.*needs glibc 2\.28 or newer/);
      assert.match(advice, /glibc.*ORT_DYLIB_PATH/);
    }
    // On musl a library is missing symbols too, once the loader of glibc has been put there.
    const relocation = "Error relocating libonnxruntime.so.1: __vsnprintf_chk: symbol not found";
    assert.equal(diagnose(relocation, { cLibrary: { name: "musl" } })!.obstacle, "musl");
  });

  it("knows a glibc that is too old, and says which is there", () => {
    const { obstacle, reason, advice } = diagnose("version `GLIBC_2.27' not found", {
      cLibrary: { name: "glibc", version: "2.26" },
    })!;
    assert.equal(obstacle, "old-glibc");
    assert.match(reason, /glibc is 2\.26 here.*2\.28/);
    assert.match(advice, /newer system.*ORT_DYLIB_PATH/);
    const unknown = diagnose("version `GLIBC_2.27' not found", {})!;
    assert.match(unknown.reason, /glibc is too old here/);
  });

  it("compares versions as numbers", () => {
    const of = (version: string) => diagnose("some fault", { cLibrary: { name: "glibc", version } });
    assert.equal(of("2.9")!.obstacle, "old-glibc");
    assert.equal(of("2.28"), undefined);
    assert.equal(of("3.1"), undefined);
  });

  it("knows a C++ runtime that is missing or too old", () => {
    const cLibrary = { name: "glibc", version: "2.36" } as const;
    const missing = "libstdc++.so.6: cannot open shared object file: No such file or directory";
    assert.match(diagnose(missing, { cLibrary })!.reason, /is missing here/);
    const old = "libstdc++.so.6: version `GLIBCXX_3.4.22' not found";
    const { obstacle, reason, advice } = diagnose(old, { cLibrary })!;
    assert.equal(obstacle, "no-cpp-runtime");
    assert.match(reason, /is older here/);
    assert.match(advice, /libstdc\+\+6/);
  });

  it("names the libraries that a clean Windows lacks, and what has them", () => {
    const windows = { platform: "win32", missing: ["MSVCP140.dll", "VCRUNTIME140_1.dll"] };
    const { obstacle, reason, advice } = diagnose("The specified module could not be found.", windows)!;
    assert.equal(obstacle, "no-visual-cpp");
    assert.match(reason, /MSVCP140\.dll, VCRUNTIME140_1\.dll/);
    assert.match(advice, /Visual C\+\+ Redistributable.*\.x64/);
    assert.match(diagnose("", { ...windows, arch: "arm64" })!.advice, /\.arm64/);
  });

  it("does not blame Windows' runtime where that is there", () => {
    assert.equal(diagnose("Bad EXE format", { platform: "win32", missing: [] }), undefined);
  });

  it("says nothing of what it does not know", () => {
    const cLibrary = { name: "glibc", version: "2.36" } as const;
    assert.equal(diagnose("invalid ELF header", { cLibrary }), undefined);
    assert.equal(diagnose("code signature invalid", { platform: "darwin" }), undefined);
  });
});

describe("diagnosePackage()", () => {
  it("does not send the owners of Intel Macs, or of other systems, to the package", () => {
    const mac = diagnosePackage({ platform: "darwin", arch: "x64" });
    assert.equal(mac.obstacle, "intel-mac");
    assert.match(mac.reason, /Intel/);
    const other = diagnosePackage({ platform: "linux", arch: "riscv64" });
    assert.equal(other.obstacle, "unknown-system");
    assert.match(other.reason, /linux on riscv64/);
    for (const { advice } of [mac, other]) {
      assert.match(advice, /ORT_DYLIB_PATH/);
      assert.doesNotMatch(advice, /npm|onnxruntime-node/);
    }
  });
});
