/**
 * Where audio comes from: a path, a URL, bytes, a `Blob`, a `Response` or a stream, behind one interface that reads
 * at any offset. Files and `Blob`s are read piece by piece; the rest is collected first, in memory, or if it is
 * long in a temporary file.
 */
import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { missingPermission } from "../../ffi/permission.ts";
import { AudioDecodeError, wrongArgument } from "../errors.ts";
import { readChunks } from "./collect_bytes.ts";
import { openScratchFile, piecesOf, type ScratchFile } from "./temporary_file.ts";

/**
 * Audio as a file in any format: a path, a `URL` object, the bytes, a `Blob`, the `Response` of a `fetch`, or a
 * stream of bytes: a `ReadableStream`, a readable stream of Node.js, or any async iterable of `Uint8Array`s.
 */
export type AudioFile =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Blob
  | Response
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Bytes that can be read at any offset. Whoever opened it disposes it. */
export interface AudioInput extends AsyncDisposable {
  /** How messages call it: the path in quotes, the address, "the audio bytes". */
  readonly name: string;
  /** The path, if it is a regular file. */
  readonly path?: string;
  /** The number of bytes. */
  readonly size: number;
  /** Reads `length` bytes at `offset`, fewer only if the input ends before. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * Fills `bytes` with what is at `offset`, at once, where that can be done. Gives how many there are, fewer only
   * where the input ends.
   */
  readSync?(offset: number, bytes: Uint8Array): number;
}

/** What opening and decoding may be told. */
export interface AudioInputOptions {
  /** Stops reading, fetching and decoding. */
  readonly signal?: AbortSignal;
  /**
   * Fetches `http:`, `https:`, `data:` and `blob:` URLs.
   *
   * @default {globalThis.fetch}
   */
  readonly fetch?: typeof fetch;
}

/**
 * Opens an audio file. Requires `--allow-read` permission for paths and `--allow-net` for `http:` URLs.
 *
 * @throws {AudioDecodeError} when a file or a URL cannot be read.
 * @throws {TypeError} when `file` is of another kind.
 */
export async function openAudioInput(file: AudioFile, options: AudioInputOptions = {}): Promise<AudioInput> {
  if (typeof file === "string") return await openPath(file, options);
  if (file instanceof URL) return await openUrl(file, options);
  if (file instanceof Uint8Array) return ofBytes(file, "the audio bytes");
  if (file instanceof ArrayBuffer) return ofBytes(new Uint8Array(file), "the audio bytes");
  if (file instanceof Blob) return ofBlob(file);
  if (isResponse(file)) return await ofResponse(file, options);
  if (isAsyncIterable(file)) return await ofStream(file, "the audio stream", options.signal);
  throw wrongArgument(
    "INVALID_INPUT",
    `Cannot read audio from ${
      describe(file)
    }: a path, a URL, the bytes of a file, a Blob, a Response, a stream ` +
      "of bytes, or samples at 16 kHz as a Float32Array or an Int16Array are wanted",
  );
}

/** The class of `fetch`, or of another library's: what counts is what it can do. */
function isResponse(value: unknown): value is Response {
  return value instanceof Response ||
    (isObject(value) && typeof value.arrayBuffer === "function" && "ok" in value && "body" in value);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<Uint8Array> {
  return isObject(value) && typeof value[Symbol.asyncIterator] === "function";
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === "object" && value !== null;
}

/** Names what was given instead of audio, and what to do if that is a known mistake. */
function describe(value: unknown): string {
  if (!isObject(value)) return typeof value === "function" ? "a function" : String(value);
  const name = (value.constructor as { name?: string } | undefined)?.name || "Object";
  const advice = value instanceof Promise
    ? " (await it first)"
    : value.readable instanceof ReadableStream
    ? " (its property readable is a stream)"
    : ArrayBuffer.isView(value) && name !== "DataView"
    ? " (Float32Array.from converts it, full scale being 1)"
    : "";
  return `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}${advice}`;
}

async function ofResponse(
  response: Response,
  { signal }: AudioInputOptions,
  name = URL.canParse(response.url) ? nameOf(new URL(response.url)) : "the audio response",
): Promise<AudioInput> {
  if (!response.ok) {
    await response.body?.cancel();
    throw new AudioDecodeError(
      `Cannot fetch ${name}: the server answered ${response.status} ${response.statusText}`.trimEnd(),
    );
  }
  if (response.bodyUsed) {
    throw wrongArgument("INVALID_INPUT", `Cannot read ${name}: its body has been read already`);
  }
  try {
    return response.body ? await ofStream(response.body, name, signal) : ofBytes(new Uint8Array(0), name);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof AudioDecodeError) throw cause;
    throw new AudioDecodeError(`Cannot fetch ${name}: ${(cause as Error).message}`, {}, { cause });
  }
}

