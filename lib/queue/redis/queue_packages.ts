/** The packages that the queue needs of npm, imported when they are first needed. */
import { onBun } from "../../../ffi/system/bun_package.ts";
import type { BullMq, IoRedis } from "./bullmq.ts";

/** The versions that were tried together. */
const BULLMQ = "6.7.0";
const IOREDIS = "5.11.1";

/** The packages, as `import * as` gives them. */
export interface QueueModules {
  /** `bullmq` of npm, version 6. */
  readonly bullmq: unknown;
  /** `ioredis` of npm, version 5. */
  readonly ioredis: unknown;
}

/** What the queue needs of npm. */
export type QueuePackages = BullMq & IoRedis;

let packages: Promise<QueuePackages> | undefined;

/**
 * Gives the queue its packages, for programs that hold them themselves: one that is compiled with Bun has no packages
 * beside it. Without this they are imported when the queue is first used.
 *
 * @example
 * ```ts ignore
 * import * as bullmq from "bullmq";
 * import * as ioredis from "ioredis";
 *
 * useQueueModules({ bullmq, ioredis });
 * ```
 */
export function useQueueModules({ bullmq, ioredis }: QueueModules): void {
  packages = Promise.resolve(taken(bullmq as BullMq, ioredis as IoRedis));
}

/**
 * Gives BullMQ and ioredis.
 *
 * @throws {Error} when they cannot be had.
 */
export async function loadQueuePackages(): Promise<QueuePackages> {
  return await (packages ??= importPackages());
}

async function importPackages(): Promise<QueuePackages> {
  try {
    // A literal that needs no import map: it is the same from JSR, from a path and from an address. Two of them, of
    // which one may go with the other, Deno does not find again in its cache: the second has none.
    const bullmq = await import("npm:bullmq@6.7.0").catch(onBun("bullmq", BULLMQ));
    const ioredis = await import(`npm:ioredis@${IOREDIS}`).catch(onBun("ioredis", IOREDIS));
    return taken(bullmq as BullMq, ioredis as IoRedis);
  } catch (cause) {
    packages = undefined;
    const advice = "Bun" in globalThis ? `; try: bun add bullmq@${BULLMQ} ioredis@${IOREDIS}` : "";
    throw new Error(`Cannot load the npm packages bullmq and ioredis: the queue needs them${advice}`, {
      cause,
    });
  }
}

function taken(bullmq: BullMq, { Redis }: IoRedis): QueuePackages {
  const { Queue, QueueEvents, Worker } = bullmq;
  const { UnrecoverableError, WaitingError, WaitingChildrenError, DelayedError } = bullmq;
  return {
    Queue,
    QueueEvents,
    Worker,
    UnrecoverableError,
    WaitingError,
    WaitingChildrenError,
    DelayedError,
    Redis,
  };
}
