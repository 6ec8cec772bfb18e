/**
 * What lies beside the files of a prepared model: what it was made from, what they are, and what a model is made of
 * besides. Its first line is the SHA-256 of the rest.
 */
import { createHash } from "node:crypto";
import type { TensorSpec } from "../../../ffi/graph.ts";
import type { FileIdentity } from "../../checkpoint/file_identity.ts";
import type { ModelDimensions } from "../../checkpoint/types.ts";

/** The name of the manifest. */
export const MANIFEST = "manifest.json";

/** The graphs of a model. */
export const GRAPHS = ["encoder", "decoder"] as const;

/** The file of the weights of both graphs. */
export const WEIGHTS = "weights.bin";

/** Every file of a prepared model but the manifest. */
export const FILES = ["encoder.onnx", "decoder.onnx", WEIGHTS] as const;

/** The name of a file of a prepared model. */
export type PreparedFile = typeof FILES[number];

/** Everything that makes a prepared model what it is. When something of it changes, the model is made anew. */
export interface Dependencies {
  /** The SHA-256 of the checkpoint, in hexadecimal. */
  readonly sha256: string;
  /** In which numbers it multiplies by its weights. */
  readonly precision: string;
  /** What the graphs are that it was made from. */
  readonly graphs: string;
  /** Version and build of ONNX Runtime. */
  readonly library: string;
  /** The processor that the weights were packed for. */
  readonly processor: string;
}

/** What a file is, and what it was when it was last known to be that. */
export interface FileNote {
  readonly size: number;
  readonly sha256: string;
  /** Milliseconds and no device number: the runtimes differ in one, mounts in the other. */
  readonly mtimeMs: string;
  readonly inode: string;
}

/** The manifest. */
export interface Manifest {
  readonly dependencies: Dependencies;
  readonly checkpoint: {
    /** The size of its file in bytes. */
    readonly size: number;
    readonly dims: ModelDimensions;
    /** The official model that it was recognised as. */
    readonly official?: string;
  };
  /** What the graphs read and write. */
  readonly graphs: Readonly<
    Record<
      typeof GRAPHS[number],
      { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] }
    >
  >;
  readonly files: Readonly<Record<PreparedFile, FileNote>>;
}

/** Writes a manifest. */
export function formatManifest(manifest: Manifest): string {
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  return `${sumOf(text)}\n${text}`;
}

/** Reads a manifest; gives nothing where it is damaged. */
export function parseManifest(text: string): Manifest | undefined {
  const end = text.indexOf("\n");
  const rest = text.slice(end + 1);
  return end >= 0 && text.slice(0, end) === sumOf(rest) ? JSON.parse(rest) : undefined;
}

/** Tells whether a model was made from what one would be made from now. */
export function sameDependencies(a: Dependencies, b: Dependencies): boolean {
  return a.sha256 === b.sha256 && a.precision === b.precision && a.graphs === b.graphs &&
    a.library === b.library && a.processor === b.processor;
}

/** Notes what a file is that has this SHA-256. */
export function noteOf({ size, mtimeNs, ino }: FileIdentity, sha256: string): FileNote {
  return { size: Number(size), sha256, mtimeMs: `${mtimeNs / 1_000_000n}`, inode: `${ino}` };
}

/** Tells whether a file is still the one that a note was taken of. */
export function isNoted(identity: FileIdentity, note: FileNote): boolean {
  const { size, mtimeMs, inode } = noteOf(identity, note.sha256);
  return size === note.size && mtimeMs === note.mtimeMs && inode === note.inode;
}

function sumOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
