import assert from "node:assert/strict";
import { transcribe, type TranscribeOptions } from "../../../lib/transcription/transcribe.ts";
import { transcribeSettings } from "../../../lib/transcription/transcribe_settings.ts";
import type { TranscriptionState } from "../../../lib/transcription/transcription_state.ts";
import { describe, it } from "../../harness.ts";
import { FakeModel } from "../decoding/fake_model.ts";
import { madeUpLogits } from "../decoding/made_up_logits.ts";
import { N_VOCAB, silence } from "./scripted_windows.ts";

const SECONDS = 75;

/** A model that says of each window what depends on all the tokens before; `done` windows were heard already. */
function modelAfter(done: number): FakeModel {
  return new FakeModel({
    nVocab: N_VOCAB,
    script: (tokens, window) => madeUpLogits(tokens, window + done, N_VOCAB),
  });
}

const CASES: Record<string, TranscribeOptions> = {
  "greedy": { temperature: 0 },
  "without context": { temperature: 0, conditionOnPreviousText: false },
  "with words": { temperature: 0, wordTimestamps: true },
  "sampled": { temperature: [0.3, 0.9], compressionRatioThreshold: 0.1, seed: 7 },
  "with a prompt": { temperature: 0, initialPrompt: "Sense and Sensibility" },
  "with a carried prompt": {
    temperature: 0,
    initialPrompt: "Sense and Sensibility",
    carryInitialPrompt: true,
  },
  "in parts": { temperature: 0, clipTimestamps: [0, 20, 25, 70] },
};

describe("transcribe() with resume", () => {
  for (const [name, options] of Object.entries(CASES)) {
    it(`gives after a window what a call that was not stopped gives: ${name}`, async () => {
      const states: TranscriptionState[] = [];
      const onState = (state: TranscriptionState) => states.push(JSON.parse(JSON.stringify(state)));
      const whole = await transcribe(modelAfter(0), silence(SECONDS), { ...options, onState });
      assert.ok(states.length >= 2, `${states.length} windows`);
      for (const i of new Set([0, states.length - 2])) {
        const resume = states[i];
        const resumed = await transcribe(modelAfter(i + 1), silence(SECONDS), { ...options, resume });
        assert.deepEqual(resumed, whole, `after window ${i}`);
      }
    });
  }

  it("gives what is new one by one, numbered on", async () => {
    const states: TranscriptionState[] = [];
    const options = { temperature: 0 };
    const onState = (state: TranscriptionState) => states.push(state);
    const { segments } = await transcribe(modelAfter(0), silence(SECONDS), { ...options, onState });
    const [resume] = states;
    const ids: number[] = [];
    await transcribe(modelAfter(1), silence(SECONDS), {
      ...options,
      resume,
      onSegment: ({ id }) => ids.push(id),
    });
    assert.ok(resume.segments.length > 0);
    assert.deepEqual(ids, segments.slice(resume.segments.length).map(({ id }) => id));
  });

  it("refuses what is no state", () => {
    const state = {
      language: "en",
      segments: [],
      clip: 0,
      seek: 0,
      lastSpeechTimestamp: 0,
      resetSince: 0,
      random: [1, 2, 3, 4],
    };
    assert.ok(transcribeSettings({ resume: state }));
    for (const change of [{ seek: -1 }, { segments: [{}] }, { random: [] }, { language: undefined }]) {
      const resume = { ...state, ...change } as TranscriptionState;
      assert.throws(() => transcribeSettings({ resume }), /resume is .* wanted what onState was called with/);
    }
  });
});
