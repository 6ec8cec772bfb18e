import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, fixture, it } from "../harness.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "../lib/model/micro_checkpoint.ts";
import { runScript } from "./child.ts";

async function assertSurvives(model: string, times: number): Promise<void> {
  const args = [model, fixture("sense.wav"), String(times)];
  const { code, signal, stdout, stderr } = await runScript("terminate_workers.ts", args);
  assert.deepEqual({ code, signal }, { code: 0, signal: null }, stderr);
  const { same, characters } = JSON.parse(stdout);
  assert.ok(same && characters > 0, stdout);
}

/** How often it is tried; many times with `SOTTO_TEST_FULL=1`. */
const TIMES = process.env.SOTTO_TEST_FULL === "1" ? 50 : 20;

describe("A worker that is terminated at work", () => {
  it(`leaves the main thread alive, ${TIMES} times`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-"));
    const model = join(folder, "micro.pt");
    writeFileSync(model, microCheckpoint(MICRO_LAYOUTS.english));
    await assertSurvives(model, TIMES);
    rmSync(folder, { recursive: true });
  });

  it("leaves it alive with an official model", async () => {
    await assertSurvives(fixture("tiny.en.pt"), 6);
  });
});
