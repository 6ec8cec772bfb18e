import assert from "node:assert/strict";
import type { Facts, Probes } from "../../../lib/doctor/facts.ts";
import { gatherFacts } from "../../../lib/doctor/gather_facts.ts";
import { describe, it } from "../../harness.ts";
import { WELL } from "./machine.ts";

/** Probes that find what is known. */
const probes = Object.fromEntries(
  Object.entries(WELL).map((
    [name, fact],
  ) => [name, () => Promise.resolve((fact as { value: unknown }).value)]),
) as unknown as Probes;

describe("gatherFacts()", () => {
  it("asks every probe", async () => {
    assert.deepEqual(await gatherFacts(probes), WELL);
  });

  it("takes a probe that fails for a fact, and a permission by its flag", async () => {
    const denied = new Error('Requires env access to "HOME", run again with the --allow-env flag');
    denied.name = "NotCapable";
    const facts: Facts = await gatherFacts({
      ...probes,
      gpu: () => {
        throw new Error("the driver does not answer");
      },
      cache: () => Promise.reject(denied),
      selfTest: undefined,
    });
    assert.deepEqual(facts.gpu, { failure: "the driver does not answer" });
    assert.deepEqual(facts.cache, {
      failure: 'the permission --allow-env is missing (for "HOME"): run Deno again with that flag',
    });
    assert.equal(facts.selfTest, undefined);
    assert.deepEqual(facts.ffmpeg, WELL.ffmpeg);
  });
});
