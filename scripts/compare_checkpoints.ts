#!/usr/bin/env -S deno run --allow-read
/**
 * Compares two checkpoints value by value, whatever their formats:
 *
 *     scripts/compare_checkpoints.ts ~/.cache/whisper/base.pt FOLDER
 *
 * Prints the largest difference of each tensor that differs. Exits with 1 if one does, or if only one
 * checkpoint has it.
 */
import process from "node:process";
import { type OpenCheckpoint, openCheckpoint } from "../lib/checkpoint/open_checkpoint.ts";
import { readTensorValues } from "../lib/checkpoint/tensor_values.ts";

async function valuesOf(
  { checkpoint, files }: OpenCheckpoint,
  name: string,
): Promise<Float32Array | undefined> {
  const entry = checkpoint.tensors.get(name);
  return entry && await readTensorValues(entry, files[entry.file].read);
}

const [first, second] = process.argv.slice(2);
if (second === undefined) {
  console.error("usage: compare_checkpoints.ts CHECKPOINT CHECKPOINT");
  process.exit(2);
}
await using a = await openCheckpoint(first);
await using b = await openCheckpoint(second);
const names = new Set([...a.checkpoint.tensors.keys(), ...b.checkpoint.tensors.keys()]);
let differing = 0;
for (const name of names) {
  const [x, y] = await Promise.all([valuesOf(a, name), valuesOf(b, name)]);
  const difference = x && y && x.length === y.length
    ? x.reduce(
      (largest, value, i) => Math.max(largest, Object.is(value, y[i]) ? 0 : Math.abs(value - y[i])),
      0,
    )
    : Infinity;
  if (difference === 0) continue;
  differing++;
  console.log(`${name}: ${difference === Infinity ? "only in one, or of another size" : difference}`);
}
console.log(`${names.size} tensors, ${differing} differ`);
process.exitCode = differing > 0 ? 1 : 0;
