import assert from "node:assert/strict";
import { PromptHistory, type PromptOptions } from "../../../../lib/transcription/context/prompt.ts";
import { describe, it } from "../../../harness.ts";

function history(options: Partial<PromptOptions>): PromptHistory {
  return new PromptHistory({
    initial: [],
    carryInitialPrompt: false,
    nTextCtx: 20,
    strictParity: false,
    ...options,
  });
}

describe("PromptHistory", () => {
  it("gives the initial prompt and all text since", () => {
    const prompt = history({ initial: [1, 2] });
    assert.deepEqual(prompt.next(), [1, 2]);
    prompt.add([3, 4]);
    prompt.add([5]);
    assert.deepEqual(prompt.next(), [1, 2, 3, 4, 5]);
    assert.deepEqual(prompt.transcribed, [3, 4, 5]);
  });

  it("forgets everything at a reset, the initial prompt too", () => {
    const prompt = history({ initial: [1, 2] });
    prompt.add([3]);
    prompt.reset();
    assert.deepEqual(prompt.next(), []);
    prompt.add([4]);
    assert.deepEqual(prompt.next(), [4]);
    assert.deepEqual(prompt.transcribed, [3, 4]);
  });

  it("carries the initial prompt over a reset, before as much text as there is room for", () => {
    const prompt = history({ initial: [1, 2], carryInitialPrompt: true });
    prompt.add([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.deepEqual(prompt.next(), [1, 2, 5, 6, 7, 8, 9, 10, 11]);
    prompt.reset();
    assert.deepEqual(prompt.next(), [1, 2]);
    prompt.add([12]);
    assert.deepEqual(prompt.next(), [1, 2, 12]);
  });

  it("gives an initial prompt without room beside it alone", () => {
    for (const length of [9, 12]) {
      const initial = Array.from({ length }, (_, i) => i);
      const prompt = history({ initial, carryInitialPrompt: true });
      prompt.add([50, 51, 52, 53]);
      assert.deepEqual(prompt.next(), initial);
    }
  });

  it("appends all text to such a prompt if it must do as openai/whisper does", () => {
    const options = { carryInitialPrompt: true, strictParity: true };
    const full = history({ ...options, initial: [1, 2, 3, 4, 5, 6, 7, 8, 9] });
    full.add([50, 51]);
    assert.deepEqual(full.next().slice(9), [50, 51]);
    const overfull = history({ ...options, initial: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] });
    overfull.add([50, 51]);
    assert.deepEqual(overfull.next().slice(10), [51]);
  });
});
