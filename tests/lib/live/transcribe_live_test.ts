import assert from "node:assert/strict";
import type { Backlog } from "../../../lib/live/sound_backlog.ts";
import { type LiveOptions, liveSettings } from "../../../lib/live/live_options.ts";
import { type LiveSegment, type SpeechScorer, transcribeLive } from "../../../lib/live/transcribe_live.ts";
import { describe, it } from "../../harness.ts";
import { FakeModel, sparse } from "../decoding/fake_model.ts";
import { N_VOCAB, tokenizer } from "../transcription/scripted_windows.ts";

const SAMPLE_RATE = 16000;

/** Says of a frame what its first sample is. */
const listener: SpeechScorer = {
  hear: (samples) =>
    Promise.resolve(Float32Array.from({ length: samples.length / 512 }, (_, i) => samples[512 * i])),
};

/** Gives pieces one by one; `behind` of them have come before anybody asks again. */
class Pieces implements Backlog {
  readonly #pieces: Float32Array[];
  readonly #behind: number;

  constructor(pieces: Float32Array[], behind = 0) {
    this.#pieces = [...pieces];
    this.#behind = behind;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0 || this.#behind === 0;
  }

  take(): Promise<Float32Array | undefined> {
    return Promise.resolve(this.#pieces.shift());
  }
}

/** Sound in pieces of half a second: speech and silence in turn, in seconds. */
function sound(...seconds: number[]): Float32Array[] {
  const samples = seconds.flatMap((length, i) => new Array(length * SAMPLE_RATE).fill(i % 2 === 0 ? 0.9 : 0));
  const pieces: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += SAMPLE_RATE / 2) {
    pieces.push(Float32Array.from(samples.slice(at, at + SAMPLE_RATE / 2)));
  }
  return pieces;
}

/** A model that says one text after the other, each of which begins with what it is made to begin with. */
function saying(...texts: string[]): FakeModel {
  const said = texts.map((text) => tokenizer.encode(text));
  return new FakeModel({
    nVocab: N_VOCAB,
    script: (sofar, window) => {
      const tokens = sofar.slice(sofar.lastIndexOf(tokenizer.sot) + 1);
      const count = tokens.filter((token) => token < tokenizer.eot).length;
      const next = tokens.length === 0 ? tokenizer.timestampBegin : said[window]?.[count] ?? tokenizer.eot;
      return sparse(N_VOCAB, { [next]: 20 });
    },
  });
}

async function transcribe(
  model: FakeModel,
  backlog: Backlog,
  options: LiveOptions = {},
): Promise<LiveSegment[]> {
  const segments: LiveSegment[] = [];
  const settings = liveSettings({ temperature: 0, logprobThreshold: null, ...options });
  for await (const segment of transcribeLive(model, listener, backlog, settings)) segments.push(segment);
  assert.equal(model.alive, 0);
  return segments;
}

const shown = (segments: LiveSegment[]) =>
  segments.map(({ id, stableText, text, isFinal }) =>
    `${id}${stableText}|${text.slice(stableText.length)}${isFinal ? "." : ""}`
  );

