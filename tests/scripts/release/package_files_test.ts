import assert from "node:assert/strict";
import { packageFiles, sumUp } from "../../../scripts/release/package_files.ts";
import { describe, it } from "../../harness.ts";

const OUTPUT = `Checking for slow types in the public API...
Simulating publish of @sotto/whisper@0.1.0 with files:
   file:///home/some%20one/sotto/deno.json (1.5KB)
   file:///home/some%20one/sotto/lib/audio/wasm/symphonia.ts (2MB)
   file:///home/some%20one/sotto/lib/writers/voice_name.ts (741B)
Success Dry run complete
`;

describe("packageFiles()", () => {
  it("reads what a dry run of deno publish lists", () => {
    assert.deepEqual(packageFiles(OUTPUT, "file:///home/some%20one/sotto/"), [
      { path: "deno.json", bytes: 1536 },
      { path: "lib/audio/wasm/symphonia.ts", bytes: 2_097_152 },
      { path: "lib/writers/voice_name.ts", bytes: 741 },
    ]);
  });

  it("finds nothing where nothing is listed", () => {
    assert.deepEqual(packageFiles("error: Failed preparing '@sotto/whisper'.", "file:///home/"), []);
  });
});

describe("sumUp()", () => {
  it("tells the size of all, and of the folders that are largest", () => {
    const files = packageFiles(OUTPUT, "file:///home/some%20one/sotto/");
    assert.equal(
      sumUp(files, 20_000_000),
      "The package has 3 files, 2.10 MB of the 20 MB that JSR takes: lib/audio 2.10 MB, the top 0.00 MB, lib/writers 0.00 MB",
    );
  });
});
