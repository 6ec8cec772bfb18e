/**
 * What is released when its thread ends. A Worker may be terminated at any moment, and no JavaScript of it runs then;
 * but the C library calls a destructor for what a thread has left in its own storage. So a session that nothing uses
 * lies there, and goes with the thread of its Worker.
 *
 * That is so on Deno. On Bun, threads that end so while others of theirs are at work make the process hang (1.4.5), so
 * there the Worker's exit handler does it, which runs after `close()` and `process.exit()`, not after `terminate()`.
 */
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import { systemFunctions } from "./system_library.ts";
import type { Ffi, Pointer } from "../types.ts";

const SIGNATURES = {
  pthread_key_create: { parameters: ["buffer", "pointer"], result: "i32" },
  pthread_setspecific: { parameters: ["pointer", "pointer"], result: "i32" },
  pthread_key_delete: { parameters: ["pointer"], result: "i32" },
} as const;

/** A native thing that goes with the thread that made it, unless it is in use then. */
export interface ReleasedWithThread extends Disposable {
  /** Keeps the thing while it is used off this thread. Whoever asks for that disposes it. */
  use(): Disposable;
  /** Leaves the thing to whoever releases it. */
  [Symbol.dispose](): void;
}

/**
 * Has a thing released by `destructor`, a C function of one argument, when this thread ends.
 *
 * @returns What ends that; nothing on the main thread, which ends with the process, and where there is no way.
 */
export function releasedWithThread(
  ffi: Ffi,
  thing: Pointer,
  destructor: Pointer,
): ReleasedWithThread | undefined {
  // Deno calls the thread of a Web Worker a main one, Bun has no such scope.
  const isWorker = !isMainThread || "WorkerGlobalScope" in globalThis;
  if (!isWorker || process.platform === "win32") return undefined;
  const leave = ffi.name === "deno" ? inThreadStorage(ffi, destructor) : toExitHandler(ffi, destructor);
  if (leave === undefined) return undefined;
  let uses = 0;
  let disposed = false;
  leave(thing);
  return {
    use() {
      if (uses++ === 0) leave(0);
      return {
        [Symbol.dispose]() {
          if (--uses === 0 && !disposed) leave(thing);
        },
      };
    },
    [Symbol.dispose]() {
      disposed = true;
      leave(undefined);
    },
  };
}

/** Says what is to be released when the thread ends: a thing, none for the moment (0), or none any longer. */
type Leave = (thing: Pointer | undefined) => void;

function inThreadStorage(ffi: Ffi, destructor: Pointer): Leave | undefined {
  const functions = systemFunctions(ffi, process.platform, SIGNATURES);
  const out = new BigUint64Array(new ArrayBuffer(8));
  // A process has a thousand keys or so; a session without one is only not released with its thread.
  if (functions.pthread_key_create(out, destructor) !== 0) return undefined;
  const key = Number(out[0]);
  return (thing) => {
    if (thing === undefined) functions.pthread_key_delete(key);
    else functions.pthread_setspecific(key, thing);
  };
}

/** What the exit handler of this thread releases, with what. */
const left = new Map<object, () => void>();

function toExitHandler(ffi: Ffi, destructor: Pointer): Leave {
  const release = ffi.bind(destructor, { parameters: ["pointer"], result: "void" });
  if (left.size === 0) {
    process.removeListener("exit", releaseLeft);
    process.on("exit", releaseLeft);
  }
  const place = {};
  return (thing) => {
    if (thing) left.set(place, () => void release(thing));
    else left.delete(place);
  };
}

function releaseLeft(): void {
  for (const release of left.values()) release();
}
