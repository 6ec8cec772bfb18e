import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFile } from "../../../ffi/system/onnxruntime_package.ts";
import { describe, it } from "../../harness.ts";

describe("packageFile()", () => {
  it("says of an older package, which keeps its library elsewhere, that it is too old", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-"));
    const resolvePackageFile = (file: string) => Promise.resolve(`${folder}/${file}`);
    try {
      writeFileSync(join(folder, "package.json"), '{"version": "1.17.3"}');
      await assert.rejects(packageFile({ resolvePackageFile }), /it is version 1\.17\.3, which is too old/);
      writeFileSync(join(folder, "package.json"), '{"version": "1.30.0"}');
      await assert.rejects(packageFile({ resolvePackageFile }), /it has no library for/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
