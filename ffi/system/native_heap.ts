/**
 * What the process keeps of native memory that is freed. The C library of Linux comes to keep up to 64 MB for each of
 * its heaps, as soon as a block of 32 MB was freed, and Deno's threads have a heap each: a process that has loaded a
 * model and transcribed holds some 100 MB more than it uses. So large blocks go back to the system at once; but while
 * sessions are created, blocks are used again, as ever: for the many weights of a model that are folded and quantised,
 * new ones take a second more (base, int8). What is free between blocks in use goes back once they are made: of small,
 * loaded for the first time in int8, 120 MB.
 */
import process from "node:process";
import { cString } from "../memory.ts";
import { systemFunctions } from "./system_library.ts";
import type { Ffi, NativeFunction } from "../types.ts";

/** From which size on a block is mapped by itself, in bytes: while models run, and while sessions are created. */
const RUNNING = 1 << 20;
const CREATING = 32 << 20;

/** What a heap may keep at its end, in bytes. */
const KEPT = 4 << 20;

/** How long it is left alone after it was swept, in milliseconds: that takes 4 to 8. */
const PAUSE = 1000;

/** Variables by which a user has said so already. */
const VARIABLES = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"];

const TRIM_THRESHOLD = -1, MMAP_THRESHOLD = -3;

/** The heap of a process, as far as it can be told what to keep. */
export class NativeHeap {
  readonly #functions: HeapFunctions | undefined;
  #creating = 0;
  #swept = -Infinity;

  /** Tells the C library from now on. Where it has no such function there is nothing to tell. */
  constructor(ffi: Ffi, platform: string = process.platform) {
    this.#functions = functionsOf(ffi, platform);
    this.#functions?.mallopt(TRIM_THRESHOLD, KEPT);
    this.#functions?.mallopt(MMAP_THRESHOLD, RUNNING);
  }

  /** Uses again what is freed until the result is disposed: for the creation of sessions. */
  reuse(): Disposable {
    if (this.#creating++ === 0) this.#functions?.mallopt(MMAP_THRESHOLD, CREATING);
    return {
      [Symbol.dispose]: () => {
        if (--this.#creating > 0) return;
        this.#functions?.mallopt(MMAP_THRESHOLD, RUNNING);
        this.#sweep();
      },
    };
  }

  /**
   * Gives back what is free between blocks in use, not more often than once a second: before a run that takes much.
   * Decoding, compiling and small blocks of former runs leave 50 MB in Deno's heaps, which the run would come on top of.
   */
  giveBack(): void {
    if (this.#creating === 0 && performance.now() - this.#swept >= PAUSE) this.#sweep();
  }

  #sweep(): void {
    this.#functions?.malloc_trim(KEPT);
    this.#swept = performance.now();
  }
}

/** What glibc has for it. */
type HeapFunctions = Record<"mallopt" | "malloc_trim", NativeFunction>;

function functionsOf(ffi: Ffi, platform: string): HeapFunctions | undefined {
  if (platform !== "linux") return undefined;
  try {
    const { getenv, ...functions } = systemFunctions(ffi, platform, {
      getenv: { parameters: ["buffer"], result: "pointer" },
      mallopt: { parameters: ["i32", "i32"], result: "i32" },
      malloc_trim: { parameters: ["usize"], result: "i32" },
    });
    return VARIABLES.some((name) => getenv(cString(name)) !== 0) ? undefined : functions;
  } catch (error) {
    if (error instanceof Error && error.name === "NotCapable") throw error;
  }
}
