/**
 * Where audio comes from: a path, a URL, bytes, a `Blob`, a `Response` or a stream, behind one interface that reads
 * at any offset. Files and `Blob`s are read piece by piece; the rest is collected first, in memory, or if it is
 * long in a temporary file.
 */
import { type FileHandle, open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { missingPermission } from "../../ffi/permission.ts";
import { whyFetchFailed } from "../async/fetch_failure.ts";
import { AudioDecodeError, wrongArgument } from "../errors.ts";
import { type AudioInput, ofBlob, ofBytes, ofHandle } from "./input/audio_input.ts";
import { keepStream } from "./input/kept_stream.ts";

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
  /** Told where what a server sends breaks off: what came of it is given. */
  readonly onWarning?: (message: string) => void;
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
  if (isOpenInput(file)) return file;
  if (isResponse(file)) return await ofResponse(file, options);
  if (isAsyncIterable(file)) return await keepStream(file, "the audio stream", options.signal);
  throw wrongArgument(
    "INVALID_INPUT",
    `Cannot read audio from ${
      describe(file)
    }: a path, a URL, the bytes of a file, a Blob, a Response, a stream ` +
      "of bytes, or samples at 16 kHz as a Float32Array or an Int16Array are wanted",
  );
}

/** What this library has opened itself, as a worker of the queue does. */
function isOpenInput(value: unknown): value is AudioInput {
  return isObject(value) && typeof value.read === "function" && typeof value.size === "number" &&
    typeof value.name === "string" && typeof value[Symbol.asyncDispose] === "function";
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
  { signal, onWarning }: AudioInputOptions,
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
    if (response.body === null) return ofBytes(new Uint8Array(0), name);
    const onBreak = (cause: unknown) =>
      onWarning?.(`${name} was cut off while it was fetched, what came is heard: ${whyFetchFailed(cause)}`);
    return await keepStream(response.body, name, signal, onBreak);
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof AudioDecodeError) throw cause;
    throw new AudioDecodeError(`Cannot fetch ${name}: ${whyFetchFailed(cause)}`, {}, { cause });
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
    return await keepStream(pipe, name, signal);
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
  { signal, onWarning, fetch = globalThis.fetch }: AudioInputOptions,
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
    const why = missingPermission(cause) ?? whyFetchFailed(cause);
    throw new AudioDecodeError(`Cannot fetch ${nameOf(url)}: ${why}`, {}, { cause });
  }
  return await ofResponse(response, { signal, onWarning }, nameOf(url));
}
