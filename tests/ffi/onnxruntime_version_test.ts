import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ONNXRUNTIME_VERSION } from "../../ffi/onnxruntime_version.ts";
import { describe, it } from "../harness.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The texts that could name a version: the code, the scripts, the README and the settings. */
function sources(): [path: string, text: string][] {
  const under = (folder: string) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|py|sh|md)$/.test(file))
      .map((file) => join(folder, file));
  const files = ["README.md", "deno.json", "mod.ts", ...["ffi", "lib", "scripts"].flatMap(under)];
  return files.map((file) => [file, readFileSync(join(ROOT, file), "utf8")]);
}

describe("ONNXRUNTIME_VERSION", () => {
  const named = sources().flatMap(([path, text]) =>
    [...text.matchAll(/onnxruntime[\w-]*(?:@|==| )v?(\d+\.\d+\.\d+)/gi)].map(([, version]) => ({
      path,
      version,
    }))
  );

  it("is the version of every specifier that has to be written out", () => {
    for (const { path, version } of named) assert.equal(version, ONNXRUNTIME_VERSION, path);
  });

  it("is written out once, where Deno wants a literal", () => {
    assert.deepEqual(named.map(({ path }) => path), [join("ffi", "deno.ts")]);
  });
});
