/**
 * A prepared model on its way into sessions: found, looked at, and proved while they are made. Its weights are mapped
 * where they lie, so processes share them.
 */
import { type FileHandle, open, readFile, rename, writeFile } from "node:fs/promises";
import type { Graph, TensorSpecs } from "../../../ffi/graph.ts";
import type { SessionOptions } from "../../../ffi/session_options.ts";
import type { Verification } from "../../checkpoint/cache/cached_file.ts";
import { type FileIdentity, identityOf, isUnchanged } from "../../checkpoint/file_identity.ts";
import { createSha256, hashFile } from "../../checkpoint/hash.ts";
import type { GraphName } from "../../model/model_sessions.ts";
import { path as pathApi } from "../../std.ts";
import {
  FILES,
  formatManifest,
  GRAPHS,
  isNoted,
  MANIFEST,
  type Manifest,
  noteOf,
  parseManifest,
  type PreparedFile,
  sameDependencies,
  WEIGHTS,
} from "./manifest.ts";
import { sessionConfig } from "./session_config.ts";
import type { WantedModel } from "./wanted.ts";

/** Thrown when a prepared model is not what its manifest says. It is of no use then. */
export class DamagedModelError extends Error {
  override name = "DamagedModelError";
}

/** A prepared model whose files are held open. Whoever opened it disposes it, once the sessions are made. */
export interface PreparedModel extends AsyncDisposable {
  readonly manifest: Manifest;
  /** Bytes of its files. */
  readonly size: number;
  /** What its sessions are created from. */
  readonly graphs: Readonly<Record<GraphName, Graph>>;
  /** And with, besides where and how they run. */
  readonly options: Readonly<Record<GraphName, Pick<SessionOptions, "config" | "optimization">>>;
  /**
   * Proves the weights, which may mean to hash them. To be called while the sessions are made.
   *
   * @throws {DamagedModelError} when they are not those that were written.
   */
  prove(signal?: AbortSignal): Promise<void>;
  /**
   * Makes sure that what was proved is what the sessions mapped.
   *
   * @throws {DamagedModelError} when a file was changed, replaced or removed.
   */
  assertUnchanged(): Promise<void>;
}

/**
 * Opens a prepared model.
 *
 * @returns Nothing if it is not there, or was made from something else.
 * @throws {DamagedModelError} when it is damaged.
 */
export async function openPrepared(
  { folder, precision, dependencies }: WantedModel,
  verify: Verification,
): Promise<PreparedModel | undefined> {
  const { join } = await pathApi();
  const text = await readFile(join(folder, MANIFEST), "utf8").catch((error) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const manifest = parseManifest(text);
  if (manifest === undefined) throw new DamagedModelError("its manifest is damaged");
  if (!sameDependencies(manifest.dependencies, dependencies)) return undefined;
  await using stack = new AsyncDisposableStack();
  const files = {} as Record<PreparedFile, OpenFile>;
  for (const name of FILES) {
    files[name] = stack.use(await openFile(join(folder, name), name, manifest));
  }
  const graphs = {} as Record<GraphName, Graph>;
  for (const name of GRAPHS) {
    const { inputs, outputs } = manifest.graphs[name];
    const bytes = await readGraph(files[`${name}.onnx`]);
    graphs[name] = { bytes, inputs: specsOf(inputs), outputs: specsOf(outputs) };
  }
  const owned = stack.move();
  return {
    manifest,
    size: FILES.reduce((sum, name) => sum + manifest.files[name].size, 0),
    graphs,
    options: {
      encoder: { optimization: "none", config: sessionConfig(folder, precision, "encoder") },
      decoder: { optimization: "none", config: sessionConfig(folder, precision, "decoder") },
    },
    prove: (signal) => prove(folder, manifest, files, { verify, signal }),
    assertUnchanged: () => assertUnchanged(files),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A file that is held open. */
interface OpenFile extends AsyncDisposable {
  readonly name: PreparedFile;
  readonly path: string;
  readonly handle: FileHandle;
  readonly identity: FileIdentity;
  readonly sha256: string;
}

async function openFile(path: string, name: PreparedFile, { files }: Manifest): Promise<OpenFile> {
  const handle = await open(path, "r").catch((error) => {
    if (error.code === "ENOENT") throw new DamagedModelError(`${name} is missing`);
    throw error;
  });
  const identity = identityOf(await handle.stat({ bigint: true }));
  const { size, sha256 } = files[name];
  if (Number(identity.size) === size) {
    return { name, path, handle, identity, sha256, [Symbol.asyncDispose]: () => handle.close() };
  }
  await handle.close();
  throw new DamagedModelError(`${name} has ${identity.size} bytes, it must have ${size}`);
}

/** Reads a graph. It is small, and ONNX Runtime parses it: so it is proved whenever it is read. */
async function readGraph({ name, handle, sha256 }: OpenFile): Promise<Uint8Array> {
  const bytes = await handle.readFile();
  if (createSha256().update(bytes).digest("hex") !== sha256) throw damagedContent(name);
  return bytes;
}

function damagedContent(name: PreparedFile): DamagedModelError {
  return new DamagedModelError(`the content of ${name} is damaged`);
}

function specsOf(specs: Manifest["graphs"][GraphName]["inputs"]): TensorSpecs {
  return new Map(specs.map((spec) => [spec.name, spec]));
}

async function prove(
  folder: string,
  manifest: Manifest,
  files: Record<PreparedFile, OpenFile>,
  { verify, signal }: { readonly verify: Verification; readonly signal?: AbortSignal },
): Promise<void> {
  const { handle, identity, sha256 } = files[WEIGHTS];
  if (verify === "never") return;
  if (verify === "once" && isNoted(identity, manifest.files[WEIGHTS])) return;
  const hash = createSha256();
  await hashFile(handle, hash, { signal });
  if (hash.digest("hex") !== sha256) throw damagedContent(WEIGHTS);
  if (verify === "once") await renewNotes(folder, manifest, files);
}

/** Keeps what the files are by now; where that cannot be written, they are hashed again next time. */
async function renewNotes(
  folder: string,
  manifest: Manifest,
  files: Record<PreparedFile, OpenFile>,
): Promise<void> {
  const { join } = await pathApi();
  const notes = FILES.map((name) => [name, noteOf(files[name].identity, files[name].sha256)]);
  const text = formatManifest({ ...manifest, files: Object.fromEntries(notes) });
  const temporary = join(folder, `${MANIFEST}.${crypto.randomUUID().slice(0, 8)}`);
  await writeFile(temporary, text)
    .then(() => rename(temporary, join(folder, MANIFEST)))
    .catch(() => {});
}

async function assertUnchanged(files: Record<PreparedFile, OpenFile>): Promise<void> {
  for (const { name, path, handle, identity } of Object.values(files)) {
    if (await isUnchanged(handle, path, identity)) continue;
    throw new DamagedModelError(`${name} was changed, replaced or removed while it was loaded`);
  }
}
