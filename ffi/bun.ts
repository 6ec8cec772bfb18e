/**
 * `Ffi` over `bun:ffi`. The only file that names `bun:ffi`. Bun has no nonblocking calls, so those run in one
 * worker thread of the same process, which calls the same addresses.
 */
import { CFunction, CString, dlopen, ptr, read, toArrayBuffer } from "bun:ffi";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import process from "node:process";
import type { Ffi, NativeFunction, Signature } from "./types.ts";

const PARAMETERS = { pointer: "ptr", buffer: "ptr", i32: "i32", usize: "usize" } as const;
const RESULTS = { pointer: "ptr", i32: "i32", void: "void" } as const;

interface Definition {
  readonly args: readonly string[];
  readonly returns: string;
}

function definition({ parameters, result }: Signature): Definition {
  return { args: parameters.map((type) => PARAMETERS[type]), returns: RESULTS[result] };
}

function wrap(call: (...args: unknown[]) => number | null | undefined): NativeFunction {
  return (...args) => {
    // Small typed arrays live inside the garbage-collected heap until their buffer is asked for.
    for (const arg of args) if (typeof arg === "object" && arg !== null) void arg.buffer;
    // A null pointer result is null, a `void` one undefined.
    return call(...args) ?? 0;
  };
}

const WORKER = `
import { CFunction } from "bun:ffi";
const functions = new Map();
self.onmessage = ({ data: { id, address, definition, args } }) => {
  let call = functions.get(address);
  if (call === undefined) functions.set(address, call = CFunction({ ptr: address, ...definition }));
  postMessage({ id, result: call(...args) ?? 0 });
};`;

interface Caller {
  call(address: number, definition: Definition, args: readonly number[]): Promise<number>;
}

let caller: Caller | undefined;

function startWorker(): Caller {
  const worker = new Worker(URL.createObjectURL(new Blob([WORKER], { type: "application/javascript" })));
  const waiting = new Map<number, PromiseWithResolvers<number>>();
  let lastId = 0;
  worker.onmessage = ({ data: { id, result } }: MessageEvent<{ id: number; result: number }>) => {
    waiting.get(id)?.resolve(result);
    waiting.delete(id);
    // An idle worker must not keep the process alive.
    if (waiting.size === 0) hold(worker, false);
  };
  worker.onerror = (event) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`Cannot run a native call: ${event.message}`));
    }
    waiting.clear();
    caller = undefined;
  };
  return {
    call(address, definition, args) {
      const settled = Promise.withResolvers<number>();
      waiting.set(++lastId, settled);
      hold(worker, true);
      worker.postMessage({ id: lastId, address, definition, args });
      return settled.promise;
    },
  };
}

function hold(worker: Worker, alive: boolean): void {
  const bunWorker = worker as Worker & { ref(): void; unref(): void };
  if (alive) bunWorker.ref();
  else bunWorker.unref();
}

/** The package's manifest, of the version that is known to work. */
const PINNED_MANIFEST = "onnxruntime-node@1.30.0/package.json";

/** `bun test` installs nothing by itself; a Bun of its own does. */
function resolveInChild(): string {
  const script = `process.stdout.write(require.resolve(${JSON.stringify(PINNED_MANIFEST)}))`;
  const options = { cwd: tmpdir(), env: { ...process.env, BUN_BE_BUN: "1" }, encoding: "utf8" } as const;
  return execFileSync(process.execPath, ["-e", script], options);
}

function firstOf(attempts: readonly (() => string)[]): string {
  let failure: unknown;
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Bun's foreign function interface. */
export const ffi: Ffi = {
  name: "bun",
  open(path, symbols) {
    const definitions = Object.fromEntries(
      Object.entries(symbols).map(([name, signature]) => [name, definition(signature)]),
    );
    const library = dlopen(path, definitions);
    return Object.fromEntries(
      Object.entries(library.symbols).map((
        [name, call],
      ) => [name, wrap(call as (...args: unknown[]) => number)]),
    );
  },
  bind: (address, signature) => wrap(CFunction({ ptr: address, ...definition(signature) })),
  bindAsync(address, signature) {
    const shape = definition(signature);
    return (...args) => (caller ??= startWorker()).call(address, shape, args);
  },
  addressOf(view) {
    if (view.byteLength === 0) throw new RangeError("Cannot take the address of a view: it is empty");
    void view.buffer;
    return ptr(view);
  },
  readPointer: (address, offset = 0) => read.ptr(address, offset) ?? 0,
  readCString: (address) => new CString(address).toString(),
  view: (address, byteLength) => toArrayBuffer(address, 0, byteLength),
  resolvePackageFile(file) {
    const { resolve } = createRequire(import.meta.url);
    const manifest = firstOf([
      // Without node_modules it comes from Bun's own cache, which Bun fills at the first use.
      () => resolve(PINNED_MANIFEST),
      () => resolve("onnxruntime-node/package.json"),
      () => resolveInChild(),
    ]);
    return Promise.resolve(manifest.slice(0, -"package.json".length) + file);
  },
};
