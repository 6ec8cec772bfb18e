/**
 * `Ffi` over `Deno.dlopen`. The only file that names `Deno`. Pointers are declared as `usize`, which takes and
 * gives numbers; it is passed in the same registers as a pointer.
 */
import { fileURLToPath } from "node:url";
import { ONNXRUNTIME_VERSION } from "./onnxruntime_version.ts";
import type { Access, Ffi, NativeFunction, ParameterType, Pointer, ResultType, Signature } from "./types.ts";

const PARAMETERS = {
  pointer: "usize",
  buffer: "buffer",
  i32: "i32",
  usize: "usize",
} as const satisfies Record<
  ParameterType,
  Deno.NativeType
>;

const RESULTS = { pointer: "usize", i32: "i32", void: "void" } as const satisfies Record<
  ResultType,
  Deno.NativeResultType
>;

type Definition = Deno.ForeignFunction<Deno.NativeType[], Deno.NativeResultType, boolean>;

function definition({ parameters, result }: Signature, nonblocking = false): Definition {
  return { parameters: parameters.map((type) => PARAMETERS[type]), result: RESULTS[result], nonblocking };
}

/** What each permission may be narrowed to, as Deno's descriptions of them call it. */
const DETAILS = {
  read: "path",
  write: "path",
  env: "variable",
  net: "host",
  run: "command",
  sys: "kind",
  ffi: "path",
} as const satisfies Record<Access, string>;

/** The null address has no pointer object; callers never pass it. */
function pointer<T>(address: Pointer): Deno.PointerObject<T> {
  const object = Deno.UnsafePointer.create<T>(BigInt(address));
  if (object === null) throw new RangeError("Cannot use a native address: it is null");
  return object;
}

function wrap(call: (...args: never[]) => unknown): NativeFunction {
  // A `usize` result is a bigint, a `void` one undefined.
  return (...args) => Number(call(...args as never[]) ?? 0);
}

/** Deno's foreign function interface. Requires `--allow-ffi` permission. */
export const ffi: Ffi = {
  name: "deno",
  open(path, symbols) {
    const definitions = Object.fromEntries(
      Object.entries(symbols).map(([name, signature]) => [name, definition(signature)]),
    );
    const library = Deno.dlopen(path, definitions as Record<string, Deno.ForeignFunction>);
    return Object.fromEntries(
      Object.entries(library.symbols).map(([name, call]) => [name, wrap(call as () => unknown)]),
    );
  },
  bind(address, signature) {
    const call = new Deno.UnsafeFnPointer(pointer(address), definition(signature));
    return wrap(call.call.bind(call) as () => unknown);
  },
  bindAsync(address, signature) {
    const call = new Deno.UnsafeFnPointer(pointer(address), definition(signature, true));
    return async (...args) => Number((await call.call(...args as never[])) ?? 0);
  },
  addressOf(view) {
    if (view.byteLength === 0) throw new RangeError("Cannot take the address of a view: it is empty");
    return Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(view as Uint8Array<ArrayBuffer>)));
  },
  readPointer: (address, offset = 0) =>
    Number(new Deno.UnsafePointerView(pointer(address)).getBigUint64(offset)),
  readCString: (address) => new Deno.UnsafePointerView(pointer(address)).getCString(),
  view: (address, byteLength) => new Deno.UnsafePointerView(pointer(address)).getArrayBuffer(byteLength),
  permits: (access, what) =>
    Deno.permissions.querySync({ name: access, [DETAILS[access]]: what } as Deno.PermissionDescriptor)
      .state ===
      "granted",
  async resolvePackageFile(file) {
    const name = `npm:onnxruntime-node@${ONNXRUNTIME_VERSION}`;
    const resolve = () => import.meta.resolve(`${name}/${file}`);
    // The literal import makes the package a dependency, and puts it into the module graph; without it the specifier
    // resolves to itself. A bundle has a copy of the manifest instead, or nothing: there the package is asked for now.
    await import("npm:onnxruntime-node@1.30.0/package.json", { with: { type: "json" } }).catch(() => {});
    if (resolve().startsWith("npm:")) await import(`${name}/package.json`, { with: { type: "json" } });
    return fileURLToPath(resolve());
  },
};
