#!/usr/bin/env -S deno run --allow-run --allow-read --allow-env
/**
 * Tells what importing `mod.ts` costs a program: how many modules are loaded, and how long it takes, the shortest of
 * several fresh processes of each runtime, beside the import of a module that is empty.
 *
 *     deno run --allow-run --allow-read --allow-env scripts/import_cost.ts
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadedWith } from "./check_imports.ts";

/** Processes of each runtime and module, one after the other in turn. */
const ROUNDS = 10;

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const SELF = fileURLToPath(import.meta.url);
const MODULES = {
  "mod.ts": pathToFileURL(join(ROOT, "mod.ts")).href,
  "an empty module": "data:text/javascript,",
};
const RUNTIMES = { Deno: ["deno", "run", "--allow-all", "--quiet"], Bun: ["bun"] };

/** Milliseconds that a module takes in a new process; nothing if the runtime is not there. */
function timeOnce([file, ...args]: readonly string[], module: string): number | undefined {
  const { stdout, status } = spawnSync(file, [...args, SELF, module], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

function main(): void {
  const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
  console.log(`${loadedWith("mod.ts", read).length} modules are loaded with mod.ts`);
  for (const [runtime, command] of Object.entries(RUNTIMES)) {
    const times = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, module] of Object.entries(MODULES)) {
        const time = timeOnce(command, module);
        if (time !== undefined) times.set(name, Math.min(time, times.get(name) ?? Infinity));
      }
    }
    for (const [name, time] of times) console.log(`${runtime}: ${time.toFixed(1)} ms for ${name}`);
  }
}

const [module] = process.argv.slice(2);
if (module === undefined) main();
else {
  const started = performance.now();
  await import(module);
  console.log(performance.now() - started);
}
