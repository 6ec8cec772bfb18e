/** Reads a stream of any kind, chunk by chunk. */
import { wrongArgument } from "../../errors.ts";

/**
 * Reads a stream to its end and hands its chunks over, one after the other.
 *
 * @param options.onBreak Told why a stream broke of which something had come: it has ended then. Without it, that is thrown.
 * @throws {TypeError} when a chunk is something else than bytes; the stream is cancelled then, as it is when the
 * signal is aborted.
 */
export async function readChunks(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  take: (chunk: Uint8Array) => void | Promise<void>,
  { signal, onBreak }: {
    readonly signal?: AbortSignal;
    readonly onBreak?: (cause: unknown) => void;
  } = {},
): Promise<void> {
  signal?.throwIfAborted();
  const { next, cancel, release } = stream instanceof ReadableStream ? ofReader(stream) : ofIterator(stream);
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const abort = () => aborted.reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  let isEmpty = true;
  const ending = (cause: unknown) => {
    if (onBreak === undefined || isEmpty || signal?.aborted || isStop(cause)) throw cause;
    onBreak(cause);
    return { done: true, value: undefined } as const;
  };
  try {
    for (;;) {
      const step = await Promise.race([next(), aborted.promise]).catch(ending);
      signal?.throwIfAborted();
      if (step.done) return;
      isEmpty = false;
      await take(bytesOf(step.value));
    }
  } catch (error) {
    cancel(error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    release();
  }
}

/** Whether somebody stopped a stream, instead of its having broken. */
function isStop(cause: unknown): boolean {
  return ["AbortError", "TimeoutError"].includes((cause as Error | undefined)?.name ?? "");
}

/** What reading takes of a stream; nothing of it waits for a stream that does not answer. */
interface Reading {
  next(): Promise<IteratorResult<unknown, unknown>>;
  cancel(reason: unknown): void;
  release(): void;
}

function ofReader(stream: ReadableStream<Uint8Array>): Reading {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown, unknown>>,
    cancel: (reason) => void reader.cancel(reason).catch(() => {}),
    release: () => reader.releaseLock(),
  };
}

function ofIterator(stream: AsyncIterable<unknown> & { destroy?: (reason?: unknown) => void }): Reading {
  const iterator = stream[Symbol.asyncIterator]();
  return {
    next: () => Promise.resolve(iterator.next()),
    cancel() {
      // A stream of Node.js that waits for data ends its iterator only when it is destroyed.
      if (typeof stream.destroy === "function") stream.destroy();
      else void iterator.return?.().catch(() => {});
    },
    release() {},
  };
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  const found = typeof chunk === "string" ? "text" : Object.prototype.toString.call(chunk).slice(8, -1);
  throw wrongArgument(
    "INVALID_INPUT",
    `Cannot read the audio stream: a chunk of it is ${found}, wanted Uint8Array`,
  );
}
