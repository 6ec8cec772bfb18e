/** The sound that a client sends, as the library reads it: what it has not read yet is bounded. */
import { ApiError } from "../api_error.ts";

/** Bytes that wait for the library, which itself keeps ten minutes: of 16 bits and 24 kHz, another minute and a half. */
const MOST_WAITING = 4 << 20;

/** Takes pieces and gives them on, in order. */
export class SoundFeed implements AsyncIterable<Uint8Array> {
  #pieces: Uint8Array[] = [];
  #waiting = 0;
  #size = 0;
  #isEnded = false;
  #arrived = Promise.withResolvers<void>();

  /** Bytes that were pushed. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes a piece.
   *
   * @throws {ApiError} when too much waits.
   */
  push(piece: Uint8Array): void {
    if (this.#waiting + piece.length > MOST_WAITING) {
      throw new ApiError("More sound has come than can wait; send it as it is spoken", {
        status: 429,
        code: "input_audio_buffer_full",
      });
    }
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    this.#size += piece.length;
    this.#arrived.resolve();
  }

  /** Nothing comes any more. */
  end(): void {
    this.#isEnded = true;
    this.#arrived.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined, undefined> {
    for (;;) {
      for (let piece = this.#pieces.shift(); piece !== undefined; piece = this.#pieces.shift()) {
        this.#waiting -= piece.length;
        yield piece;
      }
      if (this.#isEnded) return;
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
  }
}
