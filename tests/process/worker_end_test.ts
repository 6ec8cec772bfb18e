/** Models of Workers that end without disposing them, in a process of their own. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, fixture, itNeeds } from "../harness.ts";

const isDeno = "Deno" in globalThis;
const SCRIPT = fileURLToPath(new URL("./end_workers.ts", import.meta.url));

async function residentAfter(how: "terminate" | "close"): Promise<number[]> {
  const runtime = isDeno ? ["run", "--allow-all", "--quiet"] : [];
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, [...runtime, SCRIPT, how, fixture("tiny.en.pt")], (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}

const windows = process.platform === "win32" ? "threads of Windows are told of another way" : undefined;
const bun = isDeno ? undefined : "Bun runs nothing of a Worker that is terminated";

describe("the models of a Worker", () => {
  for (const [how, missing] of [["close", windows], ["terminate", bun ?? windows]] as const) {
    itNeeds(missing, `are released when it ends by ${how}()`, async () => {
      const resident = await residentAfter(how);
      const grown = Math.min(...resident.slice(-3)) - Math.min(...resident.slice(1, 4));
      // A model is 145 MB, and there are three and more between.
      assert.ok(grown < 100, `grew by ${grown.toFixed(0)} MB: ${resident.map(Math.round).join(" ")}`);
    });
  }
});
