/** From an open checkpoint to a model on a device. */
import type { OrtLibrary } from "../../ffi/library.ts";
import type { SessionPlace } from "../../ffi/session_options.ts";
import { alignmentHeadsOf } from "../checkpoint/official_heads.ts";
import { ProgressMeter } from "../checkpoint/progress.ts";
import type { OfficialModel } from "../checkpoint/registry.ts";
import type { AlignmentHead, Checkpoint } from "../checkpoint/types.ts";
import { CheckpointFormatError } from "../errors.ts";
import { Whisper } from "../model/whisper.ts";
import type { LoadModelOptions } from "./load_options.ts";
import { graphPrecision, type ModelPrecision, precisionOn } from "./model_precision.ts";
import type { ReadyCheckpoint } from "./ready_checkpoint.ts";

/** A model with its sessions, and in which numbers these multiply. */
export interface BuiltModel {
  readonly whisper: Whisper;
  readonly precision: ModelPrecision;
}

/** What building a model may be told besides what loading one may. */
export interface BuildOptions extends LoadModelOptions {
  /** Called when the creation of the sessions has begun: it goes on off this thread, which has time until it is done. */
  readonly onCreating?: (checkpoint: Omit<Checkpoint, "tensors">) => void;
}

/**
 * Makes the sessions of a checkpoint, and proves it meanwhile.
 *
 * @throws {CheckpointFormatError} when it is damaged, or was changed meanwhile.
 * @throws {OrtError} when the device cannot be used.
 */
export async function buildModel(
  library: OrtLibrary,
  ready: ReadyCheckpoint,
  place: SessionPlace,
  given: BuildOptions,
): Promise<BuiltModel> {
  const { opened, data } = ready;
  const { signal, threads, onProgress } = given;
  const total = opened.files.reduce((sum, { size }) => sum + size, 0);
  const progress = new ProgressMeter("load", onProgress, { total });
  // Checking a file may mean reading it, which goes on while the sessions are made.
  const examined = ready.examined();
  using stack = new DisposableStack();
  const precision = precisionOn(place.provider, opened.checkpoint.dims, given.precision);
  const types = await graphPrecision(library, precision, place.provider);
  const options = { ...place, threads, signal, ...data.options };
  const creating = Whisper.create(library, data.source, options, types);
  given.onCreating?.(opened.checkpoint);
  const whisper = stack.use(await creating);
  // What was checked must be what the sessions mapped.
  await opened.assertUnchanged();
  const { official = ready.official, damage } = await examined;
  if (damage !== undefined) reportDamage(damage, given);
  setModelFacts(whisper, official, ready.knownHeads);
  signal?.throwIfAborted();
  stack.move();
  progress.finish(total);
  return { whisper, precision };
}

/**
 * Tells a model what it is beyond its weights.
 *
 * @param knownHeads The alignment heads, if somebody named them. Default: the official model's.
 */
export function setModelFacts(
  whisper: Whisper,
  official: OfficialModel | undefined,
  knownHeads: readonly AlignmentHead[] | undefined,
): void {
  const heads = knownHeads ?? (official && alignmentHeadsOf(official));
  if (heads !== undefined) whisper.setAlignmentHeads(heads);
  whisper.translates = official?.translates !== false;
}

/** A local file is the user's own: what is damaged in it is an error only to one who asked to verify it. */
function reportDamage(damage: string, { verify, onWarning }: LoadModelOptions): void {
  if (verify === "always") throw new CheckpointFormatError(`Cannot use checkpoint: ${damage}`);
  onWarning?.(`Checkpoint ${damage}`);
}
