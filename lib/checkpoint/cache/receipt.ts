/**
 * A note beside a cached checkpoint that it had its SHA-256, so that it need not be hashed at every load. It
 * holds for the very file it was written for: size, time of writing and inode must be unchanged.
 */
import { readFile, writeFile } from "node:fs/promises";
import type { FileIdentity } from "../file_identity.ts";

/** Gives the path of a checkpoint's receipt. */
export function receiptPath(checkpoint: string): string {
  return `${checkpoint}.receipt`;
}

/** Tells whether a receipt says that the checkpoint with this identity has this SHA-256. */
export async function hasReceipt(
  checkpoint: string,
  sha256: string,
  identity: FileIdentity,
): Promise<boolean> {
  const text = await readFile(receiptPath(checkpoint), "utf8").catch(() => undefined);
  return text === receipt(sha256, identity);
}

/** Writes a receipt; where that cannot be done, the file is hashed again next time. */
export async function writeReceipt(
  checkpoint: string,
  sha256: string,
  identity: FileIdentity,
): Promise<void> {
  await writeFile(receiptPath(checkpoint), receipt(sha256, identity)).catch(() => {});
}

/** The receipt's text. Milliseconds and no device number: the runtimes differ in one, mounts in the other. */
function receipt(sha256: string, { size, mtimeNs, ino }: FileIdentity): string {
  return `${
    JSON.stringify({ sha256, size: `${size}`, mtimeMs: `${mtimeNs / 1_000_000n}`, inode: `${ino}` })
  }\n`;
}
