/** NVIDIA's driver, opened: what its devices are and how much of their memory is free, before anything is run there. */
import process from "node:process";
import { openShared, type SharedLibrary, SharedLibraryError } from "../../system/shared_library.ts";
import type { Argument, Ffi, NativeFunction, Pointer } from "../../types.ts";
import { DEVICE_ATTRIBUTES, DRIVER_API, DRIVER_FILES, DRIVER_RESULTS } from "./driver_api.ts";

/** The name of a function of the driver. */
export type DriverFunction = keyof typeof DRIVER_API;

/** Thrown when the driver refuses a call. */
export class CudaDriverError extends Error {
  override name = "CudaDriverError";
  /** `CUresult`; none where there is no such function. */
  readonly result?: number;
  /** The function that failed. */
  readonly api: DriverFunction;

  /** Makes the error from its fields; the message is the driver's. */
  constructor(message: string, fields: { result?: number; api: DriverFunction }) {
    super(message);
    this.result = fields.result;
    this.api = fields.api;
  }
}

/** A device, as the driver describes it. */
export interface CudaDevice {
  /** Its number: `device: "cuda:1"` is the second. */
  readonly index: number;
  readonly name: string;
  /** As `"8.9"`. */
  readonly computeCapability: string;
  /** Bytes. */
  readonly totalMemory: number;
  /** Bytes that are free; only where they were asked for, as that takes a context on the device. */
  readonly freeMemory?: number;
}

/** The driver. It stays loaded. */
export class CudaDriver {
  readonly #ffi: Ffi;
  readonly #library: SharedLibrary;
  readonly #bound = new Map<DriverFunction, NativeFunction>();

  private constructor(ffi: Ffi, library: SharedLibrary) {
    this.#ffi = ffi;
    this.#library = library;
  }

  /**
   * Opens the driver's library. Nothing of it is called.
   *
   * @param file Where it is. Default: where the system finds it.
   * @throws {SharedLibraryError} when there is none.
   */
  static open(ffi: Ffi, file?: string, platform: string = process.platform): CudaDriver {
    const files = file === undefined ? DRIVER_FILES[platform] ?? [] : [file];
    let failure = new SharedLibraryError("NVIDIA has none for this system");
    for (const [i, candidate] of files.entries()) {
      try {
        return new CudaDriver(ffi, openShared(ffi, candidate, platform));
      } catch (error) {
        if (!(error instanceof SharedLibraryError)) throw error;
        // What is said of the other places is of no interest.
        if (i === 0) failure = error;
      }
    }
    throw failure;
  }

  /** Calls a function. @throws {CudaDriverError} when it fails or is missing. */
  call(api: DriverFunction, ...args: Argument[]): void {
    const result = this.#bind(api)(...args);
    if (result === DRIVER_RESULTS.success) return;
    throw new CudaDriverError(`${api}: ${this.#describe(result)}`, { result, api });
  }

  #bind(api: DriverFunction): NativeFunction {
    let bound = this.#bound.get(api);
    if (bound !== undefined) return bound;
    const address = this.#library.symbol(api);
    if (address === 0) throw new CudaDriverError(`${api}: the driver has no such function`, { api });
    bound = this.#ffi.bind(address, { parameters: DRIVER_API[api], result: "i32" });
    this.#bound.set(api, bound);
    return bound;
  }

  /** What a result means, in the driver's words. */
  #describe(result: number): string {
    const out = new BigUint64Array(new ArrayBuffer(8));
    const texts = (["cuGetErrorName", "cuGetErrorString"] as const).map((api) => {
      if (this.#library.symbol(api) === 0) return "";
      const isKnown = this.#bind(api)(result, out) === DRIVER_RESULTS.success && out[0] !== 0n;
      return isKnown ? this.#ffi.readCString(Number(out[0])) : "";
    });
    return [`error ${result}`, ...texts.filter((text) => text !== "")].join(", ");
  }

  /** Starts the driver. */
  initialise(): void {
    this.call("cuInit", 0);
  }

  /** The version of CUDA that it knows, as `"12.4"`. */
  get version(): string {
    const version = this.#integer("cuDriverGetVersion");
    return `${Math.floor(version / 1000)}.${Math.floor(version % 1000 / 10)}`;
  }

  /** How many devices there are. */
  get deviceCount(): number {
    return this.#integer("cuDeviceGetCount");
  }

  /** Describes a device. */
  describe(index: number, { freeMemory = false }: { readonly freeMemory?: boolean } = {}): CudaDevice {
    const LONGEST = 256;
    const device = this.#integer("cuDeviceGet", index);
    const name = new Uint8Array(new ArrayBuffer(LONGEST));
    this.call("cuDeviceGetName", name, LONGEST, device);
    const { computeCapabilityMajor, computeCapabilityMinor } = DEVICE_ATTRIBUTES;
    const attribute = (number: number) => this.#integer("cuDeviceGetAttribute", number, device);
    const total = new BigUint64Array(new ArrayBuffer(8));
    this.call("cuDeviceTotalMem_v2", total, device);
    return {
      index,
      name: new TextDecoder().decode(name.subarray(0, Math.max(0, name.indexOf(0)))),
      computeCapability: `${attribute(computeCapabilityMajor)}.${attribute(computeCapabilityMinor)}`,
      totalMemory: Number(total[0]),
      ...freeMemory && { freeMemory: this.#freeMemory(index) },
    };
  }

  #freeMemory(index: number): number {
    using _context = this.enter(index);
    const free = new BigUint64Array(new ArrayBuffer(8)), total = new BigUint64Array(new ArrayBuffer(8));
    this.call("cuMemGetInfo_v2", free, total);
    return Number(free[0]);
  }

  /** Keeps the context of a device, which the whole process shares, until it is disposed. */
  retain(index: number): Disposable & { readonly context: Pointer } {
    const device = this.#integer("cuDeviceGet", index);
    const context = new BigUint64Array(new ArrayBuffer(8));
    this.call("cuDevicePrimaryCtxRetain", context, device);
    return {
      context: Number(context[0]),
      [Symbol.dispose]: () => this.call("cuDevicePrimaryCtxRelease_v2", device),
    };
  }

  /** Makes the context of a device that of this thread until it is disposed. */
  enter(index: number): Disposable {
    using stack = new DisposableStack();
    const { context } = stack.use(this.retain(index));
    this.call("cuCtxPushCurrent_v2", context);
    stack.defer(() => this.call("cuCtxPopCurrent_v2", new BigUint64Array(new ArrayBuffer(8))));
    return stack.move();
  }

  /** Waits for what was asked of the device of this thread's context. */
  synchronise(): void {
    this.call("cuCtxSynchronize");
  }

  /** Copies bytes between places in the memory of devices, in either direction to and from the processor's. */
  copy(target: Pointer, source: Pointer, bytes: number): void {
    this.call("cuMemcpy", target, source, bytes);
  }

  #integer(api: DriverFunction, ...args: Argument[]): number {
    const out = new Int32Array(new ArrayBuffer(4));
    this.call(api, out, ...args);
    return out[0];
  }
}
