import assert from "node:assert/strict";
import { workerSettings } from "../../../../lib/queue/work/worker_options.ts";
import { describe, it } from "../../../harness.ts";

describe("workerSettings()", () => {
  const of = (options: object) => workerSettings({ models: ["base"], ...options });

  it("refuses how models cannot be loaded and recordings not be transcribed", () => {
    assert.throws(() => of({ load: { threads: 0 } }), RangeError);
    assert.throws(() => of({ load: { presicion: "int8" } }), /did you mean "precision"/);
    assert.throws(() => of({ transcribe: { beam_size: 5 } }), /did you mean "beamSize"/);
  });

  it("keeps what was given, and fills in the rest", () => {
    const load = { threads: 1 }, transcribe = { beamSize: 5 };
    const { concurrency, models, ...settings } = of({ load, transcribe, concurrency: undefined });
    assert.deepEqual([settings.load, settings.transcribe, concurrency], [load, transcribe, 4]);
    assert.deepEqual([...models], [["base", "base"]]);
  });
});
