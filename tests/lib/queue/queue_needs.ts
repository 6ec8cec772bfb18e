/** What tests of the queue need: Redis, and on Bun its packages, which a test's process there does not find by itself. */
import { useQueueModules } from "../../../lib/queue.ts";
import { npmPackage } from "../http/npm_package.ts";
import { missingRedis } from "./redis/redis_server.ts";

async function findMissing(): Promise<string | undefined> {
  if (missingRedis !== undefined || "Deno" in globalThis) return missingRedis;
  const never = () => Promise.reject(new Error("it is Deno's way"));
  const [bullmq, ioredis] = await Promise.all([
    npmPackage("bullmq", "6.7.0", never),
    npmPackage("ioredis", "5.11.1", never),
  ]);
  if (bullmq.missing ?? ioredis.missing) return bullmq.missing ?? ioredis.missing;
  useQueueModules({ bullmq: bullmq.module, ioredis: ioredis.module });
  return undefined;
}

/** Why tests of the queue are skipped, if they are. */
export const missingForQueue: string | undefined = await findMissing();
