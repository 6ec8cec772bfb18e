/**
 * A checkpoint that is found, proven and open, with its weights as sessions take them: mapped, or read into memory.
 */
import type { OrtLibrary } from "../../ffi/library.ts";
import { anySignal } from "../async/signals.ts";
import { sameFile } from "../checkpoint/file_identity.ts";
import { createSha256 } from "../checkpoint/hash.ts";
import { type OpenCheckpoint, openCheckpoint } from "../checkpoint/open_checkpoint.ts";
import { modelBySha256, type OfficialModel } from "../checkpoint/registry.ts";
import type { AlignmentHead } from "../checkpoint/types.ts";
import { CheckpointFormatError, ChecksumMismatchError } from "../errors.ts";
import { type ExternalData, mapFiles, readFiles } from "./external_data.ts";
import type { LoadModelOptions } from "./load_options.ts";
import { locateCheckpoint, type LocatedCheckpoint } from "./locate_checkpoint.ts";
import { type ExaminedWeights, WeightExamination } from "./weight_examination.ts";

/** A checkpoint that is open, and its weights as sessions take them. Whoever opened it disposes it. */
export interface ReadyCheckpoint extends AsyncDisposable {
  /** The checkpoint and its files. */
  readonly opened: OpenCheckpoint;
  /** Its weights. */
  readonly data: ExternalData;
  /** What is found out about them, from the first call on: while the sessions are made. */
  examined(): Promise<ExaminedWeights>;
  /** The alignment heads that somebody named: the caller, OpenAI, or the checkpoint. */
  readonly knownHeads?: readonly AlignmentHead[];
  /** The official model that the SHA-256 names. */
  readonly official?: OfficialModel;
  /** The SHA-256 that its only file was proved to have, in hexadecimal. */
  readonly sha256?: string;
  /** Whether it lies elsewhere than in the cache. */
  readonly isLocal: boolean;
}

/**
 * Finds a checkpoint, proves it and opens it.
 *
 * @throws {ModelNotFoundError | DownloadError | ChecksumMismatchError | CheckpointFormatError} when it cannot be had
 * or is not what it should be.
 */
export async function openReadyCheckpoint(
  library: OrtLibrary,
  source: string | URL,
  options: LoadModelOptions,
): Promise<ReadyCheckpoint> {
  if (options.inMemory !== true) {
    const located = await locateCheckpoint(source, options);
    return await open(located, options, (opened) => mapFiles(library, opened, options.signal));
  }
  // The bytes are hashed as they are read, once; only where they are wrong does the cache look at its file.
  const located = await locateCheckpoint(source, options, { proven: false });
  try {
    return await openProven(library, located, options);
  } catch (error) {
    const isWrong = error instanceof ChecksumMismatchError || error instanceof CheckpointFormatError;
    if (!isWrong || !located.cached || options.verify === "never") throw error;
    const healed = await locateCheckpoint(source, { ...options, verify: "always" });
    return await openProven(library, healed, options);
  }
}

/** Reads a checkpoint into memory and proves the very bytes that were read. */
async function openProven(
  library: OrtLibrary,
  located: LocatedCheckpoint,
  options: LoadModelOptions,
): Promise<ReadyCheckpoint> {
  const { signal } = options;
  const { path, sha256: expected, cached } = located;
  return await open(located, options, async (opened, examination) => {
    const proves = expected !== undefined && !(cached && options.verify === "never");
    const hash = proves ? createSha256() : undefined;
    let bytes = 0;
    const data = await readFiles(library, opened, signal, (piece) => {
      examination.update(piece);
      hash?.update(piece);
      bytes += piece.byteLength;
    });
    const actual = hash?.digest("hex");
    if (actual === undefined || actual === expected) return data;
    data[Symbol.dispose]();
    throw new ChecksumMismatchError(
      `Cannot use checkpoint ${path}: it has the SHA-256 ${actual} and not ${expected}`,
      { url: path, expected: expected!, actual, bytes },
    );
  });
}

async function open(
  located: LocatedCheckpoint,
  options: LoadModelOptions,
  read: (opened: OpenCheckpoint, examination: WeightExamination) => Promise<ExternalData>,
): Promise<ReadyCheckpoint> {
  await using stack = new AsyncDisposableStack();
  const opened = stack.use(await openCheckpoint(located.path, { signal: options.signal }));
  assertLocated(opened, located);
  const knownHeads = options.alignmentHeads ?? located.alignmentHeads ?? opened.checkpoint.alignmentHeads;
  const examination = await WeightExamination.begin(opened, {
    recognise: knownHeads === undefined,
    // A SHA-256 proves all of the file.
    checksums: located.sha256 === undefined && options.verify !== "never",
  });
  const data = stack.use(await read(opened, examination));
  const stop = new AbortController();
  stack.defer(() => stop.abort());
  let examined: Promise<ExaminedWeights> | undefined;
  const examine = () => {
    const examined = examination.finish(anySignal(stop.signal, options.signal));
    examined.catch(() => {}); // Whoever asked may not come to wait for it.
    return examined;
  };
  const owned = stack.move();
  const official = modelBySha256(located.sha256 ?? "");
  return {
    opened,
    data,
    examined: () => examined ??= examine(),
    knownHeads,
    official,
    sha256: located.identity === undefined || options.verify === "never" ? undefined : located.sha256,
    isLocal: !located.cached,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The file that was hashed must be the one that was opened. */
function assertLocated({ files }: OpenCheckpoint, { path, identity }: LocatedCheckpoint): void {
  if (identity !== undefined && !sameFile(identity, files[0].identity)) {
    throw new CheckpointFormatError(`Cannot use checkpoint ${path}: it was changed after it was verified`);
  }
}
