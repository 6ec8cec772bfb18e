/**
 * Makes the prepared model of a checkpoint that is open, where that pays. Why it cannot be made is nobody's error: the
 * checkpoint is there.
 */
import type { OrtLibrary } from "../../../ffi/library.ts";
import { missingPermission } from "../../../ffi/permission.ts";
import type { SessionPlace } from "../../../ffi/session_options.ts";
import { elementCount } from "../../../ffi/value.ts";
import { cacheRoot } from "../../checkpoint/cache/cache_paths.ts";
import { preparedRoot } from "../../checkpoint/cache/prepared_folder.ts";
import type { BuildOptions, BuiltModel } from "../build_model.ts";
import type { LoadModelOptions } from "../load_options.ts";
import { type CpuPrecision, cpuPrecision, graphPrecision } from "../model_precision.ts";
import type { ReadyCheckpoint } from "../ready_checkpoint.ts";
import { mayBePrepared, tryToBuild } from "./build_prepared.ts";
import { makePrepared } from "./make_prepared.ts";
import { type WantedModel, wantedModel } from "./wanted.ts";

/**
 * Makes the prepared model of an open checkpoint, if one is to be made, and builds from it.
 *
 * @returns Nothing if it is not to be made or cannot be.
 */
export async function prepareAndBuild(
  library: OrtLibrary,
  ready: ReadyCheckpoint,
  place: SessionPlace,
  given: BuildOptions,
): Promise<BuiltModel | undefined> {
  if (!mayBePrepared(place, given)) return undefined;
  const precision = cpuPrecision(ready.opened.checkpoint.dims, given.precision);
  if (precision === "float32" && given.prepared !== true) return undefined;
  if (given.prepared !== true && ready.isLocal) return undefined;
  const wanted = await makeFor(library, ready, precision, given).catch((error) => {
    given.signal?.throwIfAborted();
    if (given.prepared === true || !isReadOnly(error)) {
      given.onWarning?.(`The model is not kept prepared: ${(error as Error).message}`);
    }
    return undefined;
  });
  // It has just been written.
  return wanted && await tryToBuild(library, wanted, place, { ...given, verify: "never" }, () => true);
}

/**
 * Makes the prepared model of an open checkpoint.
 *
 * @returns Which it is; nothing if none can be made of this checkpoint, or somebody else is making it.
 * @throws {Error} when it cannot be written.
 */
export async function makeFor(
  library: OrtLibrary,
  ready: ReadyCheckpoint,
  precision: CpuPrecision,
  given: LoadModelOptions,
): Promise<WantedModel | undefined> {
  const { opened: { checkpoint, files: [{ size }] }, data, sha256 } = ready;
  if (sha256 === undefined) return undefined;
  const root = await cacheRoot(given);
  if (given.prepared !== true && !library.ffi.permits("write", await preparedRoot(root))) return undefined;
  const wanted = await wantedModel(library, root, { sha256, precision });
  if (wanted === undefined) return undefined;
  const { official = ready.official } = await ready.examined();
  const weights = [...checkpoint.tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const made = await makePrepared(library, wanted, {
    checkpoint: { size, dims: checkpoint.dims, official: official?.name },
    weights,
    source: data.source,
    types: await graphPrecision(library, precision),
    place: { provider: "cpu", threads: given.threads },
    files: data.options,
    assertUnchanged: () => ready.opened.assertUnchanged(),
  }, given);
  return made ? wanted : undefined;
}

/** A cache that nobody is to write to: that is no fault. */
function isReadOnly(error: unknown): boolean {
  return missingPermission(error) !== undefined ||
    ["EROFS", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
}
