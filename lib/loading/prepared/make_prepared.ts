/**
 * Makes a prepared model: sessions are created as ever and ONNX Runtime writes what it has made of their graphs, with
 * all that was quantised, folded and packed; then the bytes are put where they can be mapped, and all gets its name at
 * once.
 *
 * ONNX Runtime writes one piece behind another, but packed weights hold addresses that were rounded up (1.30: 8-bit
 * `MatMulNBits`): mapped elsewhere than at such an address they are read from the wrong place, and the logits are NaN.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { readFully, writeFully } from "../../bytes/fully.ts";
import type { Graph } from "../../../ffi/graph.ts";
import type { OrtLibrary } from "../../../ffi/library.ts";
import type { SessionOptions } from "../../../ffi/session_options.ts";
import { REAL_CLOCK } from "../../checkpoint/download/clock.ts";
import { DownloadLock } from "../../checkpoint/download/lock.ts";
import { whenFree } from "../../checkpoint/files_in_use.ts";
import { type LoadProgress, ProgressMeter } from "../../checkpoint/progress.ts";
import { createSessions, type GraphName, modelGraphs, weightStages } from "../../model/model_sessions.ts";
import type { Precision } from "../../model/precision.ts";
import type { WeightSource } from "../../model/weights/graph_weights.ts";
import { path as pathApi } from "../../std.ts";
import { type ExternalData, externalFolder } from "../external_data.ts";
import type { CpuPrecision } from "../model_precision.ts";
import { moveExternalData, type Span } from "./external_spans.ts";
import { HashedOutput, writeDurably } from "./hashed_output.ts";
import {
  type FileNote,
  formatManifest,
  GRAPHS,
  MANIFEST,
  type Manifest,
  type PreparedFile,
  WEIGHTS,
} from "./manifest.ts";
import { writingConfig } from "./session_config.ts";
import type { WantedModel } from "./wanted.ts";
import { withoutShapes } from "./without_shapes.ts";

/** What a prepared model is made from. */
export interface PreparedSource {
  readonly checkpoint: Manifest["checkpoint"];
  /** How many values its tensors have. */
  readonly weights: number;
  readonly source: WeightSource;
  /** The types of its graphs. */
  readonly types: Precision;
  /** Where sessions run. */
  readonly place: SessionOptions;
  /** How they find the source's files. */
  readonly files: ExternalData["options"];
  /** Throws when the checkpoint that was proved is not the one that the sessions were made from. */
  assertUnchanged(): Promise<void>;
}

