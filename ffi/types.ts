/**
 * The contract between ONNX Runtime's bindings and a runtime's foreign function interface. Everything above
 * it is written once; `deno.ts` and `bun.ts` each implement `Ffi`, and one conformance suite tests both.
 */

/** A native address. 0 is the null pointer. Addresses have at most 48 bits, so a number holds them exactly. */
export type Pointer = number;

/**
 * A parameter of a C function: an address, JavaScript memory passed by its address (or null), a 32-bit integer,
 * or a `size_t` / `int64_t` that fits a safe integer.
 */
export type ParameterType = "pointer" | "buffer" | "i32" | "usize";

/** The result of a C function. */
export type ResultType = "pointer" | "i32" | "void";

/** The types of a C function. */
export interface Signature {
  readonly parameters: readonly ParameterType[];
  readonly result: ResultType;
}

/** What a parameter takes from JavaScript. */
export type Argument = number | ArrayBufferView | null;

/** A bound C function. A `void` result is 0. */
export type NativeFunction = (...args: Argument[]) => number;

/** A bound C function that runs on another thread. It takes no JavaScript memory, only its address. */
export type AsyncNativeFunction = (...args: number[]) => Promise<number>;

/** What a runtime may deny. */
export type Access = "read" | "write" | "env" | "net" | "run" | "sys" | "ffi";

/** A runtime's foreign function interface. */
export interface Ffi {
  /** Which runtime this is. */
  readonly name: "deno" | "bun";
  /**
   * Opens a shared library and binds some of its symbols. It is never closed: its threads may outlive any
   * object that uses it.
   *
   * @throws {Error} when the file cannot be opened or lacks a symbol.
   */
  open(path: string, symbols: Readonly<Record<string, Signature>>): Record<string, NativeFunction>;
  /** Binds a function by its address. */
  bind(address: Pointer, signature: Signature): NativeFunction;
  /**
   * Binds a function by its address, to be called off the event loop. Whoever calls it keeps the memory behind
   * the addresses alive until the promise settles.
   */
  bindAsync(address: Pointer, signature: Signature): AsyncNativeFunction;
  /**
   * The address of JavaScript memory, valid as long as the view is referenced.
   *
   * @throws {RangeError} when the view is empty.
   */
  addressOf(view: ArrayBufferView): Pointer;
  /** Reads the pointer stored at `address + offset`. */
  readPointer(address: Pointer, offset?: number): Pointer;
  /** Reads a zero-terminated UTF-8 string. */
  readCString(address: Pointer): string;
  /** Native memory as an `ArrayBuffer`. It dangles once the memory is freed. */
  view(address: Pointer, byteLength: number): ArrayBuffer;
  /**
   * Whether something may be done without anyone being asked: on Deno, if a flag grants it.
   *
   * @param what What it is done with: a path, a variable, a host, a program. Default: anything.
   */
  permits(access: Access, what?: string): boolean;
  /** The path of a file of the npm package `onnxruntime-node`. */
  resolvePackageFile(file: string): Promise<string>;
}
