import assert from "node:assert/strict";
import { containerTargets, recordingTarget } from "../../../scripts/fuzz/audio.ts";
import { Random } from "../../../scripts/fuzz/mutations.ts";
import type { Target } from "../../../scripts/fuzz/checkpoints.ts";
import { describe, fixture, it } from "../../harness.ts";

/** How many of the cases are read; every other is refused by the error that is promised. */
async function read({ make, run, refusal }: Target, cases: number): Promise<number> {
  let count = 0;
  for (let number = 0; number < cases; number++) {
    try {
      await run(make(new Random(1, number)));
      count++;
    } catch (error) {
      if (!(error instanceof refusal)) throw error;
    }
  }
  return count;
}

describe("damaged recordings", () => {
  for (const target of containerTargets()) {
    it(`of ${target.name} are read, or refused in words`, async () => {
      assert(await read(target, 6) <= 6);
    });
  }

  it("that are hurt in many places are heard from window to window", async () => {
    assert(await read(recordingTarget(fixture("audio/formats/mono-16000.mp3")), 5) > 0);
  });
});
