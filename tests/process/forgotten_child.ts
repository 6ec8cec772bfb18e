/**
 * Loads a model again and again and never disposes it, and says what is left: run by `forgotten_test.ts` with the
 * garbage collector in reach. Arguments: the path of a checkpoint.
 */
import process from "node:process";
import { loadModel } from "../../mod.ts";

const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } };

/** Collects garbage, and lets what waits for that have its turn. */
async function collect(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    gc?.();
    Bun?.gc(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const path = process.argv[2];
const warnings: string[] = [];
const onWarning = (message: string) => void warnings.push(message);
const resident: number[] = [];
const samples = new Float32Array(16000);
for (let round = 0; round < 16; round++) {
  // The model is out of reach as soon as the work is under way, which needs it all the same.
  const { text } = await (await loadModel(path, { onWarning })).transcribe(samples, {
    sampleLen: 3,
    temperature: 0,
  });
  if (typeof text !== "string") throw new Error("no text");
  await collect();
  resident.push(process.memoryUsage().rss / 2 ** 20);
}
const before = warnings.length;
{
  using disposed = await loadModel(path, { onWarning });
  if (!disposed.dims) throw new Error("no model");
}
await collect();
console.log(
  JSON.stringify({ warnings: before, more: warnings.length - before, first: warnings[0], resident }),
);
