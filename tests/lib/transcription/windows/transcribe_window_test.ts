import assert from "node:assert/strict";
import type { WindowReport } from "../../../../lib/transcription/explain.ts";
import { transcribe } from "../../../../lib/transcription/transcribe.ts";
import { describe, it } from "../../../harness.ts";
import { FakeModel, type Script, sparse } from "../../decoding/fake_model.ts";
import { AND, at, N_VOCAB, OF, prompts, saying, silence, THE, TO, tokenizer } from "../scripted_windows.ts";

const { eot, noSpeech, timestampBegin } = tokenizer;

describe("transcribeWindow()", () => {
  it("decodes an open segment again, from its start, with the text before it as context", async () => {
    const model = new FakeModel({
      nVocab: N_VOCAB,
      script: saying([[at(0), THE, at(4), at(4), AND, OF], [at(0), AND, TO, at(3)]]),
    });
    const { segments, text, windows } = await transcribe(model, silence(10), { explain: true });
    assert.deepEqual(segments.map(({ id, seek, start, end, tokens }) => ({ id, seek, start, end, tokens })), [
      { id: 0, seek: 0, start: 0, end: 4, tokens: [at(0), THE, at(4)] },
      { id: 1, seek: 400, start: 4, end: 7, tokens: [at(0), AND, TO, at(3)] },
    ]);
    assert.equal(text, tokenizer.decode([THE, AND, TO]));
    assert.deepEqual(prompts(model), [[], [at(0), THE, at(4)]]);
    assert.deepEqual(windows!.map(({ outcome, start, end }) => [outcome, start, end]), [["cut", 0, 10], [
      "transcribed",
      4,
      10,
    ]]);
    const unfinished = { reason: "unfinished", start: 4, end: 10, text: tokenizer.decode([AND, OF]) };
    assert.deepEqual(windows![0].discarded, [unfinished]);
    assert.equal(windows![1].prompt, tokenizer.decode([THE]));
  });

  it("skips a window without speech, and says so", async () => {
    const model = new FakeModel({
      nVocab: N_VOCAB,
      script: (sofar, window) =>
        window === 0
          ? sparse(N_VOCAB, {
            [noSpeech]: 9,
            [timestampBegin]: 1,
            [THE]: 0.5,
            [AND]: 0.5,
            [OF]: 0.5,
            [eot]: 0.3,
          })
          : saying([[], [at(0), THE, at(3)]])(sofar, window),
    });
    const progress: number[] = [];
    const { segments, windows } = await transcribe(model, silence(40), {
      explain: true,
      onProgress: ({ loaded, total }) => progress.push(loaded / total!),
    });
    assert.deepEqual(segments.map(({ seek }) => seek), [3000]);
    assert.deepEqual(progress, [0.75, 1]);
    const [{ outcome, discarded, attempts }] = windows!;
    assert.equal(outcome, "skipped");
    assert.deepEqual([discarded[0].reason, discarded[0].start, discarded[0].end], ["noSpeech", 0, 30]);
    assert.equal(attempts.length, 1, "silence is not decoded again");
  });

  it("keeps the place of a segment that says nothing, without text", async () => {
    const script = saying([[at(1), THE, at(2), at(2), 220, at(3), at(3)], [at(0), AND, at(1)]]);
    const model = new FakeModel({ nVocab: N_VOCAB, script });
    const { segments, text } = await transcribe(model, silence(5), { suppressTokens: null });
    assert.deepEqual(segments.map(({ text, tokens, words }) => [text, tokens.length, words]), [
      [tokenizer.decode([THE]), 3, undefined],
      ["", 0, []],
      [tokenizer.decode([AND]), 3, undefined],
    ]);
    assert.equal(text, tokenizer.decode([THE, AND]));
  });

  it("moves the next window to the end of the last word", async () => {
    const script = saying([[at(0), THE, at(4), at(4), AND, OF], [at(0), AND, at(1)]]);
    const model = new FakeModel({ nVocab: N_VOCAB, script });
    const { segments } = await transcribe(model, silence(8), { wordTimestamps: true });
    const [first, second] = segments;
    assert.equal(first.words!.length, 1);
    assert.equal(second.seek, Math.round(first.words![0].end * 100));
    assert.notEqual(second.seek, 400);
  });

  it("says how sure it is of words, unless all is to be as in openai/whisper", async () => {
    const script = saying([[at(0), THE, AND, at(4)]]);
    const wordsOf = async (strictParity: boolean) => {
      const model = new FakeModel({ nVocab: N_VOCAB, script });
      const { segments } = await transcribe(model, silence(8), { wordTimestamps: true, strictParity });
      return segments.flatMap(({ words }) => words!);
    };
    for (const { confidence } of await wordsOf(false)) assert.ok(confidence! > 0 && confidence! < 1);
    for (const word of await wordsOf(true)) assert.deepEqual("confidence" in word, false);
  });

  it("drops what looks hallucinated, and says so", async () => {
    const windows = [[at(0), THE, at(1)], [at(0), THE, at(1)]];
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying(windows) });
    const options = {
      wordTimestamps: true,
      hallucinationSilenceThreshold: 0.1,
      clipTimestamps: [0, 2],
      explain: true,
    };
    const result = await transcribe(model, silence(8), options);
    const [first, second] = result.windows!;
    assert.equal(first.outcome, "skipped");
    assert.deepEqual(first.discarded.map(({ reason, text }) => [reason, text]), [["hallucination", " the"]]);
    assert.equal(second.seek, 100, "it is decoded again from a second later");
    assert(result.segments.every(({ seek }) => seek >= 100));
  });

  it("decodes again after the silence before what looks hallucinated, and says so", async () => {
    const said = saying([[at(0), THE, AND, OF, at(9)]]);
    const script: Script = (sofar, window) =>
      window === 0 ? said(sofar, window) : sparse(N_VOCAB, { [noSpeech]: 9, [eot]: 1 });
    // The first word ends after 8 s, the others half a second later each.
    const attention = (index: number) =>
      index < 2 ? [0, 400] as const : [350 + 25 * index, 375 + 25 * index] as const;
    const model = new FakeModel({ nVocab: N_VOCAB, script, attention });
    const { windows } = await transcribe(model, silence(10), {
      wordTimestamps: true,
      hallucinationSilenceThreshold: 2,
      conditionOnPreviousText: false,
      initialPrompt: "Ada",
      logprobThreshold: null,
      explain: true,
    });
    const [first, second] = windows!;
    assert.equal(first.outcome, "skipped");
    assert.deepEqual(first.discarded.map(({ reason, text }) => [reason, text]), [[
      "leadingSilence",
      " the and of",
    ]]);
    assert.equal(second.seek, 700, "the first word is taken to be no longer than a second");
    assert.deepEqual(
      prompts(model)[1],
      tokenizer.encode(" Ada"),
      "what does not count leaves the context alone",
    );
  });

  it("reports each window once, when it is done", async () => {
    const seen: WindowReport[] = [];
    const model = new FakeModel({
      nVocab: N_VOCAB,
      script: saying([[at(0), THE, at(30)], [at(0), AND, at(2)]]),
    });
    const onWindow = (window: WindowReport) => seen.push(window);
    const { windows } = await transcribe(model, silence(35), { explain: true, onWindow });
    assert.deepEqual(seen, windows);
    assert.deepEqual(seen.map(({ seek, nextSeek, segments, used }) => [seek, nextSeek, segments, used]), [
      [0, 3000, 1, 0],
      [3000, 3500, 1, 0],
    ]);
    assert.equal("windows" in await transcribe(model, silence(0)), false);
  });
});
