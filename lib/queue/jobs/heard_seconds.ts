/** How much audio the workers of a queue have transcribed, all of them together. */
import type { RedisClient } from "../redis/bullmq.ts";

/** The sum, in Redis. */
export class HeardSeconds {
  readonly #client: RedisClient;
  readonly #key: string;

  /** @param name The queue's qualified name. */
  constructor(client: RedisClient, name: string) {
    this.#client = client;
    this.#key = `${name}:audio-seconds`;
  }

  /** Adds a recording that is done. One whose worker dies at this moment is not counted. */
  async add(seconds: number): Promise<void> {
    await this.#client.incrbyfloat(this.#key, seconds);
  }

  /** Gives the sum. */
  async total(): Promise<number> {
    return Number(await this.#client.get(this.#key) ?? 0);
  }
}
