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
  /** The whole text, once the last segment was taken. Rejects where the work fails or is stopped before. */
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
  #started = false;
  #first: Promise<IteratorResult<Segment, undefined>> | undefined;

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
    if (!this.#started) {
      this.#first = this.next();
      this.#first.catch(() => {}); // Whoever takes the first segment is told.
    }
    return this.#language.promise;
  }

  get text(): Promise<string> {
    return this.#text.promise;
  }

  override async next(): Promise<IteratorResult<Segment, undefined>> {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) return await first;
    this.#started = true;
    return await this.#hold(() => super.next());
  }

  override async return(): Promise<IteratorResult<Segment, undefined>> {
    this.#started = true;
    const result = await super.return(); // Not held: a model that is disposed must be left too.
    // A generator that never began runs no `finally`.
    rejectAll([this.#language, this.#text], stopped());
    return result;
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