describe("transcribeLive()", () => {
  it("gives an utterance again and again while it is spoken, and the whole at its end", async () => {
    const model = saying(
      " the",
      " the man was",
      " the man was not",
      " the man was not",
      " the man was not old",
    );
    assert.deepEqual(shown(await transcribe(model, new Pieces(sound(1.5, 1)))), [
      "0| the",
      "0 the| man was",
      "0 the man was| not",
      "0 the man was| not",
      "0 the man was not old|.",
    ]);
  });

  it("never takes back a word that is final, whatever the model says later", async () => {
    const model = saying(" one two", " one two three", " one six seven", " one two five", " one two five");
    const segments = await transcribe(model, new Pieces(sound(2, 1)));
    for (const [i, { text, stableText }] of segments.entries()) {
      const before = segments[i - 1]?.stableText ?? "";
      assert.ok(text.startsWith(before) && stableText.startsWith(before), `${before} | ${text}`);
    }
    assert.ok(segments.at(-1)!.text.startsWith(" one two"));
  });

  it("parts utterances at pauses, and gives each the text before as context", async () => {
    const model = saying(" the man", " was old");
    const segments = await transcribe(model, new Pieces(sound(1.5, 1.5, 2, 1)), { interval: Infinity });
    assert.deepEqual(shown(segments), ["0 the man|.", "1 was old|."]);
    const [first, second] = model.calls.filter(({ positions }) => positions !== undefined);
    assert.ok(!first.tokens[0].includes(tokenizer.sotPrev));
    assert.deepEqual(second.tokens[0].slice(0, 3), [tokenizer.sotPrev, ...tokenizer.encode(" the man")]);
    assert.ok(Math.abs(second.positions![0] - 3) === 0);
  });

  it("tells times from the start of the stream", async () => {
    const model = saying(" the man");
    const silence = Array.from({ length: 20 }, () => new Float32Array(SAMPLE_RATE / 2));
    const [segment] = await transcribe(model, new Pieces([...silence, ...sound(2, 1)]), {
      interval: Infinity,
    });
    const pad = 0.3;
    assert.ok(Math.abs(segment.words[0].start - (10 - pad)) < 0.6, `${segment.words[0].start}`);
    assert.equal(segment.start, segment.words[0].start);
    assert.equal(segment.end, segment.words[1].end);
    assert.equal(segment.language, "en");
  });

  it("hears what comes while it is behind once, and loses none of it", async () => {
    const pieces = sound(1.5, 1, 1.5, 1, 1.5, 1);
    const behind = await transcribe(saying(" one", " two", " three"), new Pieces(pieces, 1));
    assert.deepEqual(shown(behind), ["0 one|.", "1 two|.", "2 three|."]);
    const atOnce = Float32Array.from(pieces.flatMap((piece) => [...piece]));
    const all = await transcribe(saying(" one", " two", " three"), new Pieces([atOnce]));
    assert.deepEqual(shown(all), ["0 one|.", "1 two|.", "2 three|."]);
  });

  it("cuts an utterance that goes on and on, and hears no more of it at once", async () => {
    const model = saying(...Array.from({ length: 20 }, (_, i) => ` one${i}`));
    const segments = await transcribe(model, new Pieces(sound(30, 1)), {
      interval: Infinity,
      vad: { maxSpeechDuration: 10 },
    });
    assert.ok(segments.length >= 3, `${segments.length}`);
    assert.ok(segments.every(({ isFinal }) => isFinal));
    const starts = [...segments.map(({ seek }) => seek), 3000];
    for (let i = 1; i < starts.length; i++) {
      assert.ok(starts[i] > starts[i - 1] && starts[i] - starts[i - 1] <= 1000, `${starts}`);
    }
  });

  it("says nothing of silence", async () => {
    const model = saying();
    assert.deepEqual(await transcribe(model, new Pieces(sound(0, 10))), []);
    assert.equal(model.encoded.length, 0);
  });

  it("takes back what it showed of an utterance that holds nothing", async () => {
    const model = saying(" the man", "", "");
    const segments = await transcribe(model, new Pieces(sound(1, 1)), {
      noSpeechThreshold: 0,
      logprobThreshold: 0,
    });
    assert.deepEqual(shown(segments).at(-1), "0|.");
  });

  it("makes words final that are old, even if the model is unsure of them", async () => {
    const texts = Array.from({ length: 16 }, (_, i) => ` ${"abcdefghijklmnop"[i]} b c d e f g h`);
    const segments = await transcribe(saying(...texts), new Pieces(sound(6, 1)), { maxDelay: 2 });
    const partial = segments.findLast(({ isFinal }) => !isFinal)!;
    assert.ok(partial.stableWords > 0);
  });

  it("brings what was said to its end before it throws what the sound has thrown", async () => {
    const pieces = sound(2);
    const backlog: Backlog = {
      isEmpty: true,
      take: () => Promise.resolve(pieces.shift() ?? Promise.reject(new Error("unplugged"))),
    };
    const seen: LiveSegment[] = [];
    const model = saying(...new Array(9).fill(" the man was"));
    await assert.rejects(async () => {
      const settings = liveSettings({ temperature: 0, logprobThreshold: null });
      for await (const segment of transcribeLive(model, listener, backlog, settings)) seen.push(segment);
    }, /unplugged/);
    assert.deepEqual(shown(seen).at(-1), "0 the man was|.");
    assert.equal(model.alive, 0);
  });

  it("stops at once when it is told to", async () => {
    const stop = new AbortController();
    const backlog = new Pieces(sound(10, 1));
    const seen: LiveSegment[] = [];
    const model = saying(...new Array(20).fill(" the man was"));
    await assert.rejects(async () => {
      const settings = liveSettings({ temperature: 0, signal: stop.signal });
      for await (const segment of transcribeLive(model, listener, backlog, settings)) {
        seen.push(segment);
        stop.abort(new Error("enough"));
      }
    }, /enough/);
    assert.deepEqual([seen.length, model.alive], [1, 0]);
  });
});

describe("liveSettings()", () => {
  it("refuses what is no option, and what it cannot be", () => {
    const refused = (options: object, pattern: RegExp) => assert.throws(() => liveSettings(options), pattern);
    refused({ wordTimestamps: true }, /"wordTimestamps" is not an option: words always have their times/);
    refused({ samplerate: 8000 }, /did you mean "sampleRate"/);
    refused({ sampleRate: 10 }, /sampleRate is 10, wanted a whole number of samples a second/);
    refused({ format: "s16" }, /format is "s16", wanted "auto", "file", "s16le"/);
    refused({ interval: 0 }, /interval is 0, wanted seconds above 0/);
    refused({ vad: { maxSpeechDuration: 40 } }, /maxSpeechDuration is 40, wanted seconds from 1 to 28/);
    refused({ vad: { minSilence: 1 } }, /did you mean "minSilenceDuration"/);
  });
});
