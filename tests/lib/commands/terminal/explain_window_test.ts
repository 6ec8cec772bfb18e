import assert from "node:assert/strict";
import { describe, it } from "../../../harness.ts";
import { explainWindow } from "../../../../lib/commands/terminal/explain_window.ts";
import type { DecodingAttempt } from "../../../../lib/transcription/explain.ts";

describe("explainWindow()", () => {
  it("tells of the attempts, the one used and what was left out", () => {
    const attempt: DecodingAttempt = {
      temperature: 0,
      text: "a",
      avgLogprob: -1.234,
      noSpeechProb: 0.05,
      compressionRatio: 3,
      retryReasons: ["compressionRatio", "avgLogprob"],
    };
    const text = explainWindow({
      seek: 0,
      start: 0,
      end: 30,
      prompt: "",
      attempts: [attempt, { ...attempt, temperature: 0.6000000000000001, retryReasons: [] }],
      used: 1,
      outcome: "cut",
      discarded: [{ reason: "hallucination", start: 20, end: 21.5, text: " Thanks." }],
      segments: 1,
      nextSeek: 2000,
    });
    assert.equal(
      text,
      "Window [00:00.000 --> 00:30.000]: cut, 1 segment\n" +
        "  temperature 0.0: log-probability -1.23, compression ratio 3.00, no speech 0.05: " +
        "it repeats itself and the model is unsure\n" +
        "  temperature 0.6: log-probability -1.23, compression ratio 3.00, no speech 0.05: sound, used\n" +
        "  left out [00:20.000 --> 00:21.500] (may be hallucinated between silences): Thanks.\n",
    );
  });
});
