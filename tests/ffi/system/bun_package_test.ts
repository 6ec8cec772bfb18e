import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, win32 } from "node:path";
import process from "node:process";
import { bunPackageFile, fileBeside } from "../../../ffi/system/bun_package.ts";
import { describe, it, itNeeds } from "../../harness.ts";

const notBun = "Deno" in globalThis ? "Deno finds its packages by itself" : undefined;

const MODULE = new URL("../../../ffi/system/bun_package.ts", import.meta.url).href;

describe("fileBeside()", () => {
  it("has one kind of separator, that of the system", () => {
    assert.equal(
      fileBeside("C:\\pkg\\package.json", "bin/win32/x64/onnxruntime.dll", win32),
      "C:\\pkg\\bin\\win32\\x64\\onnxruntime.dll",
    );
    assert.equal(fileBeside("/pkg/package.json", "bin/a.so", posix), "/pkg/bin/a.so");
  });
});

describe("bunPackageFile()", () => {
  itNeeds(notBun, "gives a file of a package of that version, in `bun test` too", () => {
    assert.equal(
      JSON.parse(readFileSync(bunPackageFile("pako", "3.0.3", "package.json"), "utf8")).version,
      "3.0.3",
    );
  });

  itNeeds(notBun, "runs nothing that lies in the temporary folder, which anybody may write to", () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-bun-package-"));
    try {
      const ran = join(folder, "ran");
      writeFileSync(join(folder, "bunfig.toml"), `preload = ["./preload.ts"]`);
      writeFileSync(
        join(folder, "preload.ts"),
        `require("node:fs").writeFileSync(${JSON.stringify(ran)}, "");`,
      );
      const script = `import { bunPackageFile } from ${JSON.stringify(MODULE)};
console.log(bunPackageFile("pako", "3.0.3", "package.json"));`;
      // As in a worker, nothing is installed without a Bun of its own.
      const found = spawnSync(process.execPath, ["--no-install", "-e", script], {
        env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
        encoding: "utf8",
      });
      assert.match(found.stdout, /pako.*package\.json\n$/, found.stderr);
      assert.equal(existsSync(ran), false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
