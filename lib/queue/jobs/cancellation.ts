/**
 * Cancelling a job that is at work. A mark in Redis stays until the job ends, so that no worker begins it anew, and a
 * message tells the worker that has it at once. Whoever missed the message finds the mark when he is connected again.
 */
import { unlessAborted } from "../../async/signals.ts";
import type { RedisClient } from "../redis/bullmq.ts";

/** Seconds that a mark is kept: longer than jobs take. */
const MARK_SECONDS = 7 * 24 * 3600;

/** Marks of the jobs of a queue. */
export class Cancellation {
  readonly #client: RedisClient;
  readonly #name: string;

  /** @param name The queue's qualified name. */
  constructor(client: RedisClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** Marks a job, and tells its worker. */
  async mark(id: string): Promise<void> {
    await this.#client.set(this.#key(id), "1", "EX", MARK_SECONDS);
    await this.#client.publish(this.#channel, id);
  }

  /** Whether a job is marked. */
  async isMarked(id: string): Promise<boolean> {
    return await this.#client.exists(this.#key(id)) > 0;
  }

  /** Takes the mark off. */
  async unmark(id: string): Promise<void> {
    await this.#client.del(this.#key(id));
  }

  /**
   * Listens on a connection of its own.
   *
   * @param running Gives the jobs that are at work here.
   * @param stop Called with each of them that is marked.
   * @param signal Gives up: Redis may be away.
   */
  async listen(
    running: () => Iterable<string>,
    stop: (id: string) => void,
    signal: AbortSignal,
  ): Promise<Disposable> {
    const listener = this.#client.duplicate();
    listener.on("error", () => {});
    listener.on("message", (_channel, id) => stop(id));
    // What was told while the connection was broken was told to nobody.
    listener.on("ready", () => {
      for (const id of running()) {
        this.isMarked(id).then((isMarked) => isMarked && stop(id), () => {});
      }
    });
    const end = () => listener.disconnect();
    try {
      await unlessAborted(listener.subscribe(this.#channel), signal);
      return { [Symbol.dispose]: end };
    } catch (error) {
      end();
      throw error;
    }
  }

  get #channel(): string {
    return `${this.#name}:cancel`;
  }

  #key(id: string): string {
    return `${this.#name}:cancelled:${id}`;
  }
}
