import assert from "node:assert/strict";
import type { TimeSpan, TranscribeOptions } from "../../../mod.ts";
import { transcribeByTurns } from "../../../lib/http/work/transcribe_by_turns.ts";
import { Turns } from "../../../lib/http/work/turns.ts";
import { describe, it } from "../../harness.ts";
import { FakeModel } from "./fake_model.ts";

/** Transcribes with a model that finds silences, and gives those of the whole. */
async function silencesOf(
  found: readonly (readonly TimeSpan[])[],
  options: TranscribeOptions,
): Promise<readonly TimeSpan[] | undefined> {
  const model = new FakeModel();
  const { segments } = model;
  model.segments = function (audio, options) {
    for (const spans of found) options?.onSilences?.(spans);
    return segments.call(this, audio, options);
  };
  const work = transcribeByTurns(model, new Uint8Array(1), options, {
    turns: new Turns(1),
    signal: new AbortController().signal,
    maxDuration: null,
  });
  let step = await work.next();
  while (!step.done) step = await work.next();
  return step.value.silences;
}

describe("transcribeByTurns()", () => {
  it("tells the silences of all channels, where it is asked to explain", async () => {
    const channels = [[{ start: 0, end: 2 }], [{ start: 3, end: 5 }, { start: 7, end: 8 }]];
    assert.deepEqual(await silencesOf(channels, { explain: true }), channels.flat());
    assert.deepEqual(await silencesOf([], { explain: true }), undefined);
    assert.deepEqual(await silencesOf(channels, {}), undefined);
  });
});
