/**
 * Rows of a decoder that run together: those of one window with as many tokens, each with its slot in one KV cache.
 * The graph takes no others in one run yet.
 */
import type { Session } from "../../ffi/session.ts";
import { DecoderRun } from "./decoder_run.ts";
import type { EncodedAudio } from "./encoded_audio.ts";
import { type CacheSlot, KvCache } from "./kv_cache.ts";
import { type PickSize, pickSize } from "./token_head.ts";
import type { PickRequest, TokenPicks } from "./types.ts";

/** The rows of one run, and the run that is bound to them. Whoever makes it disposes it. */
export class RowGroup implements Disposable {
  readonly window: number;
  readonly cache: KvCache;
  readonly #session: Session;
  readonly #features: EncodedAudio;
  #run: DecoderRun | undefined;

  /**
   * Makes a group of `rows` rows, which continue the slots of other caches or are empty. Session and features must
   * outlive it; its run holds what it reads.
   */
  constructor(
    session: Session,
    options: {
      readonly features: EncodedAudio;
      readonly window: number;
      readonly rows: number;
      readonly slots?: readonly CacheSlot[];
    },
  ) {
    const { features, window, rows, slots } = options;
    using unfinished = new DisposableStack();
    this.#session = session;
    this.#features = features;
    this.window = window;
    this.cache = unfinished.use(new KvCache(session.library, session.inputs, rows));
    if (slots !== undefined) this.cache.copyFrom(slots);
    unfinished.move();
  }

  /**
   * Feeds the same number of tokens to every row.
   *
   * @param tokens `(rows, count)`.
   * @param positions After which of the `count` tokens logits are wanted.
   * @returns `(rows * positions, nVocab)`, one array a row, which the next run overwrites.
   */
  async run(
    tokens: readonly (readonly number[])[],
    positions: readonly number[],
    signal?: AbortSignal,
  ): Promise<readonly Float32Array[]> {
    const run = this.#prepare(tokens[0].length, positions.length);
    await run.run(tokens, positions, { signal });
    return run.logitRows;
  }

  /**
   * Feeds the same number of tokens to every row, and picks tokens.
   *
   * @param picks What is wanted, `rows * positions` requests.
   * @returns What is picked for each, which the next run overwrites.
   */
  async pick(
    tokens: readonly (readonly number[])[],
    positions: readonly number[],
    picks: readonly PickRequest[],
    signal?: AbortSignal,
  ): Promise<readonly TokenPicks[]> {
    const run = this.#prepare(tokens[0].length, positions.length, pickSize(picks));
    await run.run(tokens, positions, { picks, signal });
    return run.head.picks;
  }

  /** The run of the last step, if this one is alike: it binds nothing then. */
  #prepare(count: number, selected: number, picks?: PickSize): DecoderRun {
    const last = this.#run;
    if (last?.count === count && last.selected === selected && last.head.fits(picks)) return last;
    last?.[Symbol.dispose]();
    this.#run = undefined;
    const { window, cache } = this;
    const options = { features: this.#features, window, cache, count, selected, picks };
    return this.#run = new DecoderRun(this.#session, options);
  }

  [Symbol.dispose](): void {
    this.#run?.[Symbol.dispose]();
    this.cache[Symbol.dispose]();
  }
}
