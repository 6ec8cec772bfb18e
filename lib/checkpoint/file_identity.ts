/**
 * What tells one file from another on a disk: a file that was hashed under a name is still the file that the
 * name leads to when all of this is unchanged.
 */
import type { BigIntStats } from "node:fs";
import { type FileHandle, stat } from "node:fs/promises";

/** A file's place and time stamps, as `fstat` of an open handle gives them. */
export interface FileIdentity {
  /** The device the file is on. */
  readonly dev: bigint;
  /** The file's inode. */
  readonly ino: bigint;
  /** The size in bytes. */
  readonly size: bigint;
  /** When the content was last written, in nanoseconds since 1970. */
  readonly mtimeNs: bigint;
  /** When the inode was last changed, in nanoseconds since 1970; Deno tells whole seconds. */
  readonly ctimeNs: bigint;
}

/** Takes the identity out of `stat` or `fstat` called with `{ bigint: true }`. */
export function identityOf(stats: BigIntStats): FileIdentity {
  const { dev, ino, size, mtimeNs, ctimeNs } = stats;
  return { dev, ino, size, mtimeNs, ctimeNs };
}

/**
 * Tells whether two identities are of the same file with the same content. A device of 0 is one that the system did not
 * tell, as Windows may after a rename: the other marks decide then.
 */
export function sameFile(a: FileIdentity, b: FileIdentity): boolean {
  const isSameDevice = a.dev === b.dev || a.dev === 0n || b.dev === 0n;
  return isSameDevice && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs;
}

/** Tells whether a path still leads to the file that is open, and whether that is as it was. */
export async function isUnchanged(handle: FileHandle, path: string, before: FileIdentity): Promise<boolean> {
  const held = identityOf(await handle.stat({ bigint: true }));
  const now = await stat(path, { bigint: true }).then(identityOf, () => undefined);
  return now !== undefined && sameFile(before, now) && sameFile(before, held);
}
