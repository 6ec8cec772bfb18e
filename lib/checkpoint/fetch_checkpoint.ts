/**
 * Brings a checkpoint into the cache, or proves the one that is there: `_download` of openai/whisper's
 * `whisper/__init__.py`, made to survive bad networks, several processes and full disks.
 */
import { mkdir, stat } from "node:fs/promises";
import { missingPermission } from "../../ffi/permission.ts";
import { anySignal } from "../async/signals.ts";
import { ChecksumMismatchError, DownloadError } from "../errors.ts";
import { type CachePaths, cachePaths, cacheRoot, isOffline, keyOf } from "./cache/cache_paths.ts";
import { type CachedFile, checkCachedFile } from "./cache/cached_file.ts";
import { type Clock, REAL_CLOCK } from "./download/clock.ts";
import { download } from "./download/resumable_download.ts";
import { type FileIdentity, sameFile } from "./file_identity.ts";
import { mayBeInUse } from "./files_in_use.ts";
import { addressesOf, checkArguments, type CheckpointSource, type FetchOptions } from "./fetch_options.ts";
import { DownloadLock, LockLostError, watchLock } from "./download/lock.ts";
import { PartialFile } from "./download/partial.ts";
import { ProgressMeter } from "./progress.ts";
import { writeReceipt } from "./cache/receipt.ts";
import { showUrl } from "./download/request.ts";

export type { CheckpointSource, FetchOptions };

/** A checkpoint in the cache. */
export interface VerifiedFile {
  /** Where it is. */
  readonly path: string;
  /** The SHA-256 it was found to have; missing where nothing was hashed. */
  readonly sha256?: string;
  /** The identity of the file that was hashed, taken from the handle that its bytes went through. */
  readonly identity: FileIdentity;
}

