/** The queue of a server, which goes on while Redis is away and is there again when that is back. */
import type { TranscriptionQueue } from "../transcription_queue.ts";
import type { FrontSettings } from "./front_options.ts";

/** Opens the queue at the first question. Whoever makes it disposes it. */
export class ReachedQueue implements AsyncDisposable {
  readonly #settings: FrontSettings;
  #opening: Promise<TranscriptionQueue> | undefined;

  constructor(settings: FrontSettings) {
    this.#settings = settings;
  }

  /**
   * Gives the queue, once Redis has answered.
   *
   * @throws {QueueConnectionError} when it does not answer in time, or refuses.
   */
  async get(): Promise<TranscriptionQueue> {
    const opening = this.#opening ??= this.#open();
    const queue = await opening;
    await queue.ping(this.#settings.connectTimeout);
    return queue;
  }

  async #open(): Promise<TranscriptionQueue> {
    try {
      const { TranscriptionQueue } = await import("../transcription_queue.ts");
      const { redis, queue, connectTimeout } = this.#settings;
      return await TranscriptionQueue.open({ redis, queue, connectTimeout });
    } catch (error) {
      // The next request tries again.
      this.#opening = undefined;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const queue = await this.#opening?.catch(() => undefined);
    await queue?.[Symbol.asyncDispose]();
  }
}
