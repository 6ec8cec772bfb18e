/** From probes to facts: one that fails is a fact too. */
import { missingPermission } from "../../ffi/permission.ts";
import type { Fact, Facts, Probes } from "./facts.ts";

/** Asks every probe, one after another, so that none disturbs the time of the self-test. */
export async function gatherFacts(probes: Probes): Promise<Facts> {
  const facts: Record<string, Fact<unknown>> = {};
  for (const [name, probe] of Object.entries(probes)) {
    if (probe !== undefined) facts[name] = await attempt(probe);
  }
  return facts as unknown as Facts;
}

async function attempt(probe: () => unknown): Promise<Fact<unknown>> {
  try {
    return { value: await probe() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { failure: missingPermission(error) ?? message };
  }
}
