import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, itNeeds } from "../harness.ts";
import { installJsrPackage, installPackage } from "../package/jsr_package.ts";

const notBun = "Deno" in globalThis ? "Deno takes the packages from JSR" : undefined;

/** Prints which packages are in use, for a script that imports the seam from `module`. */
function script(module: string): string {
  return `import { crypto, path, providers } from ${JSON.stringify(module)};
const { join } = await path();
await crypto();
console.log(JSON.stringify({ ...providers, joined: join("a", "b") }));`;
}

/** Runs a script in an empty folder that `prepare` may fill; gives what it prints. */
async function runIn(module: string, prepare: (folder: string) => void, env = {}): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "sotto-std-"));
  try {
    prepare(folder);
    writeFileSync(join(folder, "script.ts"), script(module));
    return await new Promise((resolve, reject) => {
      const options = { cwd: folder, env: { ...process.env, ...env } };
      execFile(process.execPath, ["script.ts"], options, (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stderr}`));
        else resolve(JSON.parse(stdout));
      });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const SEAM = new URL("../../lib/std.ts", import.meta.url).href;

const FOREIGN = `export const join = () => "somebody else's";`;

describe("the seam to @std on Bun", () => {
  itNeeds(notBun, "asks no registry for @std", async () => {
    const asked: string[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url!);
      response.writeHead(404).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const cache = mkdtempSync(join(tmpdir(), "sotto-std-cache-"));
    try {
      const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const env = { BUN_CONFIG_REGISTRY: registry, BUN_INSTALL_CACHE_DIR: cache };
      assert.deepEqual(await runIn(SEAM, () => {}, env), {
        path: "node",
        crypto: "node",
        joined: join("a", "b"),
      });
      assert.deepEqual(asked, []);
    } finally {
      server.close();
      rmSync(cache, { recursive: true });
    }
  });

  itNeeds(notBun, "takes an installed @std, which may be anybody's, for nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-std-"));
    try {
      installPackage(folder, "@std/path", FOREIGN);
      // A clone inside of a project.
      const clone = join(folder, "clone", "lib", "std.ts");
      mkdirSync(dirname(clone), { recursive: true });
      copyFileSync(fileURLToPath(SEAM), clone);
      assert.deepEqual(await runIn(clone, () => {}), {
        path: "node",
        crypto: "node",
        joined: join("a", "b"),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  itNeeds(notBun, "takes what JSR calls the packages where they are installed", async () => {
    const module = "./node_modules/@jsr/sotto__whisper/lib/std.ts";
    const installed = await runIn(module, (folder) => {
      installJsrPackage(folder);
      installPackage(
        folder,
        "@jsr/std__path",
        `export const join = (...parts) => "JSR's " + parts.join("/");`,
      );
      installPackage(folder, "@std/path", FOREIGN);
    });
    assert.deepEqual(installed, { path: "@std", crypto: "node", joined: "JSR's a/b" });
  });
});
