/** Bytes on their way to a private file, hashed as they pass: whoever gets the file gets what was hashed. */
import { createHash } from "node:crypto";
import type { AudioInput } from "../../audio/input/audio_input.ts";
import { ofBytes, ofHandle } from "../../audio/input/audio_input.ts";
import { openScratchFile, type ScratchFile } from "../../audio/input/temporary_file.ts";
import { SoundError } from "./sound_error.ts";

/** What bytes must be. */
export interface WantedBytes {
  /** How messages call the file. */
  readonly name: string;
  /** Their SHA-256, in hexadecimal. */
  readonly sha256: string;
  /** How many there may be. */
  readonly most: number;
}

/**
 * Keeps bytes in a file of the temporary folder that has no name (on Windows a folder of its own), so that nothing is
 * left of it however the process ends.
 *
 * Requires `--allow-read` and `--allow-write` permission for the temporary folder, and `--allow-env`.
 *
 * @throws {SoundError} when there are too many of them, their SHA-256 is another, or they cannot be kept.
 */
export async function keepVerified(
  pieces: AsyncIterable<Uint8Array>,
  { name, sha256, most }: WantedBytes,
  signal?: AbortSignal,
): Promise<AudioInput> {
  const file = await openScratchFile();
  if (file === undefined) {
    throw new SoundError(
      "SOUND_UNREACHABLE",
      `Cannot keep ${name}: no file can be made in the temporary folder`,
    );
  }
  try {
    const hash = createHash("sha256");
    let size = 0;
    for await (const piece of pieces) {
      signal?.throwIfAborted();
      size += piece.length;
      if (size > most) throw tooLarge(name, most);
      hash.update(piece);
      await write(file, piece, name);
    }
    assertDigest(name, hash.digest("hex"), sha256);
    if (size > 0) return ofHandle(file.handle, name, undefined, size, file);
    await file[Symbol.asyncDispose]();
    return ofBytes(new Uint8Array(0), name);
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

async function write({ handle }: ScratchFile, bytes: Uint8Array, name: string): Promise<void> {
  try {
    await handle.writeFile(bytes);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new SoundError(
      "SOUND_UNREACHABLE",
      `Cannot keep ${name}: its temporary file cannot be written: ${why}`,
      {
        cause,
      },
    );
  }
}

/** Makes the error of a file that is too large. */
export function tooLarge(name: string, most: number): SoundError {
  return new SoundError(
    "SOUND_TOO_LARGE",
    `Cannot take ${name}: it has more than ${most} bytes (maxSoundBytes)`,
  );
}

/**
 * Compares a digest with the one that a job says.
 *
 * @throws {SoundError} when it is another.
 */
export function assertDigest(name: string, actual: string, wanted: string): void {
  if (actual === wanted.toLowerCase()) return;
  throw new SoundError(
    "SOUND_MISMATCH",
    `Cannot take ${name}: its SHA-256 is ${actual}, and the job says ${wanted}; it has changed, or is another file`,
  );
}
