/**
 * What a session is created with, and `OrtSessionOptions` made from it.
 */
import { type ExecutionProvider, providerOf } from "./execution_provider.ts";
import type { DevicePlace } from "./providers/provider.ts";
import { IN_SHARED_ARENA } from "./providers/cpu_arena.ts";
import type { OrtLibrary } from "./library.ts";
import { cString, keepAlive, ortPath, pointers } from "./memory.ts";
import type { NativeMemory } from "./native_memory.ts";
import { GRAPH_OPTIMIZATION_LEVELS } from "./ort_api.ts";
import { defaultThreads } from "./threads.ts";
import type { Pointer } from "./types.ts";

/** Where a session runs. */
export interface SessionPlace extends DevicePlace {
  /** What runs it. */
  readonly provider: ExecutionProvider;
}

/** What a session is created with. */
export interface SessionOptions extends SessionPlace {
  /** Threads of one operator. Default: one a physical core that this process may use. */
  readonly threads?: number;
  /** How far the graph is optimised. @default {"all"} */
  readonly optimization?: keyof typeof GRAPH_OPTIMIZATION_LEVELS;
  /** ONNX Runtime's configuration entries (`onnxruntime_session_options_config_keys.h`). */
  readonly config?: Readonly<Record<string, string>>;
  /** Where the optimised graph is written to as the session is created. */
  readonly optimizedModelPath?: string;
  /** Contents of external data files by the names the model gives them, instead of files. Kept until it is created. */
  readonly externalFiles?: ReadonlyMap<string, NativeMemory>;
  /**
   * Whether what a run works in is kept for the next. It is faster by a few hundredths, and takes as much memory as the
   * largest run needed, twice where shapes come again.
   *
   * @default {true}
   */
  readonly keepsMemory?: boolean;
  /** Stops the creation. */
  readonly signal?: AbortSignal;
}

/**
 * Threads that wait give their core up instead of spinning: beside other work a step of the decoder takes two thirds
 * of the time then, on idle cores as long, and the event loop gets its turn.
 */
const DEFAULT_CONFIG = { "session.intra_op.allow_spinning": "0", ...IN_SHARED_ARENA };

/** Makes `OrtSessionOptions*`. Whoever makes them releases them, once the session is created. */
export function createSessionOptions(library: OrtLibrary, options: SessionOptions): Pointer {
  const { api } = library;
  const pointer = library.create((out) => api.CreateSessionOptions(out));
  try {
    api.SetSessionGraphOptimizationLevel(pointer, GRAPH_OPTIMIZATION_LEVELS[options.optimization ?? "all"]);
    if (options.keepsMemory === false) api.DisableMemPattern(pointer);
    api.SetIntraOpNumThreads(pointer, options.threads ?? defaultThreads(library.ffi));
    for (const [key, value] of Object.entries({ ...DEFAULT_CONFIG, ...options.config })) {
      api.AddSessionConfigEntry(pointer, cString(key), cString(value));
    }
    if (options.optimizedModelPath !== undefined) {
      api.SetOptimizedModelFilePath(pointer, ortPath(options.optimizedModelPath));
    }
    if (options.externalFiles !== undefined) addExternalFiles(library, pointer, options.externalFiles);
    providerOf(options.provider).append(library, pointer, options);
    return pointer;
  } catch (error) {
    api.ReleaseSessionOptions(pointer);
    throw error;
  }
}

/** Gives the options the contents of files. Names are copied, contents must stay until the session is created. */
function addExternalFiles(
  library: OrtLibrary,
  pointer: Pointer,
  files: ReadonlyMap<string, NativeMemory>,
): void {
  const { ffi, api } = library;
  const names = [...files.keys()].map((name) => ortPath(name));
  const contents = [...files.values()];
  api.AddExternalInitializersFromFilesInMemory(
    pointer,
    pointers(names.map(ffi.addressOf)),
    pointers(contents.map(({ address }) => address)),
    new BigUint64Array(contents.map(({ byteLength }) => BigInt(byteLength))),
    files.size,
  );
  keepAlive(...names);
}
