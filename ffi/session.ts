/**
 * Sessions: a graph ready to run, and bindings that say which tensors it reads and writes.
 */
import type { Graph, TensorSpecs } from "./graph.ts";
import type { OrtLibrary } from "./library.ts";
import { cString } from "./memory.ts";
import { NativeMemory } from "./native_memory.ts";
import { providerOf } from "./execution_provider.ts";
import type { DeviceMemory } from "./providers/device_memory.ts";
import type { Provider } from "./providers/provider.ts";
import { createSessionOptions, type SessionOptions } from "./session_options.ts";
import { Shared } from "./shared.ts";
import { type ReleasedWithThread, releasedWithThread } from "./system/thread_end.ts";
import type { Tensor } from "./value.ts";
import type { Pointer } from "./types.ts";

/** What is known of a session. */
type SessionFacts = Pick<Graph, "inputs" | "outputs"> & {
  readonly keepsMemory?: boolean;
  readonly memory?: DeviceMemory;
};

/** A graph ready to run. Whoever creates it disposes it; bindings and runs under way keep it until they are done. */
export class Session implements Disposable {
  readonly library: OrtLibrary;
  /** What runs it. */
  readonly provider: Provider;
  /** What its graph reads. */
  readonly inputs: TensorSpecs;
  /** What its graph writes. */
  readonly outputs: TensorSpecs;
  /** Whether what a run works in is kept for the next. */
  readonly keepsMemory: boolean;
  /** The memory of its device; none where that is the processor's. */
  readonly memory: DeviceMemory | undefined;
  readonly #session: Shared<Pointer>;
  /** What releases it with its Worker. */
  readonly #thread: ReleasedWithThread | undefined;

  private constructor(
    library: OrtLibrary,
    provider: Provider,
    { inputs, outputs, keepsMemory = true, memory }: SessionFacts,
    session: Shared<Pointer>,
    thread: ReleasedWithThread | undefined,
  ) {
    this.library = library;
    this.provider = provider;
    this.inputs = inputs;
    this.outputs = outputs;
    this.keepsMemory = keepsMemory;
    this.memory = memory;
    this.#session = session;
    this.#thread = thread;
  }

