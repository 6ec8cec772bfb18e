/**
 * Where prepared models are kept: the folder `sotto` of the cache, with a folder for each that is named by what it was
 * made from and what for. A name with a further ending belongs to one that is being made, or that was left unfinished.
 */
import { readdir, stat } from "node:fs/promises";
import { path } from "../../std.ts";
import { removeFree } from "../files_in_use.ts";

/** A prepared model in the cache. */
export interface KeptModel {
  /** In which numbers it multiplies by its weights. */
  readonly precision: string;
  /** The version of ONNX Runtime, as `"1.30.0"`. */
  readonly library: string;
  /** The kind of processor, in a few letters and digits. */
  readonly processor: string;
  /** Its folder. */
  readonly path: string;
  /** Bytes of its files. */
  readonly bytes: number;
}

/** What a prepared model is kept by. */
export interface PreparedKey extends Pick<KeptModel, "precision" | "library" | "processor"> {
  /** The SHA-256 of its checkpoint, in hexadecimal. */
  readonly sha256: string;
}

/** Gives the folder of all prepared models of a cache. */
export async function preparedRoot(root: string): Promise<string> {
  const { join } = await path();
  return join(root, "sotto");
}

/** Gives the folder of one. */
export async function preparedFolder(root: string, key: PreparedKey): Promise<string> {
  const { join } = await path();
  return join(await preparedRoot(root), [key.sha256, key.precision, key.library, key.processor].join("-"));
}

/** Lists those of a checkpoint. They are not looked into. */
export async function listPrepared(root: string, sha256: string): Promise<KeptModel[]> {
  const kept = await entriesOf(root, sha256);
  return await Promise.all(
    kept.flatMap(({ name, path }) => {
      const [, precision, library, processor] = /^[^-]*-([^-]+)-([^-]+)-([^.]+)$/.exec(name) ?? [];
      if (processor === undefined) return [];
      return [sizeOf(path).then((bytes) => ({ path, precision, library, processor, bytes }))];
    }),
  );
}

/**
 * Removes all of a checkpoint, unfinished ones too. A process that has one mapped goes on with it.
 *
 * @returns How many bytes were freed.
 */
export async function removePrepared(root: string, sha256: string): Promise<number> {
  let bytes = 0;
  for (const { path } of await entriesOf(root, sha256)) {
    bytes += await sizeOf(path);
    await removeFree(path);
  }
  return bytes;
}

async function entriesOf(root: string, sha256: string): Promise<{ name: string; path: string }[]> {
  const { join } = await path();
  const folder = await preparedRoot(root);
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.startsWith(`${sha256}-`)).map((name) => ({
    name,
    path: join(folder, name),
  }));
}

/** Bytes of a file, or of the files of a folder. */
async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined || !stats.isDirectory()) return stats?.size ?? 0;
  const names = await readdir(path).catch(() => []);
  const sizes = await Promise.all(names.map((name) => sizeOf(`${path}/${name}`)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
