/**
 * The parser of forms: multipasta, which takes bytes as they come, holds back no more than a boundary, has limits of its
 * own and knows nothing of streams, so that it is the same on both runtimes. (busboy is a stream of Node.js; what
 * `Request.formData` gives is in memory, all of it.)
 */
import { onBun } from "../../../ffi/system/bun_package.ts";

/** What is known of a part before its content. */
export interface PartInfo {
  /** The name of the field. */
  readonly name: string;
  /** The file's name, of a file. */
  readonly filename?: string;
}

/** Why a form cannot be read. */
export interface MultipartFault {
  /** The kind: `"ReachedLimit"`, `"BadHeaders"` and its like. */
  readonly _tag: string;
  /** Which limit. */
  readonly limit?: string;
}

/** What the parser is told. */
export interface MultipartConfig {
  readonly headers: Readonly<Record<string, string>>;
  readonly maxParts: number;
  readonly maxFieldSize: number;
  readonly isFile: (part: PartInfo) => boolean;
  readonly onField: (part: PartInfo, value: Uint8Array) => void;
  readonly onFile: (part: PartInfo) => (piece: Uint8Array | null) => void;
  readonly onError: (fault: MultipartFault) => void;
  readonly onDone: () => void;
}

/** What takes the bytes. */
export interface MultipartParser {
  write(bytes: Uint8Array): void;
  end(): void;
}

interface Multipasta {
  make(config: MultipartConfig): MultipartParser;
}

let multipasta: Promise<Multipasta> | undefined;

async function importMultipasta(): Promise<Multipasta> {
  try {
    // A literal that needs no import map: it is the same from JSR, from a path and from an address.
    return await import("npm:multipasta@0.2.8").catch(onBun("multipasta", "0.2.8")) as Multipasta;
  } catch (cause) {
    multipasta = undefined;
    throw new Error("Cannot load the npm package multipasta: reading forms needs it", { cause });
  }
}

/** Gives what makes parsers. */
export async function loadMultipart(): Promise<(config: MultipartConfig) => MultipartParser> {
  const { make } = await (multipasta ??= importMultipasta());
  return make;
}
