import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { main } from "../../../lib/cli.ts";
import type { Facts, LibraryFacts } from "../../../lib/doctor/facts.ts";
import type { Fault } from "../../../lib/doctor/find_faults.ts";
import { describe, it } from "../../harness.ts";
import { fakeTerminal } from "./terminal/fake_terminal.ts";

async function doctor(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal();
  return { code: await main(["doctor", ...args], terminal), ...terminal.written };
}

type Report = { facts: Facts; faults: Fault[] };

describe("sotto doctor", () => {
  it("finds this machine well, by a model that loads and transcribes as it should", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sotto-doctor-"));
    try {
      const { code, out, err } = await doctor("--test", "--json", "--model_dir", folder);
      const { facts, faults }: Report = JSON.parse(out);
      assert.deepEqual([code, err, faults.filter(({ level }) => level === "problem")], [0, "", []]);
      for (const [name, fact] of Object.entries(facts)) {
        assert.ok("value" in (fact as object), `${name}: ${JSON.stringify(fact)}`);
      }
      const { selfTest, cache, runtime, library } = facts as { [Name in keyof Facts]: { value: never } };
      assert.equal((selfTest!.value as { isRight: boolean }).isRight, true);
      assert.deepEqual(
        [(cache.value as { folder: string }).folder, (cache.value as { models: [] }).models],
        [folder, []],
      );
      assert.equal((runtime.value as { platform: string }).platform, process.platform);
      const { version, telemetryOff, providers } = library.value as LibraryFacts;
      assert.match(version, /^1\.\d+/);
      assert.equal(telemetryOff, true);
      assert.ok(providers.includes("CPU"), String(providers));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("gives 1 and what helps where there is a problem", async () => {
    const { code, out } = await doctor("--library", "/no/libonnxruntime.so");
    assert.equal(code, 1);
    assert.match(out, /Problems\n {2}- Cannot load ONNX Runtime: --library \(\/no\/libonnxruntime\.so/);
    assert.match(out.replace(/\s+/g, " "), /→ Install the npm package onnxruntime-node/);
  });

  it("gives 2 for what it cannot take", async () => {
    assert.equal((await doctor("me")).code, 2);
  });
});
