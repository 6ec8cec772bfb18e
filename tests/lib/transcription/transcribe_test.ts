import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import {
  transcribe,
  type TranscribeOptions,
  transcribeSegments,
} from "../../../lib/transcription/transcribe.ts";
import { describe, fixture, it } from "../../harness.ts";
import { FakeModel, type Script, sparse } from "../decoding/fake_model.ts";
import { madeUpLogits } from "../decoding/made_up_logits.ts";
import {
  AND,
  at,
  IN,
  N_VOCAB,
  OF,
  prompts,
  saying,
  silence,
  THE,
  TO,
  tokenizer,
} from "./scripted_windows.ts";
import { MULTILINGUAL } from "../model/families.ts";

/** Options that openai/whisper gets wrong in part. */
const QUIRKS = ["initialPrompt", "carryInitialPrompt", "maxInitialTimestamp"];

describe("transcribe()", () => {
  it("gives what openai/whisper makes of the same logits", async () => {
    const sizes: Record<string, number> = { english: 51864, multilingual: 51865, "large-v3": 51866 };
    const cases = JSON.parse(readFileSync(fixture("decoding/transcribe.json"), "utf8"));
    assert(cases.length >= 20);
    for (const { model: name, frames, options, windows, result } of cases) {
      const nVocab = sizes[name];
      const strictParity = QUIRKS.some((name) => name in options);
      const model = new FakeModel({
        nVocab,
        script: (tokens, window) => madeUpLogits(tokens, window, nVocab),
      });
      const found = await transcribe(model, new Float32Array(frames * 160), {
        temperature: 0,
        strictParity,
        ...options,
      });
      const what = `${name} ${frames} ${JSON.stringify(options)}`;
      assert.equal(found.text, result.text, what);
      assert.equal(found.segments.length, result.segments.length, what);
      for (const [i, { seek, start, end, text, tokens }] of result.segments.entries()) {
        const segment = found.segments[i];
        assert.deepEqual(
          [segment.id, segment.seek, segment.text, segment.tokens],
          [i, seek, text, tokens],
          what,
        );
        const last = strictParity ? Infinity : frames / 100;
        assert(Math.abs(segment.start - Math.min(start, last)) < 1e-5, what);
        assert(Math.abs(segment.end - Math.min(end, last)) < 1e-5, what);
      }
      assert.equal(model.encoded.length, windows, what);
      assert.equal(model.alive, 0, what);
    }
  });

  it("gives nothing for no audio", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([]) });
    assert.deepEqual(await transcribe(model, silence(0)), { text: "", segments: [], language: "en" });
    const { sot } = await loadTokenizer(MULTILINGUAL);
    const multilingual = new FakeModel({ nVocab: 51865, script: () => sparse(51865, { [sot + 3]: 9 }) });
    assert.deepEqual(await transcribe(multilingual, silence(0)), { text: "", segments: [], language: "de" });
    assert.equal(multilingual.alive, 0);
  });

  it("ends segments with the recording, except with strictParity", async () => {
    const times = async (strictParity: boolean) => {
      const model = new FakeModel({ nVocab: N_VOCAB, script: saying([[at(0), THE, AND, at(9)]]) });
      const { segments } = await transcribe(model, silence(2.5), { temperature: 0, strictParity });
      return segments.map(({ start, end }) => [start, end]);
    };
    assert.deepEqual(await times(false), [[0, 2.5]]);
    assert.deepEqual(await times(true), [[0, 9]]);
  });

  it("hears no more of the audio than the clip", async () => {
    const samples = Float32Array.from({ length: 64000 }, (_, i) => Math.sin(i / 5));
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([[at(0), THE, at(1)]]) });
    const { windows } = await transcribe(model, samples, { clipTimestamps: [1, 2.5], explain: true });
    assert.deepEqual(windows!.map(({ start, end }) => [start, end]), [[1, 2.5]]);
    assert.notEqual(model.encoded[0][149], 0);
    assert(model.encoded[0].subarray(150, 3000).every((value) => value === 0));
  });

  it("encodes a window once for the language, all temperatures and the words", async () => {
    const { sot, eot } = await loadTokenizer(MULTILINGUAL);
    const script: Script = (tokens) => {
      if (tokens.length === 1) return sparse(51865, { [sot + 3]: 9 });
      const said = tokens.slice(tokens.lastIndexOf(sot) + 3);
      // Improbable: each next token has a probability of a tenth.
      const next = [50364, THE, AND, 50564, eot][said.length];
      return sparse(51865, Object.fromEntries([...Array(9).keys()].map((i) => [i + 1000, 4.99]))).fill(
        5,
        next,
        next + 1,
      );
    };
    const model = new FakeModel({ nVocab: 51865, script });
    const result = await transcribe(model, silence(8), {
      wordTimestamps: true,
      explain: true,
      logprobThreshold: -0.1,
    });
    assert.equal(model.encoded.length, 1);
    assert.equal(result.language, "de");
    assert.equal(result.windows![0].attempts.length, 6);
    assert(result.segments[0].words!.length > 0);
    assert.equal(model.alive, 0);
  });

  it("encodes no more than the sound and a second of silence where the context fits it", async () => {
    const frames = async (seconds: number, options: TranscribeOptions = {}) => {
      const model = new FakeModel({ nVocab: N_VOCAB, script: saying([[], []]) });
      await transcribe(model, silence(seconds), {
        language: "en",
        temperature: 0,
        ...options,
      });
      return model.encoded.map((mel) => mel.length / model.dims.nMels);
    };
    assert.deepEqual(await frames(11, { audioContext: "fit" }), [1216]);
    assert.deepEqual(await frames(30, { audioContext: "fit" }), [3000]);
    assert.deepEqual(await frames(34, { audioContext: "fit" }), [3000, 512]);
    assert.deepEqual(await frames(11), [3000]);
  });

  it("hears short audio with silence after it to detect the language, with strictParity", async () => {
    const { sot, eot } = await loadTokenizer(MULTILINGUAL);
    const script: Script = () => sparse(51865, { [sot + 3]: 9, 50364: 4, [eot]: 3 });
    for (const [seconds, encoded] of [[8, 2], [31, 2]] as const) {
      const model = new FakeModel({ nVocab: 51865, script });
      await transcribe(model, silence(seconds), { strictParity: true, temperature: 0 });
      assert.equal(model.encoded.length, encoded, `${seconds} s`);
      assert.equal(model.alive, 0);
      assert.equal(model.encoded[0].at(2999), model.encoded[0][0], "silence, not zeros");
    }
  });

  it("hears short audio again, with silence after it, when the language is in doubt", async () => {
    const { sot, eot } = await loadTokenizer(MULTILINGUAL);
    // Two languages are as probable with zeros after the audio; the second hearing decides.
    const model = new FakeModel({
      nVocab: 51865,
      script: (_, window) =>
        sparse(51865, { [sot + 3]: 9, [sot + 5]: window === 0 ? 9 : 20, 50364: 4, [eot]: 3 }),
    });
    const { language } = await transcribe(model, silence(8), { temperature: 0 });
    assert.equal(model.encoded.length, 2, "once as the window is, once with silence");
    assert.equal(language, "ru");
    assert.equal(model.encoded[0].at(2999), 0, "zeros");
    assert.equal(model.encoded[1].at(2999), model.encoded[1][0], "silence");
    assert.equal(model.alive, 0);
  });

  it("detects the language on the first 30 s also when the first clip starts later", async () => {
    const { sot, eot } = await loadTokenizer(MULTILINGUAL);
    const model = new FakeModel({
      nVocab: 51865,
      script: () => sparse(51865, { [sot + 3]: 9, 50364: 4, [eot]: 3 }),
    });
    for await (const _ of transcribeSegments(model, silence(8), { clipTimestamps: [2, 3], temperature: 0 })) {
      assert.equal(model.alive, 0);
    }
    assert.equal(model.encoded.length, 2);
  });

  it("gives no context after a window at a high temperature, or if it is told so", async () => {
    const said = [[at(0), THE, at(30)], [at(0), AND, at(30)], [at(0), OF, at(3)]];
    async function run(options: TranscribeOptions) {
      const model = new FakeModel({ nVocab: N_VOCAB, script: saying(said) });
      await transcribe(model, silence(62), { initialPrompt: "Ada", ...options });
      return prompts(model);
    }
    const initial = tokenizer.encode(" Ada");
    assert.deepEqual(await run({}), [initial, [...initial, ...said[0]], [
      ...initial,
      ...said[0],
      ...said[1],
    ]]);
    assert.deepEqual(await run({ conditionOnPreviousText: false }), [initial, [], []]);
    assert.deepEqual(await run({ temperature: 0.6, seed: 1 }), [initial, [], []]);
    assert.equal((await run({ temperature: 0.5, seed: 1 }))[2].length, initial.length + 6);
    assert.deepEqual(await run({ conditionOnPreviousText: false, carryInitialPrompt: true }), [
      initial,
      initial,
      initial,
    ]);
    assert.deepEqual((await run({ initialPrompt: "  " }))[0], []);
  });

  it("ends for a clip past the end, and for a window that does not move on", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([[at(0), THE, at(2)]]) });
    const { segments } = await transcribe(model, silence(3), { clipTimestamps: [0, 100], temperature: 0 });
    assert.equal(segments.length, 1);
    // The first of the tokens is that of no timestamps.
    const still = saying([[0, at(0), at(0), THE], [0, at(0), AND]]);
    const stuck = new FakeModel({ nVocab: N_VOCAB, script: still });
    const withoutRules = {
      withoutTimestamps: true,
      suppressTokens: null,
      suppressBlank: false,
      temperature: 0,
    };
    await transcribe(stuck, silence(31), withoutRules);
    assert.equal(stuck.encoded.length, 2);
  });

  it("warns of what has no effect", async () => {
    async function warnings(options: TranscribeOptions, nVocab = N_VOCAB): Promise<string[]> {
      const messages: string[] = [];
      const model = new FakeModel({ nVocab, script: saying([]) });
      await transcribe(model, silence(0), {
        language: "en",
        onWarning: (message) => messages.push(message),
        ...options,
      });
      return messages;
    }
    assert.deepEqual(await warnings({}), []);
    assert.match((await warnings({ language: "german" }))[0], /English-only.*"german"/);
    assert.match((await warnings({ hallucinationSilenceThreshold: 2 }))[0], /wordTimestamps/);
    assert.match((await warnings({ wordTimestamps: true, task: "translate" }, 51865))[0], /unreliable/);
    assert.deepEqual(await warnings({ task: "translate" }, 51865), []);
    assert.match((await warnings({ task: "translate" }))[0], /English-only.*"translate"/);
  });

  it("stops within a step when its signal is aborted", async () => {
    const abort = new AbortController();
    const script = saying([[at(0), THE, at(30)], [at(0), AND, OF, TO, IN, at(3)]]);
    const model = new FakeModel({
      nVocab: N_VOCAB,
      script: (sofar, window) => {
        if (sofar.at(-1) === OF) abort.abort(new Error("enough"));
        return script(sofar, window);
      },
    });
    await assert.rejects(transcribe(model, silence(35), { signal: abort.signal }), /enough/);
    assert.deepEqual(model.calls.at(-1)!.tokens, [[OF]]);
    assert.equal(model.alive, 0);
    await assert.rejects(
      transcribe(model, silence(35), { signal: AbortSignal.abort(new Error("never")) }),
      /never/,
    );
  });
});

