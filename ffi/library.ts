/**
 * Finds and opens ONNX Runtime's shared library, checks its version and binds its functions. The only place
 * that asks which runtime this is.
 */
import process from "node:process";
import {
  LibraryLoadError,
  type LibraryPlace,
  tooOldLibrary,
  type UnusableLibraryError,
} from "./errors/library_load_error.ts";
import { ORT_API, ORT_API_BASE, ORT_LOGGING_LEVEL_FATAL } from "./ort_api.ts";
import { keepLoaded, skipDestructors } from "./system/exit.ts";
import { LIBRARY_VARIABLE } from "./system/library_obstacle.ts";
import { openSymbols } from "./system/library_symbols.ts";
import { packageFile } from "./system/onnxruntime_package.ts";
import { cString } from "./memory.ts";
import { isTooOld, ORT_API_VERSION } from "./onnxruntime_version.ts";
import { shareArena } from "./providers/cpu_arena.ts";
import { pythonCudaLibrary } from "./providers/cuda/python_environment.ts";
import { probeCuda } from "./providers/cuda/probe.ts";
import { cudaProviderFile } from "./providers/cuda/provider_file.ts";
import { bindOrtApi, type OrtApi } from "./status.ts";
import { NativeHeap } from "./system/native_heap.ts";
import { disableTelemetry } from "./system/telemetry.ts";
import type { Ffi, Pointer } from "./types.ts";

/** ONNX Runtime, opened and bound. It lives as long as the process. */
export class OrtLibrary {
  readonly ffi: Ffi;
  readonly api: OrtApi;
  /** The file it was loaded from. */
  readonly path: string;
  /** Its version, as `"1.30.0"`. */
  readonly version: string;
  /** The environment every session belongs to. Without one the library cannot say what went wrong. */
  readonly environment: Pointer;
  /** The heap of its process. */
  readonly heap: NativeHeap;
  readonly #table: Pointer;
  #allocator: Pointer = 0;
  #memoryInfo: Pointer = 0;

  /**
   * Opens the library at `path`.
   *
   * @throws {Error} when it cannot be opened, is another library or is too old; the message says which.
   */
  constructor(ffi: Ffi, path: string) {
    const { OrtGetApiBase } = openSymbols(ffi, path);
    const base = OrtGetApiBase();
    const { GetApi, GetVersionString } = ORT_API_BASE;
    this.version = ffi.readCString(
      ffi.bind(ffi.readPointer(base, GetVersionString.offset), GetVersionString)(),
    );
    // The version is compared first: asking for an unknown one makes the library print.
    const table = isTooOld(this.version)
      ? 0
      : ffi.bind(ffi.readPointer(base, GetApi.offset), GetApi)(ORT_API_VERSION);
    if (table === 0) throw tooOldLibrary(this.version);
    this.ffi = ffi;
    this.path = path;
    this.heap = new NativeHeap(ffi);
    this.#table = table;
    this.api = bindOrtApi(ffi, table);
    this.environment = this.create((out) =>
      this.api.CreateEnv(ORT_LOGGING_LEVEL_FATAL, cString("sotto"), out)
    );
    // Windows' event tracing does not ask the environment variable.
    this.api.DisableTelemetryEvents(this.environment);
    shareArena(this);
  }

  /** What tells this build from others of its version: its commit, kind and compiler's flags. */
  get build(): string {
    return this.ffi.readCString(this.api.GetBuildInfoString());
  }

  /** The address of one of ONNX Runtime's functions, for native code to call. */
  addressOf(name: keyof typeof ORT_API): Pointer {
    return this.ffi.readPointer(this.#table, ORT_API[name].index * 8);
  }

  /** The allocator of native tensors. The library owns it. */
  get allocator(): Pointer {
    return this.#allocator ||= this.create((out) => this.api.GetAllocatorWithDefaultOptions(out));
  }

  /** Says of memory that it is the processor's. */
  get memoryInfo(): Pointer {
    const ARENA_ALLOCATOR = 1, MEMORY_TYPE_DEFAULT = 0;
    return this.#memoryInfo ||= this.create((out) =>
      this.api.CreateCpuMemoryInfo(ARENA_ALLOCATOR, MEMORY_TYPE_DEFAULT, out)
    );
  }

