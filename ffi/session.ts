/**
 * Sessions: a graph ready to run, and bindings that say which tensors it reads and writes.
 */
import type { OrtLibrary } from "./library.ts";
import { cString, keepAlive, pointers } from "./memory.ts";
import { appendExecutionProvider, type ExecutionProvider } from "./execution_provider.ts";
import { GRAPH_OPTIMIZATION_LEVELS } from "./ort_api.ts";
import type { Tensor } from "./value.ts";
import type { Pointer } from "./types.ts";

/** What a session is created with. */
export interface SessionOptions {
  /** Where it runs. */
  readonly provider: ExecutionProvider;
  /** Threads of one operator. Default: one a core. */
  readonly threads?: number;
  /** How far the graph is optimised. @default {"all"} */
  readonly optimization?: keyof typeof GRAPH_OPTIMIZATION_LEVELS;
  /** ONNX Runtime's configuration entries (`onnxruntime_session_options_config_keys.h`). */
  readonly config?: Readonly<Record<string, string>>;
  /** Contents of external data files by the names the model gives them, instead of files. */
  readonly externalFiles?: ReadonlyMap<string, Uint8Array>;
}

/** A graph ready to run. Whoever creates it disposes it; runs under way are finished first. */
export class Session implements Disposable {
  readonly library: OrtLibrary;
  #session: Pointer;
  #runs = 0;
  #disposed = false;

  private constructor(library: OrtLibrary, session: Pointer) {
    this.library = library;
    this.#session = session;
  }

  /**
   * Creates a session off the event loop.
   *
   * @param model A serialised `ModelProto`.
   * @throws {OrtError} when the model or the options are refused.
   */
  static async create(library: OrtLibrary, model: Uint8Array, options: SessionOptions): Promise<Session> {
    const { api } = library;
    const pointer = library.create((out) => api.CreateSessionOptions(out));
    try {
      configure(library, pointer, options);
      const files = options.externalFiles ? addExternalFiles(library, pointer, options.externalFiles) : [];
      const out = new BigUint64Array(new ArrayBuffer(8));
      await api.CreateSessionFromArray(library.environment, model, model.length, pointer, out);
      keepAlive(...files);
      return new Session(library, Number(out[0]));
    } finally {
      api.ReleaseSessionOptions(pointer);
    }
  }

  /** Starts a binding of this session. */
  bind(): Binding {
    if (this.#disposed) throw new TypeError("Cannot bind tensors: the session is disposed");
    return new Binding(this.library, this.#session);
  }

  /**
   * Runs the graph off the event loop on the tensors of `binding`, which must stay until then.
   *
   * @throws the signal's reason when it is aborted; the run is cut short.
   */
  async run(binding: Binding, signal?: AbortSignal): Promise<void> {
    if (this.#disposed) throw new TypeError("Cannot run: the session is disposed");
    signal?.throwIfAborted();
    this.#runs++;
    try {
      if (signal === undefined) await this.library.api.RunWithBinding(this.#session, 0, binding.pointer);
      else await this.#runUntilAborted(binding, signal);
    } finally {
      this.#runs--;
      if (this.#disposed) this.#release();
    }
  }

  async #runUntilAborted(binding: Binding, signal: AbortSignal): Promise<void> {
    const { api } = this.library;
    const options = this.library.create((out) => api.CreateRunOptions(out));
    const terminate = () => api.RunOptionsSetTerminate(options);
    signal.addEventListener("abort", terminate);
    try {
      await api.RunWithBinding(this.#session, options, binding.pointer);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", terminate);
      api.ReleaseRunOptions(options);
    }
  }

  #release(): void {
    if (this.#runs > 0 || this.#session === 0) return;
    this.library.api.ReleaseSession(this.#session);
    this.#session = 0;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#release();
  }
}

/** The tensors of one kind of run. They must outlive it; whoever starts it disposes it. */
export class Binding implements Disposable {
  readonly #library: OrtLibrary;
  #binding: Pointer;

  /** Use `Session.bind`. */
  constructor(library: OrtLibrary, session: Pointer) {
    this.#library = library;
    this.#binding = library.create((out) => library.api.CreateIoBinding(session, out));
  }

  /** The `OrtIoBinding*`. */
  get pointer(): Pointer {
    if (this.#binding === 0) throw new TypeError("Cannot use a binding: it is disposed");
    return this.#binding;
  }

  /** Gives the graph's input `name` a tensor. */
  input(name: string, tensor: Tensor): this {
    this.#library.api.BindInput(this.pointer, cString(name), tensor.value);
    return this;
  }

  /** Lets the graph's output `name` be written to a tensor of its exact shape. */
  output(name: string, tensor: Tensor): this {
    this.#library.api.BindOutput(this.pointer, cString(name), tensor.value);
    return this;
  }

  [Symbol.dispose](): void {
    if (this.#binding === 0) return;
    this.#library.api.ReleaseIoBinding(this.#binding);
    this.#binding = 0;
  }
}

/**
 * Threads that wait give their core up instead of spinning: beside other work a step of the decoder takes two thirds
 * of the time then, on idle cores as long, and the event loop gets its turn.
 */
const DEFAULT_CONFIG = { "session.intra_op.allow_spinning": "0" };

function configure(library: OrtLibrary, pointer: Pointer, options: SessionOptions): void {
  const { api } = library;
  api.SetSessionGraphOptimizationLevel(pointer, GRAPH_OPTIMIZATION_LEVELS[options.optimization ?? "all"]);
  if (options.threads !== undefined) api.SetIntraOpNumThreads(pointer, options.threads);
  for (const [key, value] of Object.entries({ ...DEFAULT_CONFIG, ...options.config })) {
    api.AddSessionConfigEntry(pointer, cString(key), cString(value));
  }
  appendExecutionProvider(library, pointer, options.provider);
}

/** Gives the options the contents of files and returns what must stay alive until the session is created. */
function addExternalFiles(
  library: OrtLibrary,
  pointer: Pointer,
  files: ReadonlyMap<string, Uint8Array>,
): ArrayBufferView[] {
  const { ffi, api } = library;
  const names = [...files.keys()].map(cString);
  const contents = [...files.values()];
  const lengths = new BigUint64Array(contents.map((bytes) => BigInt(bytes.length)));
  api.AddExternalInitializersFromFilesInMemory(
    pointer,
    pointers(names.map(ffi.addressOf)),
    pointers(contents.map(ffi.addressOf)),
    lengths,
    files.size,
  );
  return [...names, ...contents];
}