  /**
   * Creates a session off the event loop. An abort stops it at the next step of the creation.
   *
   * @throws {OrtError} when the model or the options are refused.
   * @throws the signal's reason when it is aborted.
   */
  static async create(library: OrtLibrary, graph: Graph, options: SessionOptions): Promise<Session> {
    const { api, ffi, environment } = library;
    const { signal } = options;
    signal?.throwIfAborted();
    using owned = new DisposableStack();
    owned.use(library.heap.reuse());
    const pointer = createSessionOptions(library, options);
    owned.defer(() => api.ReleaseSessionOptions(pointer));
    const bytes = owned.use(NativeMemory.copyOf(library, graph.bytes));
    const out = owned.use(new NativeMemory(library, 8));
    const cancel = () => api.SessionOptionsSetLoadCancellationFlag(pointer, 1);
    signal?.addEventListener("abort", cancel);
    owned.defer(() => signal?.removeEventListener("abort", cancel));
    try {
      await api.CreateSessionFromArray(environment, bytes.address, bytes.byteLength, pointer, out.address);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
    const created = ffi.readPointer(out.address);
    const thread = releasedWithThread(ffi, created, library.addressOf("ReleaseSession"));
    using made = new DisposableStack();
    made.defer(() => {
      thread?.[Symbol.dispose]();
      api.ReleaseSession(created);
    });
    const { inputs, outputs } = graph;
    const { keepsMemory, deviceId = 0 } = options;
    const provider = providerOf(options.provider);
    const memory = provider.openMemory && made.use(provider.openMemory(library, created, deviceId));
    const held = made.move();
    const shared = Shared.of("the session", created, () => held.dispose());
    const session = new Session(
      library,
      provider,
      { inputs, outputs, keepsMemory, memory },
      shared,
      thread,
    );
    if (!signal?.aborted) return session;
    session[Symbol.dispose]();
    throw signal.reason;
  }

  /** The same session for another holder, who disposes it. */
  share(): Session {
    return new Session(this.library, this.provider, this, this.#session.share(), this.#thread);
  }

  /** Starts a binding of this session. */
  bind(): Binding {
    return new Binding(this.library, this.provider, this.#session);
  }

  /**
   * Runs the graph off the event loop on the tensors of `binding`.
   *
   * @param keepsMemory Whether what this run works in is kept for the next. Default: as the session does.
   * @throws the signal's reason when it is aborted; the run is cut short.
   */
  async run(binding: Binding, signal?: AbortSignal, keepsMemory = this.keepsMemory): Promise<void> {
    using session = this.#session.share();
    using bound = binding.share();
    signal?.throwIfAborted();
    binding.refresh();
    using _used = this.#thread?.use();
    if (!keepsMemory) this.library.heap.giveBack();
    if (signal === undefined && keepsMemory) {
      await this.library.api.RunWithBinding(session.value, 0, bound.value);
    } else await this.#runWithOptions(session.value, bound.value, { signal, keepsMemory });
  }

  async #runWithOptions(
    session: Pointer,
    binding: Pointer,
    { signal, keepsMemory }: { readonly signal: AbortSignal | undefined; readonly keepsMemory: boolean },
  ): Promise<void> {
    const { api } = this.library;
    const options = this.library.create((out) => api.CreateRunOptions(out));
    const terminate = () => api.RunOptionsSetTerminate(options);
    signal?.addEventListener("abort", terminate);
    try {
      const { arena } = this.provider;
      if (!keepsMemory && arena !== undefined) {
        api.AddRunConfigEntry(options, cString("memory.enable_memory_arena_shrinkage"), cString(arena));
      }
      await api.RunWithBinding(session, options, binding);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", terminate);
      api.ReleaseRunOptions(options);
    }
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}

/** The tensors of one kind of run, which it holds together with its session. Whoever starts it disposes it. */
export class Binding implements Disposable {
  readonly #library: OrtLibrary;
  readonly #binding: Shared<Pointer>;
  /** What must stay until nobody runs the binding any longer. */
  readonly #held: DisposableStack;
  readonly #deviceMemory: string | undefined;
  /** Inputs that ONNX Runtime copied to the device when they were bound, so that later writes are not seen. */
  readonly #copied: { readonly name: Uint8Array; readonly value: Pointer }[] = [];

  /** Use `Session.bind`. */
  constructor(library: OrtLibrary, provider: Provider, session: Shared<Pointer>) {
    const { api } = library;
    using held = new DisposableStack();
    const { value } = held.use(session.share());
    const pointer = library.create((out) => api.CreateIoBinding(value, out));
    const owned = held.move();
    this.#library = library;
    this.#held = owned;
    this.#deviceMemory = provider.deviceMemory;
    this.#binding = Shared.of("a binding", pointer, () => {
      api.ReleaseIoBinding(pointer);
      owned.dispose();
    });
  }

  /** The `OrtIoBinding*` for a run, which keeps it and its tensors until it is done. */
  share(): Shared<Pointer> {
    return this.#binding.share();
  }

  /** Gives the graph's input `name` a tensor. What is written to it is seen by the next run. */
  input(name: string, tensor: Tensor): this {
    const input = { name: cString(name), value: this.#hold(tensor) };
    this.#library.api.BindInput(this.#binding.value, input.name, input.value);
    if (tensor.deviceMemory !== this.#deviceMemory) this.#copied.push(input);
    return this;
  }

  /** Gives the graph's input `name` a tensor that nobody writes to any longer. */
  constant(name: string, tensor: Tensor): this {
    this.#library.api.BindInput(this.#binding.value, cString(name), this.#hold(tensor));
    return this;
  }

  /** Lets the graph's output `name` be written to a tensor of its exact shape. */
  output(name: string, tensor: Tensor): this {
    this.#library.api.BindOutput(this.#binding.value, cString(name), this.#hold(tensor));
    return this;
  }

  /** Binds again what was copied to the device. Before every run; on the CPU nothing is. */
  refresh(): void {
    for (const { name, value } of this.#copied) this.#library.api.BindInput(this.#binding.value, name, value);
  }

  #hold(tensor: Tensor): Pointer {
    // A binding that is disposed holds nothing any longer.
    void this.#binding.value;
    return this.#held.use(tensor.share()).value;
  }

  [Symbol.dispose](): void {
    this.#binding[Symbol.dispose]();
  }
}