  /** Gives what a function wrote to its out-parameter. */
  create(call: (out: BigUint64Array) => void): Pointer {
    const out = new BigUint64Array(new ArrayBuffer(8));
    call(out);
    return Number(out[0]);
  }
}

const opened = new Map<string, OrtLibrary>();

/** What `openLibrary` may be told. */
export interface OpenLibraryOptions {
  /** The path of the shared library. Default: `ORT_DYLIB_PATH`, else the npm package `onnxruntime-node`. */
  readonly library?: string;
  /** What it is for, as `"auto"` or `"cuda:1"`: on a machine with a device for CUDA, a build that can use it. */
  readonly device?: string;
}

/**
 * Opens ONNX Runtime. The first place that is named wins: the `library` option, the variable `ORT_DYLIB_PATH`,
 * the npm package `onnxruntime-node`. Where CUDA is wanted, there is a device for it, and the package has not fetched
 * what it takes, Python's `onnxruntime-gpu` of the active environment is taken. A library is opened once a process.
 *
 * Requires `--allow-ffi`, `--allow-env=ORT_DYLIB_PATH` and `--allow-read` permission.
 *
 * @throws {LibraryLoadError} when there is none, or it is not usable.
 */
export async function openLibrary(options: OpenLibraryOptions = {}): Promise<OrtLibrary> {
  const ffi = await loadFfi();
  const tried: LibraryPlace[] = [];
  const candidates: [place: string, find: () => string | undefined | Promise<string>, absent: string][] = [
    ["the library option", () => options.library, "not given"],
    [LIBRARY_VARIABLE, () => process.env[LIBRARY_VARIABLE] || undefined, "not set"],
    ["the npm package onnxruntime-node", () => buildFor(ffi, options.device), ""],
  ];
  for (const [place, find, absent] of candidates) {
    let path: string | undefined;
    try {
      path = await find();
      if (path === undefined) {
        tried.push({ place, reason: absent });
        continue;
      }
      return openOnce(ffi, path);
    } catch (cause) {
      const { message: reason, found } = cause as UnusableLibraryError;
      tried.push({ place, path, reason });
      throw new LibraryLoadError(tried, found, { cause });
    }
  }
  throw new LibraryLoadError(tried);
}

/** The package's library, or Python's where that alone can use the device. */
async function buildFor(ffi: Ffi, device = "cpu"): Promise<string> {
  const wantsCuda = device === "auto" || device.startsWith("cuda");
  if (!wantsCuda || probeCuda(ffi).state !== "ready") return await packageFile(ffi);
  const own = await packageFile(ffi).catch((error) => error as Error);
  if (typeof own === "string" && cudaProviderFile(own) !== undefined) return own;
  const python = pythonCudaLibrary();
  if (python !== undefined) return python;
  if (typeof own === "string") return own;
  throw own;
}

function openOnce(ffi: Ffi, path: string): OrtLibrary {
  let library = opened.get(path);
  if (library === undefined) {
    disableTelemetry(ffi);
    opened.set(path, library = new OrtLibrary(ffi, path));
    keepLoaded(ffi, path);
    skipDestructors(ffi);
  }
  return library;
}

/**
 * Gives this runtime's foreign function interface.
 *
 * @throws {Error} when there is none.
 */
export async function loadFfi(): Promise<Ffi> {
  if ("Deno" in globalThis) return (await import("./deno.ts")).ffi;
  if ("Bun" in globalThis) return (await import("./bun.ts")).ffi;
  throw new Error("Cannot load ONNX Runtime: this runtime is neither Deno nor Bun");
}
