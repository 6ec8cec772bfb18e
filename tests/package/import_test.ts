/** `mod.ts` taken as strangers take it: from a folder that knows nothing of this project's `deno.json`. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadedWith } from "../../scripts/check_imports.ts";
import { describe, fixture, it, itNeeds } from "../harness.ts";

const ROOT = new URL("../..", import.meta.url);
const isDeno = "Deno" in globalThis;

/** Uses every package that is needed when the program runs: `@std` or its stand-in, ONNX Runtime, pako. */
function script(module: string): string {
  return `
import { loadModel } from ${JSON.stringify(module)};
using model = await loadModel(${JSON.stringify(fixture("tiny.en.pt"))});
const { language } = await model.transcribe(new Float32Array(16_000));
console.log("done", language);`;
}

/** Runs the script in an empty folder; gives what it prints. */
async function runIn(module: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-import-"));
  try {
    await writeFile(join(folder, "script.ts"), script(module));
    const args = isDeno ? ["run", "--allow-all", "--quiet", "script.ts"] : ["script.ts"];
    return await new Promise((resolve, reject) => {
      execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
        if (error) reject(new Error(`${error.message}\n${stderr}`));
        else resolve(stdout);
      });
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Serves the files of the clone on loopback while `use` runs. */
async function withServedClone(use: (base: string) => Promise<void>): Promise<void> {
  const server = createServer(async (request, response) => {
    try {
      const source = await readFile(fileURLToPath(new URL(`.${request.url}`, ROOT)));
      const type = request.url!.endsWith(".json") ? "application/json" : "application/typescript";
      response.writeHead(200, { "content-type": type }).end(source);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** What Deno says is loaded with a module, as paths from the top of the clone. */
function loadedByDeno(module: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ["info", "--json", module], { maxBuffer: 1 << 26 }, (error, stdout) => {
      if (error) return reject(error);
      const { roots, modules } = JSON.parse(stdout) as DenoInfo;
      const dependencies = new Map(modules.map((module) => [module.specifier, module.dependencies ?? []]));
      const loaded = new Set(roots);
      for (const one of loaded) {
        for (const { code, isDynamic } of dependencies.get(one) ?? []) {
          if (code && !isDynamic) loaded.add(code.specifier);
        }
      }
      resolve([...loaded].map((specifier) => specifier.replace(ROOT.href, "")));
    });
  });
}

/** As much as is needed of what `deno info` says. */
interface DenoInfo {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier: string }; isDynamic?: true }[];
  }[];
}

describe("mod.ts", () => {
  const loaded = loadedWith("mod.ts", (file) => readFileSync(new URL(file, ROOT), "utf8"));

  it("loads a handful of its own files, and no module of the runtime or of a package", () => {
    // Which ones is a law of the house, in scripts/import_laws.ts.
    assert.ok(loaded.length <= 25, loaded.join(", "));
    assert.deepEqual(loaded.filter((file) => !/^(mod|lib\/.+|ffi\/.+)\.ts$/.test(file)), []);
  });

  itNeeds(isDeno ? undefined : "Bun does not tell", "loads what its sources say", async () => {
    assert.deepEqual((await loadedByDeno(new URL("mod.ts", ROOT).href)).sort(), loaded.sort());
  });

  it("transcribes for a script in an empty folder that imports it by its path", async () => {
    assert.equal(await runIn(new URL("mod.ts", ROOT).href), "done en\n");
  });

  itNeeds(
    isDeno ? undefined : "Bun imports nothing from an address",
    "transcribes for a script in an empty folder that imports it by an address",
    () =>
      withServedClone(async (base) => {
        assert.equal(await runIn(`${base}mod.ts`), "done en\n");
      }),
  );
});