/** The query may hold a secret, and a data URL is the audio itself. */
function nameOf(url: URL): string {
  return url.protocol.startsWith("http") ? url.origin + url.pathname : `the ${url.protocol} URL`;
}

async function openPath(path: string, { signal }: AudioInputOptions): Promise<AudioInput> {
  const name = JSON.stringify(path);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path);
    const stats = await handle.stat();
    if (stats.isDirectory()) throw new AudioDecodeError(`Cannot read ${name}: it is a directory, not a file`);
    if (stats.isFile()) return ofHandle(handle, name, path, stats.size);
    // A pipe or a device: no size and no offsets.
    const pipe = handle.createReadStream();
    handle = undefined; // The stream closes it.
    return await ofStream(pipe, name, signal);
  } catch (cause) {
    await handle?.close();
    signal?.throwIfAborted();
    if (cause instanceof AudioDecodeError) throw cause;
    throw new AudioDecodeError(`Cannot read ${name}: ${explain(cause, path)}`, {}, { cause });
  }
}

function explain(cause: unknown, path: string): string {
  const denied = missingPermission(cause);
  if (denied !== undefined) return denied;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "EISDIR") return "it is a directory, not a file";
  if (code !== "ENOENT") return message;
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(path)
    ? "there is no such file; to fetch an address, pass a URL object"
    : "there is no such file";
}

async function openUrl(
  url: URL,
  { signal, fetch = globalThis.fetch }: AudioInputOptions,
): Promise<AudioInput> {
  if (url.protocol === "file:") return await openPath(fileURLToPath(url), { signal });
  if (!["http:", "https:", "data:", "blob:"].includes(url.protocol)) {
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot read audio from ${url.protocol} URLs: file, http, https, data or blob is wanted`,
    );
  }
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const why = missingPermission(cause) ?? (cause as Error).message;
    throw new AudioDecodeError(`Cannot fetch ${nameOf(url)}: ${why}`, {}, { cause });
  }
  return await ofResponse(response, { signal }, nameOf(url));
}

/** Reads until there is no more room or no more to read. */
function fill(bytes: Uint8Array, read: (filled: number) => number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const count = read(filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** An input that can be read at once. */
export type ReadableAudio = AudioInput & Required<Pick<AudioInput, "readSync">>;

function ofHandle(
  handle: FileHandle,
  name: string,
  path: string | undefined,
  size: number,
  owner: AsyncDisposable = { [Symbol.asyncDispose]: () => handle.close() },
): ReadableAudio {
  return {
    name,
    path,
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    readSync: (offset, bytes) =>
      fill(bytes, (filled) => readSync(handle.fd, bytes, filled, bytes.length - filled, offset + filled)),
    [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose](),
  };
}

/** Bytes of a stream that stay in memory: half an hour of speech as telephones and browsers record it. */
const MOST_IN_MEMORY = 16 << 20;

/**
 * Reads a stream to its end, and keeps it: what is longer goes to a file of the temporary folder without a name, or
 * stays in memory where there is none to be had.
 *
 * @throws {AudioDecodeError} when the file cannot be written.
 */
async function ofStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  name: string,
  signal?: AbortSignal,
): Promise<ReadableAudio> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let file: ScratchFile | undefined;
  let fits = true;
  try {
    await readChunks(stream, async (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (fits && size > MOST_IN_MEMORY) {
        fits = false;
        file = await openScratchFile();
      }
      if (file === undefined) return;
      for (const bytes of chunks) await write(file, bytes, name);
      chunks = [];
    }, signal);
  } catch (error) {
    await file?.[Symbol.asyncDispose]();
    throw error;
  }
  return file ? ofHandle(file.handle, name, undefined, size, file) : ofBytes(joined(chunks, size), name);
}

async function write({ handle }: ScratchFile, bytes: Uint8Array, name: string): Promise<void> {
  try {
    await handle.writeFile(bytes);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new AudioDecodeError(
      `Cannot read ${name}: it is long, and its temporary file cannot be written: ${why}`,
      {},
      { cause },
    );
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function ofBytes(bytes: Uint8Array, name: string): ReadableAudio {
  return {
    name,
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
    readSync(offset, into) {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function ofBlob(blob: Blob): AudioInput {
  return {
    name: "the audio blob",
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/**
 * Gives an input that can be read at once: the input itself, or a copy of its bytes, which disposes it.
 *
 * @throws {AudioDecodeError} when a long one cannot be kept.
 */
export async function readableAtOnce(input: AudioInput, signal?: AbortSignal): Promise<ReadableAudio> {
  if (input.readSync !== undefined) return input as ReadableAudio;
  const copy = await ofStream(piecesOf(input, signal), input.name, signal);
  return {
    ...copy,
    async [Symbol.asyncDispose]() {
      await copy[Symbol.asyncDispose]();
      await input[Symbol.asyncDispose]();
    },
  };
}
