/**
 * Reads checkpoints that are in memory, as `openCheckpoint` reads files.
 */
import { unwrapTensors } from "../../../../lib/checkpoint/format/unwrap_tensors.ts";
import { readSafetensors } from "../../../../lib/checkpoint/format/safetensors.ts";
import { checkpointOf, checkpointOfTensors } from "../../../../lib/checkpoint/format/state_dict.ts";
import { readTorchFile } from "../../../../lib/checkpoint/format/torch/torch_checkpoint.ts";
import type { Checkpoint, ReadAt } from "../../../../lib/checkpoint/types.ts";

/** A file to be read, or to be refused. */
export interface Case {
  /** What the file is, as the end of a sentence. */
  readonly what: string;
  readonly bytes: () => Uint8Array<ArrayBuffer>;
  /** What the message must say. Without it the file must be read. */
  readonly error?: RegExp;
}

/** Gives a `ReadAt` over bytes. A reader must never ask for what is not there. */
export function memoryReader(bytes: Uint8Array<ArrayBuffer>): ReadAt {
  return (offset, length) => {
    const isInside = offset >= 0 && length >= 0 && offset + length <= bytes.length;
    if (!isInside || !Number.isInteger(offset) || !Number.isInteger(length)) {
      throw new Error(`asked for ${length} bytes at ${offset} of ${bytes.length}`);
    }
    return Promise.resolve(bytes.slice(offset, offset + length));
  };
}

/** Reads a file of `torch.save`. */
export async function readTorchBytes(bytes: Uint8Array<ArrayBuffer>): Promise<Checkpoint> {
  const { dims, tensors } = await readTorchFile(memoryReader(bytes), bytes.length);
  const own = unwrapTensors(tensors);
  return dims ? checkpointOf(own, dims) : checkpointOfTensors(own);
}

/** Reads a safetensors file. */
export async function readSafetensorsBytes(bytes: Uint8Array<ArrayBuffer>): Promise<Checkpoint> {
  return checkpointOfTensors(unwrapTensors(await readSafetensors(memoryReader(bytes), bytes.length)));
}
