/** The flags of the commands that have to do with the queue. */
import process from "node:process";
import type { QueueOptions } from "../../queue.ts";
import { number, text } from "../flags/flag_kinds.ts";

/** Which queue is meant. */
export const QUEUE_FLAGS = {
  redis: text("URL", undefined, {
    help:
      "where Redis is, as redis://user:password@host:6379; else SOTTO_REDIS, which no other process sees; else this machine",
  }),
  queue: text("NAME", "transcriptions", { help: "the name of the queue" }),
} as const;

/** The same, for those who do not wait for Redis for ever. */
export const IMPATIENT_QUEUE_FLAGS = {
  ...QUEUE_FLAGS,
  connect_timeout: number(10, { help: "seconds in which Redis must be reached" }),
} as const;

/** The options of these flags. */
export function queueOptionsFrom(
  { redis, queue, connect_timeout }: {
    readonly redis?: string;
    readonly queue: string;
    readonly connect_timeout?: number;
  },
): Pick<QueueOptions, "redis" | "queue" | "connectTimeout"> {
  return { redis: redis ?? (process.env.SOTTO_REDIS || undefined), queue, connectTimeout: connect_timeout };
}
