import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decode, type DecodingRun } from "../../../lib/decoding/decoding_task.ts";
import type { DecodingOptions, DecodingResult } from "../../../lib/decoding/options.ts";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { describe, fixture, it } from "../../harness.ts";
import { FakeModel, type Script, sparse } from "./fake_model.ts";
import { madeUpLogits } from "./made_up_logits.ts";
import { ENGLISH, MULTILINGUAL } from "../model/families.ts";

const english = await loadTokenizer(ENGLISH);
const { sot, eot, noSpeech, timestampBegin } = english;
const N_VOCAB = 51864;

/** Decodes with a model and checks that everything is disposed. */
async function decodeWith(
  model: FakeModel,
  options?: DecodingOptions & DecodingRun,
): Promise<DecodingResult> {
  const features = await model.embedAudio(new Float32Array());
  try {
    return await decode(model, features, options);
  } finally {
    features[Symbol.dispose]();
    assert.equal(model.alive, 0);
  }
}

/** Says `tokens` one after the other, then the end. */
function saying(tokens: readonly number[], others: Record<number, number> = {}): Script {
  return (sofar) => {
    const next = tokens[sofar.length - 1 - sofar.lastIndexOf(sot)] ?? eot;
    return sparse(N_VOCAB, { ...others, [next]: 10 });
  };
}