describe("transcribeSegments()", () => {
  const WINDOWS = [[at(0), THE, at(30)], [at(0), AND, at(30)], [at(0), OF, at(3)]];

  it("gives segments as each window ends, and holds nothing meanwhile", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying(WINDOWS) });
    const seen: number[][] = [];
    for await (const { id, start } of transcribeSegments(model, silence(65))) {
      seen.push([id, start, model.encoded.length, model.alive]);
    }
    assert.deepEqual(seen, [[0, 0, 1, 0], [1, 30, 2, 0], [2, 60, 3, 0]]);
  });

  it("does no more work once its loop is left", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying(WINDOWS) });
    for await (const _ of transcribeSegments(model, silence(65))) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(model.encoded.length, 1);
    assert.equal(model.alive, 0);
  });

  it("stops within a step when it is returned in the middle of a window", async () => {
    let middle: () => void;
    const reached = new Promise<void>((resolve) => middle = resolve);
    const endless = Array.from({ length: 224 }, (_, i) => i === 0 ? at(0) : THE);
    const script = saying([WINDOWS[0], endless]);
    const model = new FakeModel({
      nVocab: N_VOCAB,
      script: (sofar, window) => {
        if (window === 1 && sofar.length === 10) middle();
        return script(sofar, window);
      },
    });
    const segments = transcribeSegments(model, silence(65));
    await segments.next();
    const waiting = segments.next();
    await reached;
    await segments.return!();
    assert.deepEqual(await waiting, { done: true, value: undefined });
    assert.equal(model.alive, 0);
    assert(model.calls.length < 30, `${model.calls.length} steps`);
  });

  it("takes audio that is still to come, and stops what brings it", async () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying(WINDOWS) });
    const ids: number[] = [];
    for await (const { id } of transcribeSegments(model, () => Promise.resolve(silence(65)))) ids.push(id);
    assert.deepEqual(ids, [0, 1, 2]);
    let stopped = false;
    const segments = transcribeSegments(
      model,
      (signal) =>
        new Promise((_, reject) =>
          signal!.addEventListener("abort", () => {
            stopped = true;
            reject(signal!.reason);
          })
        ),
    );
    const waiting = segments.next();
    await segments.return!();
    assert.equal(stopped, true);
    assert.equal((await waiting).done, true);
  });

  it("rejects wrong options at once", () => {
    const model = new FakeModel({ nVocab: N_VOCAB, script: saying([]) });
    assert.throws(
      () => transcribeSegments(model, silence(1), { temprature: 0 } as TranscribeOptions),
      /temperature/,
    );
  });
});
