/**
 * Sessions: a graph ready to run, and bindings that say which tensors it reads and writes.
 */
import type { OrtLibrary } from "./library.ts";
import { cString } from "./memory.ts";
import { NativeMemory } from "./native_memory.ts";
import { createSessionOptions, type SessionOptions } from "./session_options.ts";
import type { Tensor } from "./value.ts";
import type { Pointer } from "./types.ts";

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
   * Creates a session off the event loop. An abort stops it at the next step of the creation.
   *
   * @param model A serialised `ModelProto`.
   * @throws {OrtError} when the model or the options are refused.
   * @throws the signal's reason when it is aborted.
   */
  static async create(library: OrtLibrary, model: Uint8Array, options: SessionOptions): Promise<Session> {
    const { api, ffi, environment } = library;
    const { signal } = options;
    signal?.throwIfAborted();
    using owned = new DisposableStack();
    const pointer = createSessionOptions(library, options);
    owned.defer(() => api.ReleaseSessionOptions(pointer));
    const bytes = owned.use(NativeMemory.copyOf(library, model));
    const out = owned.use(new NativeMemory(library, 8));
    const cancel = () => api.SessionOptionsSetLoadCancellationFlag(pointer, 1);
    signal?.addEventListener("abort", cancel);
    owned.defer(() => signal?.removeEventListener("abort", cancel));
    try {
      await api.CreateSessionFromArray(environment, bytes.address, model.length, pointer, out.address);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
    const session = new Session(library, ffi.readPointer(out.address));
    if (!signal?.aborted) return session;
    session[Symbol.dispose]();
    throw signal.reason;
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
