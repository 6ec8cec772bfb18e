/** A worker in a process of its own: `worker_child.ts REDIS FOLDER CHECKPOINT`. It ends when it is killed. */
import process from "node:process";
import { createWorker } from "../../../../lib/queue.ts";

const [redis, soundFolder, checkpoint] = process.argv.slice(2);
const worker = createWorker({
  redis,
  soundFolder,
  models: { micro: checkpoint },
  load: { threads: 1 },
  concurrency: 4,
  lockSeconds: 1,
  maxStalls: 20,
});
await worker.ready;
process.stdout.write("ready\n");
