/**
 * Memory from ONNX Runtime's allocator. A call off the event loop reads and writes nothing else: JavaScript's memory
 * ends with its isolate (a `Worker` that is terminated, an error nobody catches) under a call that is still running.
 * Native memory then just stays.
 */
import type { OrtLibrary } from "./library.ts";
import type { Pointer } from "./types.ts";

/** A block of native memory. Whoever allocates it disposes it, after the calls that use it. */
export class NativeMemory implements Disposable {
  readonly byteLength: number;
  readonly #library: OrtLibrary;
  #address: Pointer;
  #bytes: Uint8Array<ArrayBuffer> | undefined;

  /**
   * Allocates `byteLength` bytes; their values are undefined until they are written.
   *
   * @throws {OrtError} when there is not enough memory.
   */
  constructor(library: OrtLibrary, byteLength: number) {
    this.#library = library;
    this.byteLength = byteLength;
    // Nothing has no address.
    const size = Math.max(byteLength, 1);
    this.#address = library.create((out) => library.api.AllocatorAlloc(library.allocator, size, out));
  }

  /** A copy of `bytes`. */
  static copyOf(library: OrtLibrary, bytes: Uint8Array): NativeMemory {
    const memory = new NativeMemory(library, bytes.length);
    memory.bytes.set(bytes);
    return memory;
  }

  /** Where it begins. */
  get address(): Pointer {
    if (this.#address === 0) throw new TypeError("Cannot use native memory: it is disposed");
    return this.#address;
  }

  /** The memory itself. Not to be kept: it dangles once the memory is disposed. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const { address, byteLength } = this;
    if (byteLength === 0) return new Uint8Array(0);
    return this.#bytes ??= new Uint8Array(this.#library.ffi.view(address, byteLength));
  }

  [Symbol.dispose](): void {
    if (this.#address === 0) return;
    this.#library.api.AllocatorFree(this.#library.allocator, this.#address);
    this.#address = 0;
    this.#bytes = undefined;
  }
}
