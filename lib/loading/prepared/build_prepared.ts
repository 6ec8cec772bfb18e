/**
 * A model from a prepared one, which is made first where that pays. What is wrong with it, and why it cannot be made, is
 * nobody's error: the checkpoint is there.
 */
import type { OrtLibrary } from "../../../ffi/library.ts";
import { missingPermission } from "../../../ffi/permission.ts";
import type { SessionPlace } from "../../../ffi/session_options.ts";
import { elementCount } from "../../../ffi/value.ts";
import { anySignal } from "../../async/signals.ts";
import { cacheRoot } from "../../checkpoint/cache/cache_paths.ts";
import { preparedRoot } from "../../checkpoint/cache/prepared_folder.ts";
import { ProgressMeter } from "../../checkpoint/progress.ts";
import { findModel, modelBySha256 } from "../../checkpoint/registry.ts";
import { modelGraphs, Whisper } from "../../model/whisper.ts";
import { type BuildOptions, type BuiltModel, setModelFacts } from "../build_model.ts";
import type { LoadModelOptions } from "../load_options.ts";
import { findKnownFile } from "../locate_checkpoint.ts";
import { type CpuPrecision, cpuPrecision, graphPrecision } from "../model_precision.ts";
import type { ReadyCheckpoint } from "../ready_checkpoint.ts";
import { makePrepared } from "./make_prepared.ts";
import { openPrepared, type PreparedModel } from "./open_prepared.ts";
import { type WantedModel, wantedModel } from "./wanted.ts";

/**
 * Builds a model from the prepared one of its checkpoint, if there is one.
 *
 * @returns Nothing if there is none, or none that can be used.
 */
export async function buildPrepared(
  library: OrtLibrary,
  source: string | URL,
  place: SessionPlace,
  given: BuildOptions,
): Promise<BuiltModel | undefined> {
  if (!mayBePrepared(place, given)) return undefined;
  const file = await findKnownFile(source, given);
  if (file === undefined || !(file.cached || given.prepared)) return undefined;
  const root = await cacheRoot(given);
  if (!library.ffi.permits("read", await preparedRoot(root))) return undefined;
  const { precision: asked } = given;
  const candidates = asked === "auto"
    ? ["int8", "float32"] as const
    : [asked === "int8" ? asked : "float32"] as const;
  for (const precision of candidates) {
    const wanted = await wantedModel(library, root, { sha256: file.sha256, precision });
    if (wanted === undefined) return undefined;
    const isMeant = ({ manifest: { checkpoint } }: PreparedModel) =>
      checkpoint.size === file.size && cpuPrecision(checkpoint.dims, asked) === precision;
    const built = await tryToBuild(library, wanted, place, given, isMeant);
    if (built !== undefined) return built;
  }
}

/** Whether prepared models are used at all. */
function mayBePrepared({ provider }: SessionPlace, { prepared, inMemory }: LoadModelOptions): boolean {
  return provider === "cpu" && prepared !== false && inMemory !== true;
}

async function tryToBuild(
  library: OrtLibrary,
  wanted: WantedModel,
  place: SessionPlace,
  given: BuildOptions,
  isMeant: (prepared: PreparedModel) => boolean,
): Promise<BuiltModel | undefined> {
  try {
    await using prepared = await openPrepared(wanted, given.verify ?? "always");
    if (prepared === undefined || !isMeant(prepared)) return undefined;
    return { whisper: await build(library, prepared, place, given), precision: wanted.precision };
  } catch (error) {
    given.signal?.throwIfAborted();
    // What the caller has given wrongly is wrong for the checkpoint too.
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    given.onWarning?.(`The prepared model ${wanted.folder} is not used: ${(error as Error).message}`);
  }
}

async function build(
  library: OrtLibrary,
  prepared: PreparedModel,
  place: SessionPlace,
  { threads, signal, onProgress, alignmentHeads, onCreating }: BuildOptions,
): Promise<Whisper> {
  const { manifest: { checkpoint, dependencies }, graphs, options, size } = prepared;
  const progress = new ProgressMeter("load", onProgress, { total: size });
  const stop = new AbortController();
  const proved = prepared.prove(anySignal(stop.signal, signal));
  proved.catch(() => {});
  using stack = new DisposableStack();
  stack.defer(() => stop.abort());
  const plan = (name: "encoder" | "decoder") => ({
    graph: graphs[name],
    options: { ...place, threads, signal, ...options[name] },
  });
  const plans = { encoder: plan("encoder"), decoder: plan("decoder") };
  const creating = Whisper.fromGraphs(library, checkpoint, plans);
  onCreating?.(checkpoint);
  const whisper = stack.use(await creating);
  await proved;
  await prepared.assertUnchanged();
  const official = modelBySha256(dependencies.sha256) ?? findModel(checkpoint.official ?? "");
  setModelFacts(whisper, official, alignmentHeads);
  signal?.throwIfAborted();
  stack.move();
  progress.finish(size);
  return whisper;
}

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
  const graphs = modelGraphs(data.source, await graphPrecision(library, precision));
  const weights = [...checkpoint.tensors.values()].reduce((sum, { shape }) => sum + elementCount(shape), 0);
  const made = await makePrepared(library, wanted, {
    checkpoint: { size, dims: checkpoint.dims, official: official?.name },
    weights,
    graphs,
    options: { provider: "cpu", threads: given.threads, ...data.options },
    assertUnchanged: () => ready.opened.assertUnchanged(),
  }, given);
  return made ? wanted : undefined;
}

/** A cache that nobody is to write to: that is no fault. */
function isReadOnly(error: unknown): boolean {
  return missingPermission(error) !== undefined ||
    ["EROFS", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
}
