/**
 * The cache of Hugging Face's hub: a folder `models--OWNER--NAME` holds `snapshots/<revision>/` with the files, and
 * `refs/main` with the revision that was current.
 */
import { readdir, readFile } from "node:fs/promises";
import { CheckpointFormatError } from "../errors.ts";
import { path as pathApi } from "../std.ts";

/**
 * Gives the folder that holds the files of a repository: the snapshot of one in the hub's cache, else the folder
 * itself.
 *
 * @throws {CheckpointFormatError} when it has no snapshot, or several and does not say which.
 */
export async function resolveHubFolder(folder: string): Promise<string> {
  const { join } = await pathApi();
  const names = await readdir(folder);
  if (!names.includes("snapshots") || names.includes("config.json")) return folder;
  const snapshots = await readdir(join(folder, "snapshots"));
  const main = (await readFile(join(folder, "refs", "main"), "utf8").catch(() => "")).trim();
  const revision = snapshots.includes(main) ? main : snapshots.length === 1 ? snapshots[0] : undefined;
  if (revision !== undefined) return join(folder, "snapshots", revision);
  throw new CheckpointFormatError(
    snapshots.length === 0
      ? `Cannot load model from ${folder}: it holds no snapshot, so its download was not finished`
      : `Cannot load model from ${folder}: it holds several snapshots; give the path of one: ${
        snapshots.map((name) => join(folder, "snapshots", name)).join(", ")
      }`,
  );
}
