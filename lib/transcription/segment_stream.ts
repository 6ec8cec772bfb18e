/** Segments as they come, with the language and the whole text as promises beside them. */
import { StoppableIterator } from "../async/stoppable_iterator.ts";
import type { Segment, Transcription } from "./segments.ts";

/**
 * The segments of a transcription under way. Leaving the loop, `return()` and `await using` stop the work and
 * release what it held.
 */
export interface SegmentStream extends AsyncIterableIterator<Segment>, AsyncDisposable {
  /**
   * The code of the language, as soon as it is known; asking for it starts the work. Rejects where that fails or
   * is stopped before.
   */
  readonly language: Promise<string>;
  /**
   * The whole text, once the last segment was taken; asking for it while nobody takes segments does the work, and keeps
   * them for whoever takes them later. Rejects where the work fails or is stopped before.
   */
  readonly text: Promise<string>;
}

/** What a transcription yields and in the end returns. */
export type SegmentGenerator = AsyncGenerator<Segment, Pick<Transcription, "text" | "language">, undefined>;

/** Runs a step of the work, and keeps meanwhile what it needs. */
export type HoldStep = <Result>(step: () => Promise<Result>) => Promise<Result>;

/** A {@linkcode SegmentStream} over a generator. */
export class StoppableSegments extends StoppableIterator<Segment> implements SegmentStream {
  readonly #language: PromiseWithResolvers<string>;
  readonly #text: PromiseWithResolvers<string>;
  readonly #hold: HoldStep;
  /** Whether somebody takes the segments, or has stopped the work. */
  #isTaken = false;
  /** Segments that were asked for ahead of whoever takes them. */
  readonly #ahead: Promise<IteratorResult<Segment, undefined>>[] = [];
  #isDriven = false;

  /**
   * @param generate Starts the work, which calls `onLanguage` once.
   * @param stop Its signal stops the work.
   */
  constructor(
    generate: (onLanguage: (code: string) => void) => SegmentGenerator,
    stop: AbortController,
    hold: HoldStep = (step) => step(),
  ) {
    const language = Promise.withResolvers<string>(), text = Promise.withResolvers<string>();
    // Nobody has to ask for them.
    for (const { promise } of [language, text]) promise.catch(() => {});
    super(settling(generate(language.resolve), language, text), stop);
    this.#language = language;
    this.#text = text;
    this.#hold = hold;
  }

  get language(): Promise<string> {
    if (!this.#isTaken && this.#ahead.length === 0) void this.#askAhead();
    return this.#language.promise;
  }

  get text(): Promise<string> {
    // Whoever begins a loop now takes the segments himself.
    if (!this.#isTaken && !this.#isDriven) setTimeout(() => void this.#drive());
    return this.#text.promise;
  }

  override async next(): Promise<IteratorResult<Segment, undefined>> {
    this.#isTaken = true;
    return await (this.#ahead.shift() ?? this.#take());
  }

  override async return(): Promise<IteratorResult<Segment, undefined>> {
    this.#isTaken = true;
    const result = await super.return(); // Not held: a model that is disposed must be left too.
    // A generator that never began runs no `finally`.
    rejectAll([this.#language, this.#text], stopped());
    return result;
  }

  #take(): Promise<IteratorResult<Segment, undefined>> {
    return this.#hold(() => super.next());
  }

  #askAhead(): Promise<IteratorResult<Segment, undefined>> {
    const segment = this.#take();
    segment.catch(() => {}); // Whoever takes it is told.
    this.#ahead.push(segment);
    return segment;
  }

  /** Asks for every segment, if still nobody does. */
  async #drive(): Promise<void> {
    if (this.#isTaken || this.#isDriven) return;
    this.#isDriven = true;
    let isOver = false;
    while (!isOver) isOver = await this.#askAhead().then(({ done }) => done === true, () => true);
  }
}

/** Passes the segments on, and settles the promises by what becomes of the work. */
async function* settling(
  segments: SegmentGenerator,
  language: PromiseWithResolvers<string>,
  text: PromiseWithResolvers<string>,
): AsyncGenerator<Segment, undefined, undefined> {
  try {
    const whole = yield* segments;
    language.resolve(whole.language);
    text.resolve(whole.text);
  } catch (error) {
    rejectAll([language, text], error);
    throw error;
  } finally {
    rejectAll([language, text], stopped());
  }
}

function rejectAll(promises: readonly PromiseWithResolvers<string>[], reason: unknown): void {
  for (const { reject } of promises) reject(reason);
}

function stopped(): DOMException {
  return new DOMException("The transcription was stopped before its end", "AbortError");
}
