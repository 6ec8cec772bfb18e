/**
 * How a process ends that has ONNX Runtime loaded. A program may end at any moment: by `process.exit`, by an error that
 * nobody catches, while a call runs off the event loop. The C library then destroys ONNX Runtime's static objects under
 * that call, which often ends in a crash and in another exit code. Nothing of them needs to be destroyed.
 */
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import { cString, ortPath } from "../memory.ts";
import { systemFunctions } from "./system_library.ts";
import type { Ffi } from "../types.ts";

const DLOPEN = { parameters: ["buffer", "i32"], result: "pointer" } as const;
const RTLD_NOW = 2;

/**
 * Lets the process end without the destructors of the libraries loaded so far: what the C library has to write is
 * written, then `_exit` takes the exit code. On Windows a process ends its other threads first anyway.
 */
export function skipDestructors(ffi: Ffi, platform: string = process.platform): void {
  if (platform === "win32") return;
  const { dlopen, dlsym, __cxa_atexit } = systemFunctions(ffi, platform, {
    dlopen: DLOPEN,
    dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
    __cxa_atexit: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
  });
  const everything = dlopen(null, RTLD_NOW);
  const [end, flush, onExit] = ["_exit", "fflush", "on_exit"].map((name) => dlsym(everything, cString(name)));
  const register = (code: number) => {
    // The last one registered is called first. glibc's `on_exit` hands on the exit code, elsewhere it is to be known.
    if (onExit === 0) __cxa_atexit(end, code, 0);
    else ffi.bind(onExit, { parameters: ["pointer", "pointer"], result: "i32" })(end, 0);
    __cxa_atexit(flush, 0, 0);
  };
  if (onExit !== 0) register(0);
  // Objects that calls have made since are destroyed before what was registered then, so it is registered once more.
  if (onExit !== 0 || isMainThread) process.on("exit", (code) => register(Number(code)));
  // Deno tells only these events of an error that nobody catches.
  const isUntold = onExit !== 0 && ffi.name === "deno";
  const events = isUntold ? ["error", "unhandledrejection"] : [];
  for (const event of events) globalThis.addEventListener(event, () => register(0));
}

/** Keeps a library loaded for good: Deno closes it with the worker that opened it, under calls that still run. */
export function keepLoaded(ffi: Ffi, path: string, platform: string = process.platform): void {
  if (platform === "win32") {
    const { LoadLibraryW } = systemFunctions(ffi, platform, {
      LoadLibraryW: { parameters: ["buffer"], result: "pointer" },
    });
    LoadLibraryW(ortPath(path, platform));
  } else systemFunctions(ffi, platform, { dlopen: DLOPEN }).dlopen(cString(path), RTLD_NOW);
}
