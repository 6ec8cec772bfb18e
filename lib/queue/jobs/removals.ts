/**
 * Files that go when their job has ended. A worker may die between the end of a job and the removal of its file: what is
 * about to end is noted in Redis, and whoever comes by removes what was left.
 */
import { rm } from "node:fs/promises";
import type { JobData } from "../job.ts";
import type { BullQueue, RedisClient } from "../redis/bullmq.ts";
import { openInFolder } from "../sound/folder_sound.ts";

/** States of jobs whose files nobody needs. */
const ENDED: readonly string[] = ["completed", "failed", "unknown"];

/** The files of the jobs of a queue. */
export class Removals {
  readonly #client: RedisClient;
  readonly #key: string;
  readonly #folder: string | undefined;

  /**
   * @param name The queue's qualified name.
   * @param folder The folder that all workers see.
   */
  constructor(client: RedisClient, name: string, folder: string | undefined) {
    this.#client = client;
    this.#key = `${name}:removals`;
    this.#folder = folder;
  }

  /** Notes that a job is about to end. */
  async announce(id: string, data: JobData): Promise<void> {
    const path = this.#pathOf(data);
    if (path !== undefined) await this.#client.hset(this.#key, id, path);
  }

  /** Removes the file of a job that has ended. */
  async remove(id: string, data: JobData): Promise<void> {
    const path = this.#pathOf(data);
    if (path !== undefined) await this.#remove(id, path);
  }

  /** Removes what others left. */
  async sweep(queue: Pick<BullQueue, "getJobState">): Promise<void> {
    if (this.#folder === undefined) return;
    for (const [id, path] of Object.entries(await this.#client.hgetall(this.#key))) {
      if (ENDED.includes(await queue.getJobState(id))) await this.#remove(id, path);
    }
  }

  async #remove(id: string, path: string): Promise<void> {
    const file = await openInFolder(this.#folder!, path).catch(() => undefined);
    await file?.handle.close();
    if (file !== undefined) await rm(file.path, { force: true });
    await this.#client.hdel(this.#key, id);
  }

  /** The path of the file that goes with a job, if one does. */
  #pathOf(data: JobData): string | undefined {
    // Anybody may write to Redis.
    const { removeSound, sound } = Object(data) as Partial<JobData>;
    const isOurs = removeSound === true && this.#folder !== undefined && sound?.kind === "folder";
    return isOurs ? sound.path : undefined;
  }
}
