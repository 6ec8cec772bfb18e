/**
 * `Ffi` over `bun:ffi`. The only file that names `bun:ffi`. Bun has no nonblocking calls, so those run in
 * worker threads of the same process, which call the same addresses.
 */
import { createRequire } from "node:module";
import { bunPackageFile, fileBeside } from "./system/bun_package.ts";
import { type CallListener, CallPool, type CallThread } from "./call_pool.ts";
import { ONNXRUNTIME_VERSION } from "./onnxruntime_version.ts";
import type { Ffi, NativeFunction, Signature } from "./types.ts";

/** What is used of `bun:ffi`. */
interface BunFfi {
  CFunction(definition: Definition & { ptr: number }): NativeCallable;
  CString: new (address: number) => { toString(): string };
  dlopen(
    path: string,
    symbols: Readonly<Record<string, Definition>>,
  ): { symbols: Record<string, NativeCallable> };
  ptr(view: ArrayBufferView): number;
  readonly read: { ptr(address: number, offset: number): number | null };
  toArrayBuffer(address: number, offset: number, byteLength: number): ArrayBuffer;
}

type NativeCallable = (...args: unknown[]) => number | null | undefined;

// No import: bundlers put those at the top of their output, where Deno would find them.
const { CFunction, CString, dlopen, ptr, read, toArrayBuffer }: BunFfi = createRequire(import.meta.url)(
  "bun:ffi",
);

const PARAMETERS = { pointer: "ptr", buffer: "ptr", i32: "i32", usize: "usize" } as const;
const RESULTS = { pointer: "ptr", i32: "i32", void: "void" } as const;

interface Definition {
  readonly args: readonly string[];
  readonly returns: string;
}

function definition({ parameters, result }: Signature): Definition {
  return { args: parameters.map((type) => PARAMETERS[type]), returns: RESULTS[result] };
}

function wrap(call: NativeCallable): NativeFunction {
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
function call({ address, definition, args }) {
  let call = functions.get(address);
  if (call === undefined) functions.set(address, call = CFunction({ ptr: address, ...definition }));
  return call(...args) ?? 0;
}
self.onmessage = ({ data: { id, ...request } }) => {
  let answer;
  try {
    answer = { id, result: call(request) };
  } catch (error) {
    answer = { id, reason: String(error) };
  }
  postMessage(answer);
};`;

/** A call, and the C types of the function. */
interface NativeCall {
  readonly address: number;
  readonly definition: Definition;
  readonly args: readonly number[];
}

/** Two models being loaded, two at work, and some more. A worker takes about 5 MB. */
const WORKERS = 8;

const pool = new CallPool<NativeCall>(startWorker, WORKERS);

function startWorker({ returned, failed, died }: CallListener): CallThread<NativeCall> {
  const source = new Blob([WORKER], { type: "application/javascript" });
  const worker = new Worker(URL.createObjectURL(source)) as Worker & { ref(): void; unref(): void };
  worker.onmessage = ({ data }: MessageEvent<{ id: number; result: number; reason?: string }>) => {
    if (data.reason === undefined) returned(data.id, data.result);
    else failed(data.id, data.reason);
  };
  worker.onerror = (event) => died(event.message);
  return {
    post: (id, call) => worker.postMessage({ id, ...call }),
    hold: (alive) => alive ? worker.ref() : worker.unref(),
  };
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
      Object.entries(library.symbols).map(([name, call]) => [name, wrap(call)]),
    );
  },
  bind: (address, signature) => wrap(CFunction({ ptr: address, ...definition(signature) })),
  bindAsync(address, signature) {
    const shape = definition(signature);
    return (...args) => pool.call({ address, definition: shape, args });
  },
  addressOf(view) {
    if (view.byteLength === 0) throw new RangeError("Cannot take the address of a view: it is empty");
    void view.buffer;
    return ptr(view);
  },
  readPointer: (address, offset = 0) => read.ptr(address, offset) ?? 0,
  readCString: (address) => new CString(address).toString(),
  view: (address, byteLength) => toArrayBuffer(address, 0, byteLength),
  permits: () => true,
  resolvePackageFile(file) {
    const manifest = bunPackageFile("onnxruntime-node", ONNXRUNTIME_VERSION, "package.json");
    return Promise.resolve(fileBeside(manifest, file));
  },
};
