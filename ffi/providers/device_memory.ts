/**
 * The memory of a device: tensors that only its nodes read and write lie there, so that nothing of them is copied from
 * run to run.
 */
import type { OrtLibrary } from "../library.ts";
import { cString } from "../memory.ts";
import { Shared } from "../shared.ts";
import type { Pointer } from "../types.ts";

/** Copies bytes between addresses, of the device or of the processor. Whoever starts it disposes it. */
export interface DeviceCopies extends Disposable {
  /** Copies, and waits until it is done. */
  copy(target: Pointer, source: Pointer, bytes: number): void;
}

/** What a device's memory is made from. */
export interface DeviceMemoryOptions {
  /** What ONNX Runtime calls it. */
  readonly name: string;
  /** The number of the device. */
  readonly deviceId: number;
  /** Starts to copy; called when something is to be copied first. */
  startCopies(): DeviceCopies;
}

interface Opened {
  readonly memoryInfo: Pointer;
  readonly allocator: Pointer;
  readonly name: string;
  readonly startCopies: () => DeviceCopies;
  copies?: DeviceCopies;
}

/** Memory that a session's provider hands out. Tensors hold it; whoever opens it disposes it. */
export class DeviceMemory implements Disposable {
  readonly #opened: Shared<Opened>;

  private constructor(opened: Shared<Opened>) {
    this.#opened = opened;
  }

  /** Opens the memory of the device that an `OrtSession*` runs on. */
  static open(library: OrtLibrary, session: Pointer, options: DeviceMemoryOptions): DeviceMemory {
    const { api } = library;
    const { name, deviceId, startCopies } = options;
    const ARENA_ALLOCATOR = 1, MEMORY_TYPE_DEFAULT = 0;
    using stack = new DisposableStack();
    const memoryInfo = library.create((out) =>
      api.CreateMemoryInfo(cString(name), ARENA_ALLOCATOR, deviceId, MEMORY_TYPE_DEFAULT, out)
    );
    stack.defer(() => api.ReleaseMemoryInfo(memoryInfo));
    const allocator = library.create((out) => api.CreateAllocator(session, memoryInfo, out));
    stack.defer(() => api.ReleaseAllocator(allocator));
    const owned = stack.move();
    const opened: Opened = { memoryInfo, allocator, name, startCopies };
    return new DeviceMemory(Shared.of("a device's memory", opened, () => {
      opened.copies?.[Symbol.dispose]();
      owned.dispose();
    }));
  }

  /** The same memory for another holder, who disposes it. */
  share(): DeviceMemory {
    return new DeviceMemory(this.#opened.share());
  }

  /** What ONNX Runtime calls it. */
  get name(): string {
    return this.#opened.value.name;
  }

  /** The `OrtMemoryInfo*`. */
  get memoryInfo(): Pointer {
    return this.#opened.value.memoryInfo;
  }

  /** The `OrtAllocator*`. */
  get allocator(): Pointer {
    return this.#opened.value.allocator;
  }

  /** Copies bytes between addresses of the device, or of the processor. Not while a run reads or writes them. */
  copy(target: Pointer, source: Pointer, bytes: number): void {
    const opened = this.#opened.value;
    opened.copies ??= opened.startCopies();
    opened.copies.copy(target, source, bytes);
  }

  [Symbol.dispose](): void {
    this.#opened[Symbol.dispose]();
  }
}
