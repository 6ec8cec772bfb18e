import assert from "node:assert/strict";
import { checkFolders, checkImports, loadedWith } from "../../scripts/check_imports.ts";
import { describe, it } from "../harness.ts";

/** What is wrong with one file of the given text. */
function breaches(file: string, text: string): string[] {
  return checkImports(new Map([[file, text]]));
}

describe("checkImports()", () => {
  it("allows arrows that run down the house", () => {
    assert.deepEqual(breaches("lib/timing/dtw.ts", `import type { A } from "../model/types.ts";`), []);
    assert.deepEqual(breaches("lib/model/types.ts", `import type { A } from "../checkpoint/types.ts";`), []);
  });

  it("names an arrow that is turned, of types too", () => {
    assert.deepEqual(
      breaches("lib/timing/dtw.ts", `import type { A } from "../transcription/segments.ts";`),
      [
        "lib/timing/dtw.ts imports lib/transcription/segments.ts",
      ],
    );
    assert.deepEqual(breaches("lib/checkpoint/types.ts", `export type { A } from "../model/types.ts";`), [
      "lib/checkpoint/types.ts imports lib/model/types.ts",
    ]);
    assert.deepEqual(breaches("lib/timing/dtw.ts", `import "../transcription/transcribe.ts";`), [
      "lib/timing/dtw.ts imports lib/transcription/transcribe.ts",
    ]);
    assert.deepEqual(breaches("ffi/value.ts", `await import("../lib/errors.ts");`), [
      "ffi/value.ts imports lib/errors.ts",
    ]);
  });

  it("names a folder that has no law", () => {
    assert.deepEqual(breaches("lib/utils/all.ts", ""), ["lib/utils/all.ts is in no folder that has a law"]);
  });

  it("keeps a runtime's names in one file", () => {
    assert.equal(breaches("lib/model/whisper.ts", `Deno.cwd();`).length, 1);
    assert.equal(breaches("lib/model/whisper.ts", `// Deno.cwd() is not used`).length, 0);
  });

  it("finds cycles of imports that are needed at run time", () => {
    const cycle = new Map([
      ["lib/timing/a.ts", `import { b } from "./b.ts";`],
      ["lib/timing/b.ts", `import { a } from "./a.ts";`],
    ]);
    assert.deepEqual(checkImports(cycle), ["cycle: lib/timing/a.ts → lib/timing/b.ts → lib/timing/a.ts"]);
  });
});

describe("loadedWith()", () => {
  const sources = new Map([
    ["mod.ts", `export { a } from "./lib/load_model.ts";\nexport type { B } from "./lib/open_model.ts";`],
    ["lib/load_model.ts", `import { c } from "./errors.ts";\nawait import("./open_model.ts");`],
    ["lib/open_model.ts", `import "node:fs";`],
  ]);

  it("passes over types, and over what a call imports", () => {
    const loaded = loadedWith("mod.ts", (file) => sources.get(file) ?? "");
    assert.deepEqual(loaded, ["mod.ts", "lib/load_model.ts", "lib/errors.ts"]);
    assert.deepEqual(checkImports(sources).filter((breach) => breach.includes("mod.ts")), []);
  });

  it("finds what is too much for whoever imports mod.ts", () => {
    const heavy = new Map([
      ...sources,
      ["lib/errors.ts", `import { type D, e } from "../ffi/library.ts";`],
      ["ffi/library.ts", `import "node:fs";`],
    ]);
    assert.deepEqual(checkImports(heavy).filter((breach) => breach.includes("mod.ts")), [
      "ffi/library.ts is loaded with mod.ts: import() it where it is needed",
      "node:fs is loaded with mod.ts: import() it where it is needed",
    ]);
  });
});

describe("checkFolders()", () => {
  it("lets only entries stand on the top floor", () => {
    assert.deepEqual(checkFolders(["lib/cli.ts", "lib/nearest.ts"]), [
      "lib/nearest.ts stands on lib's top floor, which is for entries",
    ]);
  });

  it("lets a folder hold 18 files", () => {
    const files = Array.from({ length: 18 }, (_, i) => `lib/audio/${i}.ts`);
    assert.deepEqual(checkFolders(files), []);
    assert.deepEqual(checkFolders([...files, "lib/audio/18.ts"]), [
      "lib/audio holds 19 files, wanted 18 at most",
    ]);
  });
});
