/**
 * A model without weights: its logits are a function of the tokens so far and of the window. It counts what
 * is asked of it and what is not disposed.
 */
import assert from "node:assert/strict";
import type { ModelDimensions } from "../../../lib/checkpoint/types.ts";
import { modelFamily } from "../../../lib/model/family.ts";
import type {
  AudioFeatures,
  CrossAttention,
  EncoderDecoder,
  Inference,
  ModelFamily,
  PickRow,
  StepRow,
  TokenPicks,
} from "../../../lib/model/types.ts";
import { pickTokens } from "./pick_tokens.ts";
import { LARGE_V3_VOCABULARY } from "../model/families.ts";

/** Gives the logits `(nVocab)` that follow `tokens`; windows are numbered in the order of their encoding. */
export type Script = (tokens: readonly number[], window: number) => Float32Array;

/** Logits of -20 but for those listed. */
export function sparse(nVocab: number, logits: Readonly<Record<number, number>>): Float32Array {
  const row = new Float32Array(nVocab).fill(-20);
  for (const [token, logit] of Object.entries(logits)) row[Number(token)] = logit;
  return row;
}

/** What a `FakeModel` is. */
export interface FakeModelOptions {
  /** 51864 is English-only, more is multilingual. */
  readonly nVocab: number;
  readonly script: Script;
  /** What its checkpoint says of its tokens. */
  readonly tokens?: Pick<ModelFamily, "suppressTokens" | "beginSuppressTokens">;
  /** The number of the first window. @default {0} */
  readonly firstWindow?: number;
  /** The encoder's positions that a token looks at. @default {half a second after the token before} */
  readonly attention?: (index: number) => readonly [start: number, end: number];
}

/** A model that follows a script. */
export class FakeModel implements EncoderDecoder {
  readonly dims: ModelDimensions;
  readonly family: ModelFamily;
  readonly alignmentHeads = [[0, 0]] as const;
  readonly script: Script;
  /** Every mel spectrogram that was encoded. */
  readonly encoded: Float32Array[] = [];
  /** What each step was given. */
  readonly calls: { tokens: readonly (readonly number[])[]; positions?: readonly number[] }[] = [];
  /** Features and inferences not yet disposed. */
  alive = 0;
  readonly #firstWindow: number;
  readonly #attention: NonNullable<FakeModelOptions["attention"]>;

  constructor(options: FakeModelOptions) {
    const { nVocab, script, firstWindow = 0, attention = (index) => [25 * index, 25 * index + 25] } = options;
    const layers = { nAudioHead: 1, nAudioLayer: 1, nTextHead: 1, nTextLayer: 1 };
    this.dims = {
      nMels: nVocab === LARGE_V3_VOCABULARY ? 128 : 80,
      nAudioCtx: 1500,
      nAudioState: 8,
      nVocab,
      nTextCtx: 448,
      nTextState: 8,
      ...layers,
    };
    this.family = modelFamily({ dims: this.dims, ...options.tokens });
    this.script = script;
    this.#firstWindow = firstWindow;
    this.#attention = attention;
  }

  async embedAudio(mel: Float32Array, options: { signal?: AbortSignal } = {}): Promise<FakeFeatures> {
    await Promise.resolve();
    options.signal?.throwIfAborted();
    this.encoded.push(mel.slice());
    return new FakeFeatures(this, this.#firstWindow + this.encoded.length - 1);
  }

  startInference(features: AudioFeatures): Inference {
    assert(features instanceof FakeFeatures && !features.disposed);
    return new FakeInference(this, features.window);
  }

  async crossAttention(features: AudioFeatures, tokens: readonly number[]): Promise<CrossAttention> {
    await Promise.resolve();
    assert(features instanceof FakeFeatures && !features.disposed);
    const { nAudioCtx, nVocab } = this.dims;
    const scores = new Float32Array(tokens.length * nAudioCtx);
    for (let i = 0; i < tokens.length; i++) {
      const [start, end] = this.#attention(i);
      scores.fill(9, i * nAudioCtx + start, i * nAudioCtx + end);
    }
    return { logits: new Float32Array(tokens.length * nVocab), scores };
  }
}

class FakeFeatures implements AudioFeatures {
  readonly batch = 1;
  readonly positions = 1500;
  readonly window: number;
  readonly #model: FakeModel;
  disposed = false;

  constructor(model: FakeModel, window: number) {
    this.#model = model;
    this.window = window;
    model.alive++;
  }

  toArray(): Float32Array {
    return new Float32Array(1500 * 8);
  }

  [Symbol.dispose](): void {
    assert(!this.disposed, "features are disposed once");
    this.disposed = true;
    this.#model.alive--;
  }
}

class FakeInference implements Inference {
  readonly #model: FakeModel;
  readonly #window: number;
  #rows: (readonly number[])[] = [];

  constructor(model: FakeModel, window: number) {
    this.#model = model;
    this.#window = window;
    model.alive++;
  }

  async pick(rows: readonly PickRow[], options: { signal?: AbortSignal } = {}): Promise<TokenPicks[]> {
    const { eot } = this.#model.family.specialTokens;
    const requests = rows.flatMap(({ picks }) => picks);
    const logits = await this.step(rows, options);
    assert.equal(requests.length, logits.length, "a request for each position");
    return logits.map((row, i) => pickTokens(row, requests[i], eot));
  }

  async step(rows: readonly StepRow[], { signal }: { signal?: AbortSignal } = {}): Promise<Float32Array[]> {
    await Promise.resolve();
    signal?.throwIfAborted();
    const before = this.#rows;
    const { script, dims: { nTextCtx } } = this.#model;
    this.#rows = rows.map(({ from, tokens }) => [...from === undefined ? [] : before[from], ...tokens]);
    assert(this.#rows.every((row) => row.length <= nTextCtx), "the context is full");
    this.#model.calls.push({ tokens: rows.map(({ tokens }) => tokens), positions: rows[0].positions });
    return rows.flatMap(({ window, tokens, positions = [tokens.length - 1] }, i) => {
      assert.equal(window, 0);
      const past = this.#rows[i].length - tokens.length;
      return positions.map((position) =>
        script(this.#rows[i].slice(0, past + position + 1), this.#window).slice()
      );
    });
  }

  [Symbol.dispose](): void {
    this.#model.alive--;
  }
}