/** How far it is, and what stops it. */
export interface MakeOptions {
  readonly signal?: AbortSignal;
  /** Told as phase `"prepare"`. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** Bytes a weight that are written on the way: what ONNX Runtime writes and what is kept of it. Base: 5.3 and 16.2. */
const ROOM: Readonly<Record<CpuPrecision, number>> = { int8: 6, float32: 17 };

/** Every piece begins at a multiple of this; ONNX Runtime's allocator gives the same. */
const ALIGNMENT = 256;

/** Bytes copied at once. */
const PIECE = 1 << 22;

/** Milliseconds after which a lock whose owner shows no life is that of a process that was killed. */
const ABANDONED = 30_000;

/**
 * Makes a prepared model, in the place of one that is there.
 *
 * @returns Whether it was made: no, if somebody else is making it.
 * @throws {Error} when it cannot be written.
 */
export async function makePrepared(
  library: OrtLibrary,
  wanted: WantedModel,
  source: PreparedSource,
  options: MakeOptions = {},
): Promise<boolean> {
  const { dirname } = await pathApi();
  await mkdir(dirname(wanted.folder), { recursive: true });
  await using lock = await takeLock(`${wanted.folder}.lock`);
  if (lock === undefined) return false;
  await removeUnfinished(wanted.folder);
  await assertRoom(dirname(wanted.folder), ROOM[wanted.precision] * source.weights);
  const part = `${wanted.folder}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    await mkdir(part);
    await write(library, part, wanted, source, options);
    await lock.assertHeld(0);
    await publish(part, wanted.folder);
    return true;
  } finally {
    await rm(part, { recursive: true, force: true }).catch(() => {});
  }
}

/** Looks before the sessions are made, which would have to be made again. */
async function assertRoom(folder: string, wanted: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: Infinity, bsize: 1 }));
  if (bavail * bsize >= wanted) return;
  throw new Error(
    `the disk of ${folder} has ${bavail * bsize} bytes left, and it takes ${wanted}; free some space`,
  );
}

async function takeLock(path: string): Promise<DownloadLock | undefined> {
  const lock = await DownloadLock.acquire(path, REAL_CLOCK);
  if (lock !== undefined) return lock;
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
  if (Date.now() - mtimeMs < ABANDONED) return undefined;
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : await DownloadLock.acquire(path, REAL_CLOCK, text);
}

/** Removes what processes that were killed have left. Only the owner of the lock does. */
async function removeUnfinished(folder: string): Promise<void> {
  const { basename, dirname, join } = await pathApi();
  for (const name of await readdir(dirname(folder))) {
    if (!name.startsWith(`${basename(folder)}.`) || !name.endsWith(".part")) continue;
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

async function write(
  library: OrtLibrary,
  part: string,
  { precision, dependencies }: WantedModel,
  { checkpoint, source, types, place, files: sourceFiles, assertUnchanged }: PreparedSource,
  { signal, onProgress }: MakeOptions,
): Promise<void> {
  const { join } = await pathApi();
  new ProgressMeter("prepare", onProgress);
  const stages = weightStages(types);
  const graphs = modelGraphs(source, types, stages);
  for (const stage of Object.values(stages ?? {})) {
    await using file = await open(join(part, stage.location), "w");
    const store = (bytes: Uint8Array, offset: number) => writeFully(file, bytes, offset);
    await stage.make(library, source, { ...place, ...sourceFiles, signal }, store);
  }
  const files = stages === undefined ? sourceFiles : { config: externalFolder(part) };
  const plan = (name: GraphName) => ({
    graph: graphs[name],
    options: {
      ...place,
      ...files,
      signal,
      optimizedModelPath: join(part, rawModel(name)),
      config: { ...files.config, ...writingConfig(rawWeights(name), precision, name) },
    },
  });
  const plans = { encoder: plan("encoder"), decoder: plan("decoder") };
  const sessions = await createSessions(library, plans, checkpoint.dims);
  for (const session of Object.values(sessions)) session[Symbol.dispose]();
  for (const { location } of Object.values(stages ?? {})) await rm(join(part, location));
  await assertUnchanged();
  const manifest: Manifest = {
    dependencies,
    checkpoint,
    graphs: { encoder: specsOf(graphs.encoder), decoder: specsOf(graphs.decoder) },
    files: await arrange(part, { signal, onProgress }),
  };
  await writeDurably(join(part, MANIFEST), new TextEncoder().encode(formatManifest(manifest)));
}

/** Names of what ONNX Runtime writes. */
const rawModel = (name: GraphName) => `${name}.raw.onnx`;
const rawWeights = (name: GraphName) => `${name}.raw.bin`;

function specsOf({ inputs, outputs }: Graph): Manifest["graphs"][GraphName] {
  return { inputs: [...inputs.values()], outputs: [...outputs.values()] };
}

/** Puts the weights of both graphs into one file, each piece where it may be mapped. */
async function arrange(part: string, { signal, onProgress }: MakeOptions): Promise<Manifest["files"]> {
  const { join } = await pathApi();
  const notes = {} as Record<PreparedFile, FileNote>;
  const pieces: { readonly from: GraphName; readonly span: Span; readonly at: number }[] = [];
  let end = 0;
  for (const name of GRAPHS) {
    const raw = await readFile(join(part, rawModel(name)));
    const model = moveExternalData(raw, WEIGHTS, (span) => {
      const at = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      pieces.push({ from: name, span, at });
      end = at + span.length;
      return at;
    });
    notes[`${name}.onnx`] = await writeDurably(join(part, `${name}.onnx`), withoutShapes(model));
  }
  await using stack = new AsyncDisposableStack();
  const opened = async (name: string, flags: string) => {
    const handle = await open(join(part, name), flags);
    stack.defer(() => handle.close());
    return handle;
  };
  const raw = {
    encoder: await opened(rawWeights("encoder"), "r"),
    decoder: await opened(rawWeights("decoder"), "r"),
  };
  const output = new HashedOutput(await opened(WEIGHTS, "w"));
  const progress = new ProgressMeter("prepare", onProgress, { total: end });
  const buffer = new Uint8Array(Math.min(PIECE, end));
  for (const { from, span, at } of pieces) {
    await output.write(new Uint8Array(at - output.length));
    for (let done = 0; done < span.length;) {
      signal?.throwIfAborted();
      const bytes = buffer.subarray(0, Math.min(buffer.length, span.length - done));
      const read = await readFully(raw[from], bytes, span.offset + done);
      // A full disk may have kept ONNX Runtime from writing all of it.
      if (read < bytes.length) throw new Error("ONNX Runtime has not written all of the model");
      await output.write(bytes);
      progress.update(output.length);
      done += bytes.length;
    }
  }
  notes[WEIGHTS] = await output.finish();
  for (const name of GRAPHS) {
    await rm(join(part, rawModel(name)));
    await rm(join(part, rawWeights(name)));
  }
  progress.finish(end);
  return notes;
}

/** Gives what was made its name. What had it before goes; processes that have it mapped go on with it. */
async function publish(part: string, folder: string): Promise<void> {
  const old = `${part.slice(0, -".part".length)}.old.part`;
  await whenFree(() => rename(folder, old)).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  await whenFree(() => rename(part, folder));
  await rm(old, { recursive: true, force: true }).catch(() => {});
}
