/**
 * A decoder at work on one window, with a KV cache that grows. After `PyTorchInference` of openai/whisper's
 * `decoding.py`.
 */
import type { Session } from "../../ffi/session.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import { DecoderRun } from "./decoder_run.ts";
import type { EncodedAudio } from "./encoded_audio.ts";
import { KvCache } from "./kv_cache.ts";
import type { Inference, LogitsOptions } from "./types.ts";

/** Decodes one window, whose features and session it holds. Whoever makes it disposes it. */
export class DecoderInference implements Inference {
  readonly #session: Session;
  readonly #dims: ModelDimensions;
  readonly #features: EncodedAudio;
  readonly #window: number;
  readonly #held: DisposableStack;
  #cache: KvCache;
  #run: DecoderRun | undefined;

  constructor(session: Session, dims: ModelDimensions, features: EncodedAudio, window: number) {
    using held = new DisposableStack();
    this.#session = held.use(session.share());
    this.#features = held.use(features.share());
    this.#dims = dims;
    this.#window = window;
    this.#cache = new KvCache(session.library, dims, 1);
    this.#held = held.move();
  }

  get rows(): number {
    return this.#cache.rows;
  }

  get length(): number {
    return this.#cache.length;
  }

  async logits(tokens: readonly (readonly number[])[], options: LogitsOptions = {}): Promise<Float32Array> {
    const count = tokens[0].length;
    const { positions = [count - 1], signal } = options;
    if (this.length + count > this.#dims.nTextCtx) {
      throw new RangeError(
        `Cannot decode ${count} more tokens: the window holds ${this.length} of ${this.#dims.nTextCtx}`,
      );
    }
    const run = this.#prepare(count, positions.length);
    await run.run(tokens, positions, signal);
    return run.logits.data;
  }

  rearrange(sources: readonly number[]): void {
    if (sources.length === this.rows) return this.#cache.reorder(sources);
    using unfinished = new DisposableStack();
    const cache = unfinished.use(new KvCache(this.#session.library, this.#dims, sources.length));
    cache.copyFrom(this.#cache, sources);
    unfinished.move();
    this.#release();
    this.#cache[Symbol.dispose]();
    this.#cache = cache;
  }

  /** The run of the last call, if this one is alike: a step binds nothing. */
  #prepare(count: number, selected: number): DecoderRun {
    if (this.#run?.count === count && this.#run.selected === selected) return this.#run;
    this.#release();
    return this.#run = new DecoderRun(this.#session, this.#dims, {
      features: this.#features,
      window: this.#window,
      cache: this.#cache,
      count,
      selected,
    });
  }

  #release(): void {
    this.#run?.[Symbol.dispose]();
    this.#run = undefined;
  }

  [Symbol.dispose](): void {
    this.#release();
    this.#cache[Symbol.dispose]();
    this.#held.dispose();
  }
}
