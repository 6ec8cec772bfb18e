/** Several pieces of work at once, whose results come in the order of what they were started with. */
import { anySignal } from "./signals.ts";

/** How much is done at once, and what stops it. */
export interface InOrderOptions {
  /** Pieces of work under way; twice as many results at most wait to be taken. */
  readonly limit: number;
  /** Stops all of them. */
  readonly signal?: AbortSignal;
}

/** A piece of work that was started. */
interface Started<Result> {
  readonly result: Promise<Result>;
  isOver: boolean;
}

/**
 * Does work on every input. The first failure in order is thrown; nothing is started after one. Whoever leaves the loop
 * stops what is under way, and waits for its end.
 *
 * @param work Is given a signal that stops it.
 */
export async function* inOrder<Input, Result>(
  inputs: AsyncIterable<Input>,
  work: (input: Input, signal: AbortSignal) => Promise<Result>,
  { limit, signal }: InOrderOptions,
): AsyncGenerator<Result, undefined, undefined> {
  const stop = new AbortController();
  const any = anySignal(stop.signal, signal);
  const iterator = inputs[Symbol.asyncIterator]();
  const started: Started<Result>[] = [];
  let isLast = false, changed = Promise.withResolvers<void>();
  const start = (input: Input) => {
    const piece: Started<Result> = { result: work(input, any), isOver: false };
    const over = () => {
      piece.isOver = true;
      changed.resolve();
    };
    piece.result.then(over, () => {
      isLast = true;
      over();
    });
    started.push(piece);
  };
  try {
    for (;;) {
      while (!isLast && started.length < 2 * limit && underWay(started) < limit) {
        const next = await iterator.next();
        if (next.done) isLast = true;
        else start(next.value);
      }
      const [first] = started;
      if (first === undefined) return;
      if (first.isOver) {
        started.shift();
        yield await first.result;
        continue;
      }
      await changed.promise;
      changed = Promise.withResolvers();
    }
  } finally {
    stop.abort();
    await Promise.allSettled(started.map(({ result }) => result));
    await iterator.return?.();
  }
}

function underWay(started: readonly Started<unknown>[]): number {
  return started.filter(({ isOver }) => !isOver).length;
}