/** A fetch with all it needs. */
interface Job extends FetchOptions {
  readonly source: CheckpointSource;
  readonly root: string;
  readonly paths: CachePaths;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/**
 * Gives a checkpoint from the cache; downloads it first if it is not there or not right. Of any number of
 * processes or calls that want the same one, one downloads and the others wait, with its progress.
 *
 * Requires `--allow-read` and `--allow-write` permission for the cache, and, where the file is not there,
 * `--allow-net` for the servers and `--allow-env=SOTTO_MIRROR,SOTTO_OFFLINE`.
 *
 * @param clock Replaced by tests.
 * @throws {DownloadError} when it cannot be downloaded or stored.
 * @throws {ChecksumMismatchError} when the bytes downloaded are wrong, or the cached ones are and the network
 * is forbidden.
 * @throws {TypeError} when the source or an option is malformed.
 */
export async function fetchCheckpoint(
  source: CheckpointSource,
  options: FetchOptions = {},
  clock: Clock = REAL_CLOCK,
): Promise<VerifiedFile> {
  checkArguments(source, options);
  const job = await createJob(source, options, clock);
  let abandoned: string | undefined;
  for (;;) {
    job.signal.throwIfAborted();
    const cached = await checkCachedFile(job.paths.file, job.source.sha256, job);
    if (cached.state === "good") {
      return { path: job.paths.file, sha256: cached.sha256, identity: cached.identity };
    }
    if (isOffline(options.offline)) throw offlineError(job, cached);
    if (cached.state === "wrong") {
      options.onWarning?.(`${wrongFileMessage(job, cached)}; downloading it again`);
    }
    const file = await tryToDownload(job, cached, abandoned);
    if (file !== undefined) return file;
    abandoned = await waitForOwner(job);
  }
}

async function createJob(source: CheckpointSource, options: FetchOptions, clock: Clock): Promise<Job> {
  const root = await cacheRoot(options);
  const thrown = new AbortController();
  return {
    ...options,
    source: { ...source, sha256: source.sha256?.toLowerCase() },
    root,
    paths: await cachePaths(root, source.fileName, keyOf(source.url, source.sha256)),
    signal: anySignal(thrown.signal, options.signal),
    // Thrown inside a stream, the callback's error would pass for a fault of the network.
    onProgress(progress) {
      try {
        options.onProgress?.(progress);
      } catch (error) {
        thrown.abort(error);
      }
    },
    clock,
  };
}

/** Downloads, unless another process does; gives `undefined` when the cache has to be looked at again. */
async function tryToDownload(
  job: Job,
  cached: CachedFile,
  abandoned: string | undefined,
): Promise<VerifiedFile | undefined> {
  const sizes: { total?: number } = {};
  try {
    await mkdir(job.root, { recursive: true });
    await using lock = await DownloadLock.acquire(job.paths.lock, job.clock, abandoned);
    if (lock === undefined) return undefined;
    // Somebody may have finished between the look into the cache and the lock.
    const now = await checkCachedFile(job.paths.file, undefined);
    if (now.state !== "absent" && !(cached.state === "wrong" && sameFile(now.identity, cached.identity))) {
      return undefined;
    }
    return await downloadLocked(job, lock, sizes);
  } catch (error) {
    job.signal.throwIfAborted();
    if (error instanceof LockLostError) return undefined;
    throw await storageError(error as NodeJS.ErrnoException, job, sizes.total);
  }
}

async function downloadLocked(
  job: Job,
  lock: DownloadLock,
  sizes: { total?: number },
): Promise<VerifiedFile> {
  const signal = AbortSignal.any([job.signal, lock.lost]);
  let hashing: ProgressMeter | undefined;
  await using partial = await PartialFile.open(job.paths.partial, {
    signal,
    beforeWrite: () => lock.assertHeld(),
    onBytes(hashed, total) {
      hashing ??= new ProgressMeter("verify", job.onProgress, { total });
      hashing.update(hashed);
    },
  });
  const meter = new ProgressMeter("download", job.onProgress, { loaded: partial.size });
  await download(partial, {
    urls: addressesOf(job.source, job.mirrors),
    sha256: job.source.sha256,
    headers: job.headers,
    fetch: job.fetch ?? fetch,
    stallTimeout: job.stallTimeout ?? 30_000,
    retries: job.retries ?? 5,
    signal,
    clock: job.clock,
    onBytes(loaded, total) {
      sizes.total = total;
      lock.report(loaded, total);
      meter.update(loaded, total);
    },
    onWarning: (message) => job.onWarning?.(message),
  });
  const { size } = partial;
  const sha256 = job.source.sha256 ?? partial.digest().toString("hex");
  await lock.assertHeld(0);
  const identity = await partial.publish(job.paths.file);
  meter.finish(size);
  if (job.verify === "once") await writeReceipt(job.paths.file, sha256, identity);
  return { path: job.paths.file, sha256, identity };
}

/** Waits while another process downloads, and reports its progress. */
async function waitForOwner(job: Job): Promise<string | undefined> {
  let meter: ProgressMeter | undefined;
  return await watchLock(job.paths.lock, job.clock, {
    signal: job.signal,
    onNote({ loaded, total }) {
      meter ??= new ProgressMeter("download", job.onProgress, { loaded, total });
      meter.update(loaded, total);
    },
  });
}

function wrongFileMessage(job: Job, file: { sha256: string }): string {
  return `The cached file ${job.paths.file} has the SHA-256 ${file.sha256} and not ${job.source.sha256}`;
}

function offlineError(job: Job, cached: CachedFile): Error {
  const advice = "allow the network (the offline option, SOTTO_OFFLINE), or put the file there";
  if (cached.state !== "wrong") {
    return new DownloadError(
      `Cannot load ${job.source.fileName}: it is not in the cache (${job.paths.file}) and the network is forbidden; ${advice}`,
      { url: showUrl(job.source.url) },
    );
  }
  return new ChecksumMismatchError(
    `Cannot load ${job.source.fileName}: ${
      wrongFileMessage(job, cached)
    }, and the network is forbidden; ${advice}`,
    {
      url: job.paths.file,
      expected: job.source.sha256!,
      actual: cached.sha256,
      bytes: Number(cached.identity.size),
    },
  );
}

/** Says what an error of the file system means for the download; gives any other error back. */
async function storageError(error: NodeJS.ErrnoException, job: Job, total?: number): Promise<Error> {
  const place = "set downloadRoot or XDG_CACHE_HOME to another folder";
  const denied = error instanceof DownloadError ? undefined : missingPermission(error);
  let found: string;
  if (denied !== undefined) found = denied;
  else if (error.code === "ENOSPC" || error.code === "EDQUOT") {
    const { size } = await stat(job.paths.partial).catch(() => ({ size: 0 }));
    const missing = total === undefined ? "more bytes" : `${total - size} more bytes`;
    found =
      `the disk is full; ${job.paths.partial} has ${size} bytes and needs ${missing}: free some space, or ${place}`;
  } else if (mayBeInUse(error) && error.syscall === "rename") {
    found =
      `${job.paths.file} is in use (${error.code}); end the programs that use it and try again, or ${place}`;
  } else if (["EROFS", "EACCES", "EPERM"].includes(error.code ?? "")) {
    found = `${job.root} cannot be written (${error.code}); change its permissions, or ${place}`;
  } else if (error.code === "EEXIST" || error.code === "ENOTDIR") {
    found = `${job.root} is not a folder; remove the file in its place, or ${place}`;
  } else {
    return error;
  }
  const fields = { url: showUrl(job.source.url) };
  return new DownloadError(`Cannot store ${job.source.fileName}: ${found}`, fields, { cause: error });
}