describe("decode()", () => {
  it("gives what openai/whisper makes of the same logits", async () => {
    const sizes: Record<string, number> = { english: 51864, multilingual: 51865, "large-v3": 51866 };
    const cases = JSON.parse(readFileSync(fixture("decoding/decode.json"), "utf8"));
    assert(cases.length >= 50);
    for (const { model: name, window, options, result } of cases) {
      const nVocab = sizes[name];
      const script: Script = (tokens, window) => madeUpLogits(tokens, window, nVocab);
      const model = new FakeModel({ nVocab, script, firstWindow: window });
      const found = await decodeWith(model, { ...options, strictParity: true });
      const what = `${name} ${window} ${JSON.stringify(options)}`;
      assert.deepEqual(found.tokens, result.tokens, what);
      assert.equal(found.language, result.language, what);
      for (const score of ["avgLogprob", "noSpeechProb", "compressionRatio"] as const) {
        assert(Math.abs(found[score] - result[score]) < 1e-4, `${score} of ${what}`);
      }
    }
  });

  it("runs the prompt once, in one row, and asks for two positions of it", async () => {
    for (const options of [{}, { beamSize: 3 }, { bestOf: 3, temperature: 0.5, seed: 1 }]) {
      const model = new FakeModel({ nVocab: N_VOCAB, script: saying([timestampBegin, 11]) });
      await decodeWith(model, { ...options, prompt: [7, 8], prefix: [9] });
      assert.deepEqual(model.calls[0], { tokens: [[english.sotPrev, 7, 8, sot, 9]], positions: [3, 4] });
      assert(model.calls.slice(1).every(({ tokens, positions }) => tokens[0].length === 1 && !positions));
    }
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([timestampBegin, 11]) });
    await decodeWith(model);
    assert.deepEqual(model.calls[0].positions, [0, 0], "the start of the transcript comes last");
  });

  it("reads the no-speech probability before anything is forbidden", async () => {
    const model = new FakeModel({
      nVocab: N_VOCAB,
      script: saying([timestampBegin, 11], { [noSpeech]: 10 }),
    });
    const { noSpeechProb, tokens, text } = await decodeWith(model);
    assert(Math.abs(noSpeechProb - 0.5) < 1e-4);
    assert.deepEqual(tokens, [timestampBegin, 11]);
    assert.equal(text, english.decode([11]).trim());
  });

  it("samples no more tokens than sampleLen, by default half the context", async () => {
    const script: Script = (sofar) => sparse(N_VOCAB, { [sofar.at(-1)! < 100 ? sofar.at(-1)! + 1 : 1]: 5 });
    const options = { withoutTimestamps: true, suppressTokens: null };
    const model = new FakeModel({ nVocab: N_VOCAB, script });
    assert.equal((await decodeWith(model, { ...options, sampleLen: 3 })).tokens.length, 3);
    assert.equal((await decodeWith(model, options)).tokens.length, 224);
  });

  it("ends where the context does", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: () => sparse(N_VOCAB, { 5: 5 }) });
    const options = { withoutTimestamps: true, sampleLen: 1000, prefix: Array(300).fill(7) };
    const { tokens } = await decodeWith(model, options);
    assert.equal(2 + 300 + tokens.length, 449, "the last token follows the last position");
  });

  it("repeats itself with a seed at temperatures above 0", async () => {
    const script: Script = (tokens, window) => madeUpLogits(tokens, window, N_VOCAB);
    async function tokens(seed?: number) {
      const model = new FakeModel({ nVocab: N_VOCAB, script });
      return (await decodeWith(model, { temperature: 1, bestOf: 3, seed })).tokens.join();
    }
    assert.equal(await tokens(5), await tokens(5));
    const different = new Set(await Promise.all([1, 2, 3, 4, 5, 6].map(tokens)));
    assert(different.size > 1);
  });

  it("takes 0 as the latest first timestamp at its word, except with strictParity", async () => {
    const script: Script = (sofar) =>
      sofar.at(-1) === sot
        ? sparse(N_VOCAB, { [timestampBegin]: 1, [timestampBegin + 40]: 3 })
        : saying([0, 11])(sofar, 0);
    const model = new FakeModel({ nVocab: N_VOCAB, script });
    const zero = { maxInitialTimestamp: 0 };
    assert.equal((await decodeWith(model, zero)).tokens[0], timestampBegin);
    assert.equal((await decodeWith(model, { ...zero, strictParity: true })).tokens[0], timestampBegin + 40);
    assert.equal((await decodeWith(model, { maxInitialTimestamp: 0.5 })).tokens[0], timestampBegin);
    assert.equal((await decodeWith(model, { maxInitialTimestamp: null })).tokens[0], timestampBegin + 40);
  });

  it("detects the language unless it is told, and gives the probabilities then only", async () => {
    const multilingual = await loadTokenizer(MULTILINGUAL);
    const german = multilingual.sot + 3;
    const script: Script = (tokens) =>
      tokens.length === 1 ? sparse(51865, { [german]: 9 }) : sparse(51865, { [multilingual.eot]: 5, 11: 6 });
    const model = new FakeModel({ nVocab: 51865, script });
    const detected = await decodeWith(model, { withoutTimestamps: true, sampleLen: 1 });
    assert.equal(detected.language, "de");
    assert(detected.languageProbs!.get("de")! > 0.9);
    assert.equal(model.calls[1].tokens[0][1], german);
    const told = await decodeWith(model, { language: "French", sampleLen: 1 });
    assert.deepEqual([told.language, told.languageProbs], ["fr", undefined]);
    assert.equal((await decodeWith(new FakeModel({ nVocab: N_VOCAB, script: saying([]) }))).language, "en");
  });

  it("stops within a step when its signal is aborted", async () => {
    const abort = new AbortController();
    const script: Script = (sofar) => {
      if (sofar.length === 6) abort.abort(new Error("enough"));
      return sparse(N_VOCAB, { 5: 5 });
    };
    const model = new FakeModel({ nVocab: N_VOCAB, script });
    await assert.rejects(decodeWith(model, { withoutTimestamps: true, signal: abort.signal }), /enough/);
    assert.equal(model.calls.length, 5, "the prompt of two tokens, and four steps");
  });

  it("rejects wrong options before anything runs", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([]) });
    await assert.rejects(decodeWith(model, { beam_size: 5 } as DecodingOptions), /did you mean "beamSize"/);
    await assert.rejects(decodeWith(model, { suppressTokens: [N_VOCAB] }), RangeError);
    assert.equal(model.calls.length, 0);
  });
});
