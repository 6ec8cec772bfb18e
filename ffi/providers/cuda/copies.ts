/** Copying in the memory of NVIDIA's devices, by the driver: ONNX Runtime has functions for it from 1.23 on only. */
import type { Ffi, Pointer } from "../../types.ts";
import type { DeviceCopies } from "../device_memory.ts";
import { CudaDriver } from "./driver.ts";

/** What starts to copy. Tests without a device put something else here. */
export const cudaCopies: { start(ffi: Ffi, deviceId: number): DeviceCopies } = {
  start: (ffi, deviceId) => new CudaCopies(CudaDriver.open(ffi), deviceId),
};

/** Copies in the context of a device, which ONNX Runtime works in too. */
class CudaCopies implements DeviceCopies {
  readonly #driver: CudaDriver;
  readonly #deviceId: number;
  /** Keeps the context, so that entering it makes none. */
  readonly #context: Disposable;

  constructor(driver: CudaDriver, deviceId: number) {
    driver.initialise();
    this.#driver = driver;
    this.#deviceId = deviceId;
    this.#context = driver.retain(deviceId);
  }

  copy(target: Pointer, source: Pointer, bytes: number): void {
    using _context = this.#driver.enter(this.#deviceId);
    this.#driver.copy(target, source, bytes);
    // ONNX Runtime's stream does not wait for the one that copies.
    this.#driver.synchronise();
  }

  [Symbol.dispose](): void {
    this.#context[Symbol.dispose]();
  }
}
