/** Making a prepared model before it is needed. */
import { openLibrary } from "../../../ffi/library.ts";
import { cacheRoot } from "../../checkpoint/cache/cache_paths.ts";
import { REAL_CLOCK } from "../../checkpoint/download/clock.ts";
import { watchLock } from "../../checkpoint/download/lock.ts";
import type { LoadModelOptions } from "../load_options.ts";
import { cpuPrecision } from "../model_precision.ts";
import { openReadyCheckpoint } from "../ready_checkpoint.ts";
import { DamagedModelError, openPrepared } from "./open_prepared.ts";
import { makeFor } from "./prepare_checkpoint.ts";
import { type WantedModel, wantedModel } from "./wanted.ts";

/**
 * Makes the prepared model of a checkpoint, unless it is there and good.
 *
 * @returns Its folder.
 * @throws {Error} when it cannot be kept.
 */
export async function prepareAhead(source: string, given: LoadModelOptions): Promise<string> {
  const library = await openLibrary(given);
  const { signal } = given;
  // It is kept by a SHA-256, which must be true.
  const verify = given.verify === "once" ? "once" : "always";
  await using ready = await openReadyCheckpoint(library, source, { ...given, verify });
  const precision = cpuPrecision(ready.opened.checkpoint.dims, given.precision);
  const { sha256 } = ready;
  const wanted = sha256 && await wantedModel(library, await cacheRoot(given), { sha256, precision });
  if (!wanted) throw new Error(`Cannot prepare ${source}: this system does not tell what its processor is`);
  for (;;) {
    signal?.throwIfAborted();
    if (await isGood(wanted, signal)) return wanted.folder;
    try {
      if (await makeFor(library, ready, precision, { ...given, prepared: true })) return wanted.folder;
    } catch (cause) {
      signal?.throwIfAborted();
      throw new Error(`Cannot prepare ${source}: ${(cause as Error).message}`, { cause });
    }
    // Somebody else is making it.
    await watchLock(`${wanted.folder}.lock`, REAL_CLOCK, { signal });
  }
}

async function isGood(wanted: WantedModel, signal?: AbortSignal): Promise<boolean> {
  try {
    await using prepared = await openPrepared(wanted, "always");
    await prepared?.prove(signal);
    return prepared !== undefined;
  } catch (error) {
    if (error instanceof DamagedModelError) return false;
    throw error;
  }
}
