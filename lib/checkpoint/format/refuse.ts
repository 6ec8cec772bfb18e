/**
 * The one way the readers of checkpoints give up: which lie was told, and at which byte.
 */
import { CheckpointFormatError } from "../../errors.ts";

const ACTION = "Cannot read checkpoint";

/**
 * Throws a `CheckpointFormatError`.
 *
 * @param reason What was found and what was wanted.
 * @param offset The byte where it was found.
 * @param part What `offset` counts in. @default {"the file"}
 */
export function refuse(reason: string, offset?: number, part = "the file"): never {
  throw new CheckpointFormatError(`${ACTION}: ${reason}${place(offset, part)}`, offset);
}

/** Adds the byte where it was found to an error that does not have one. */
export function withPlace(error: unknown, offset: number, part: string): unknown {
  if (!(error instanceof CheckpointFormatError) || error.offset !== undefined) return error;
  return new CheckpointFormatError(error.message + place(offset, part), offset, { cause: error });
}

/** Adds the file in which it was found to an error that does not have one. */
export function withPath(error: unknown, path: string): unknown {
  if (!(error instanceof CheckpointFormatError) || !error.message.startsWith(`${ACTION}:`)) return error;
  const message = `${ACTION} ${path}${error.message.slice(ACTION.length)}`;
  return new CheckpointFormatError(message, error.offset, { cause: error });
}

/** Quotes a name out of a file for a message: escaped, and cut if it is long. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/** A number of 32 bits as zips' checksums are written. */
export function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

function place(offset: number | undefined, part: string): string {
  return offset === undefined ? "" : ` (byte ${offset} of ${part})`;
}
