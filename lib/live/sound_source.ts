/** A stream of sound that can be let go while it is waited for. */
import { wrongArgument } from "../errors.ts";
import type { PcmPiece } from "./pcm_samples.ts";

/** Sound as it comes in. */
export type PcmSource = ReadableStream<PcmPiece> | AsyncIterable<PcmPiece>;

/** The pieces of a stream. Whoever opens it disposes it: a piece that is waited for is not waited for any longer. */
export interface SoundSource extends AsyncIterable<PcmPiece>, Disposable {}

/**
 * Opens a stream.
 *
 * @throws {TypeError} when it is none, or somebody else reads it.
 */
export function openSource(audio: PcmSource): SoundSource {
  if (audio instanceof ReadableStream) return new ReaderSource(audio);
  if (typeof audio === "object" && audio !== null && Symbol.asyncIterator in audio) {
    return new IterableSource(audio);
  }
  throw wrongArgument(
    "INVALID_INPUT",
    "Cannot transcribe a stream: it is none, wanted a ReadableStream or another async iterable of PCM; " +
      "transcribe() takes files",
  );
}

class ReaderSource implements SoundSource {
  readonly #reader: ReadableStreamDefaultReader<PcmPiece>;

  constructor(stream: ReadableStream<PcmPiece>) {
    this.#reader = stream.getReader();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmPiece, undefined, undefined> {
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      yield value;
    }
  }

  [Symbol.dispose](): void {
    // Whoever made the stream learns of what goes wrong there.
    this.#reader.cancel().catch(() => {});
  }
}

class IterableSource implements SoundSource {
  readonly #audio: AsyncIterable<PcmPiece> & { destroy?: () => unknown };

  constructor(audio: AsyncIterable<PcmPiece>) {
    this.#audio = audio;
  }

  [Symbol.asyncIterator](): AsyncIterator<PcmPiece> {
    return this.#audio[Symbol.asyncIterator]();
  }

  [Symbol.dispose](): void {
    // A stream of Node.js; other iterables are left by their iterator.
    this.#audio.destroy?.();
  }
}
