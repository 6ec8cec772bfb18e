/** Models that nobody disposes: the garbage collector finds them, in a process of their own. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, it } from "../harness.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "../lib/model/micro_checkpoint.ts";

const CHILD = fileURLToPath(new URL("./forgotten_child.ts", import.meta.url));

interface Report {
  warnings: number;
  more: number;
  first: string;
  resident: number[];
}

async function runChild(checkpoint: string): Promise<Report> {
  const args = "Deno" in globalThis
    ? ["run", "--allow-all", "--quiet", "--v8-flags=--expose-gc", CHILD, checkpoint]
    : [CHILD, checkpoint];
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stderr}`));
      else resolve(JSON.parse(stdout));
    });
  });
}

describe("a model that nobody disposes", () => {
  it("is released and told of once it is out of reach, and not before its work is done", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-"));
    try {
      const path = join(folder, "narrow.pt");
      writeFileSync(path, microCheckpoint(MICRO_LAYOUTS.english));
      const { warnings, more, first, resident } = await runChild(path);
      // A collector may keep what a stack frame still seems to point at.
      assert.ok(warnings >= 12, `${warnings} of 16 models were found`);
      assert.match(first, /The model .*narrow\.pt was not disposed/);
      assert.ok(more <= 16 - warnings, "a disposed model is not told of");
      const grown = Math.min(...resident.slice(-4)) - Math.min(...resident.slice(4, 8));
      // Eight models' packed embeddings alone are 53 MB.
      assert.ok(grown < 40, `grew by ${grown.toFixed(1)} MB: ${resident.map(Math.round).join(" ")}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
