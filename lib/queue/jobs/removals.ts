/**
 * Files that go when their job has ended. A worker may die between the end of a job and the removal of its file: what is
 * about to end is noted in Redis, and whoever comes by removes what was left.
 */
import { rm } from "node:fs/promises";
import type { JobData } from "../job.ts";
import { type BullQueue, ENDED_STATES, type RedisClient } from "../redis/bullmq.ts";
import { openInFolder } from "../sound/folder_sound.ts";

/** The files of the jobs of a queue. What is noted is a path, and the job that it goes with. */
export class Removals {
  readonly #client: RedisClient;
  readonly #key: string;
  readonly #folder: string | undefined;

  /**
   * @param name The queue's qualified name.
   * @param folder The folder that all workers see. Who has none leaves it to others to remove.
   */
  constructor(client: RedisClient, name: string, folder?: string) {
    this.#client = client;
    this.#key = `${name}:removals`;
    this.#folder = folder;
  }

  /** Notes that a job is about to end. */
  async announce(id: string, data: JobData): Promise<void> {
    const path = pathOf(data);
    if (path !== undefined) await this.#client.hset(this.#key, path, id);
  }

  /** Removes the file of a job that has ended. */
  async remove(data: JobData): Promise<void> {
    const path = pathOf(data);
    if (path !== undefined && this.#folder !== undefined) await this.#remove(this.#folder, path);
  }

  /** Removes what others left. */
  async sweep(queue: Pick<BullQueue, "getJobState">): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined) return;
    for (const [path, id] of Object.entries(await this.#client.hgetall(this.#key))) {
      if (ENDED_STATES.includes(await queue.getJobState(id))) await this.#remove(folder, path);
    }
  }

  async #remove(folder: string, path: string): Promise<void> {
    const file = await openInFolder(folder, path).catch(() => undefined);
    await file?.handle.close();
    if (file !== undefined) await rm(file.path, { force: true });
    await this.#client.hdel(this.#key, path);
  }
}

/** The path of the file that goes with a job, if one does. */
function pathOf(data: JobData): string | undefined {
  // Anybody may write to Redis.
  const { removeSound, sound } = Object(data) as Partial<JobData>;
  return removeSound === true && sound?.kind === "folder" ? sound.path : undefined;
}
