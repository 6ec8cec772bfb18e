/** From what a command line names to a reference that workers can follow. */
import { randomUUID } from "node:crypto";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { folderSoundOf, type SoundReference } from "../../queue.ts";
import { UsageError } from "../command.ts";

/** A recording where workers find it. */
export interface PlacedSound {
  readonly sound: SoundReference;
  /** Whether it was copied there, and is to be removed after the job. */
  readonly isCopy: boolean;
  /** Removes the copy, where no job needs it. */
  forget(): Promise<void>;
}

/** Where copies lie in the shared folder. */
const COPIES = "submitted";

/** A digest at the end of an address. */
const DIGEST = /#sha256=([0-9a-f]{64})$/i;

/** Whether a word is the address of a recording, and no file. */
export function isAddress(word: string): boolean {
  return /^(https?|s3):\/\//i.test(word);
}

/**
 * Sees to it that workers can be told where a recording is.
 *
 * @throws {UsageError} when it is an address without a digest, or a file and there is no folder.
 */
export function assertPlace(word: string, folder: string | undefined): void {
  if (isAddress(word)) addressed(word);
  else sharedFolder(word, folder);
}

/**
 * Finds a recording, or copies it to where workers see it.
 *
 * @param word A file, or an address with `#sha256=` and its digest behind it.
 * @param given The folder that workers see, if there is one.
 * @throws {UsageError} when it is none, or there is no place for it.
 */
export async function placeSound(word: string, given: string | undefined): Promise<PlacedSound> {
  if (isAddress(word)) return { sound: addressed(word), isCopy: false, forget: noop };
  const folder = sharedFolder(word, given);
  try {
    return { sound: await folderSoundOf(folder, word), isCopy: false, forget: noop };
  } catch (error) {
    if ((error as { code?: string }).code !== "INVALID_INPUT") throw error;
  }
  const copy = join(folder, COPIES, randomUUID() + extname(word).toLowerCase());
  await mkdir(join(folder, COPIES), { recursive: true });
  const forget = () => rm(copy, { force: true });
  try {
    await copyFile(word, copy);
    return { sound: await folderSoundOf(folder, copy), isCopy: true, forget };
  } catch (error) {
    await forget();
    throw error;
  }
}

function sharedFolder(word: string, folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw new UsageError(`Cannot send ${word}: wanted --sound_folder, the folder that all workers see`);
}

function addressed(word: string): SoundReference {
  const sha256 = DIGEST.exec(word)?.[1];
  if (sha256 === undefined) {
    throw new UsageError(
      `Cannot send ${word}: wanted #sha256= and the digest of the file behind the address`,
    );
  }
  const address = word.replace(DIGEST, "");
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/i.exec(address) ?? [];
  return bucket === undefined ? { kind: "url", url: address, sha256 } : { kind: "s3", bucket, key, sha256 };
}

async function noop(): Promise<void> {}
