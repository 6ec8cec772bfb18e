/** A model from a prepared one. What is wrong with that is nobody's error: the checkpoint is there. */
import type { OrtLibrary } from "../../../ffi/library.ts";
import type { SessionPlace } from "../../../ffi/session_options.ts";
import { anySignal } from "../../async/signals.ts";
import { cacheRoot } from "../../checkpoint/cache/cache_paths.ts";
import { preparedRoot } from "../../checkpoint/cache/prepared_folder.ts";
import { ProgressMeter } from "../../checkpoint/progress.ts";
import { findModel, modelBySha256 } from "../../checkpoint/registry.ts";
import { Whisper } from "../../model/whisper.ts";
import { type BuildOptions, type BuiltModel, setModelFacts } from "../build_model.ts";
import type { LoadModelOptions } from "../load_options.ts";
import { findKnownFile } from "../locate_checkpoint.ts";
import { cpuPrecision } from "../model_precision.ts";
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
export function mayBePrepared({ provider }: SessionPlace, { prepared, inMemory }: LoadModelOptions): boolean {
  return provider === "cpu" && prepared !== false && inMemory !== true;
}

/**
 * Builds a model from a prepared one.
 *
 * @param isMeant Whether it is that of the checkpoint that was asked for.
 * @returns Nothing if it is not there, not meant, or cannot be used; the last is warned of.
 */
export async function tryToBuild(
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
