/**
 * The one gate from an `OrtStatus*` to an error. Every native call passes it.
 */
import { OrtError } from "./errors/ort_error.ts";
import { ORT_API, type OrtFunction } from "./ort_api.ts";
import type { Argument, Ffi, NativeFunction, ParameterType, Pointer, Signature } from "./types.ts";

/** `OrtErrorCode` of `onnxruntime_c_api.h`, in order. */
const ERROR_NAMES = [
  "OK",
  "FAIL",
  "INVALID_ARGUMENT",
  "NO_SUCHFILE",
  "NO_MODEL",
  "ENGINE_ERROR",
  "RUNTIME_EXCEPTION",
  "INVALID_PROTOBUF",
  "MODEL_LOADED",
  "NOT_IMPLEMENTED",
  "INVALID_GRAPH",
  "EP_FAIL",
  "MODEL_LOAD_CANCELED",
  "MODEL_REQUIRES_COMPILATION",
  "NOT_FOUND",
] as const;

type ArgumentOf<T extends ParameterType> = T extends "buffer" ? ArrayBufferView | null : number;
type ArgumentsOf<T extends readonly ParameterType[]> = { -readonly [K in keyof T]: ArgumentOf<T[K]> };
type ResultOf<F extends OrtFunction> = F["result"] extends "pointer" | "i32" ? number : void;

/** The table as functions: those that give a status throw `OrtError`, the nonblocking ones give a promise. */
export type OrtApi = {
  readonly [K in keyof typeof ORT_API]: (
    ...args: ArgumentsOf<typeof ORT_API[K]["parameters"]>
  ) => typeof ORT_API[K] extends { nonblocking: true } ? Promise<void> : ResultOf<typeof ORT_API[K]>;
};

function signature({ parameters, result }: OrtFunction): Signature {
  return { parameters, result: result === "status" ? "pointer" : result };
}

/** Binds every function of the table in the struct at `table`. */
export function bindOrtApi(ffi: Ffi, table: Pointer): OrtApi {
  const address = (entry: OrtFunction) => ffi.readPointer(table, entry.index * 8);
  const bind = (entry: OrtFunction) => ffi.bind(address(entry), signature(entry));
  const errorCode = bind(ORT_API.GetErrorCode);
  const errorMessage = bind(ORT_API.GetErrorMessage);
  const releaseStatus = bind(ORT_API.ReleaseStatus);

  function check(api: string, status: Pointer): void {
    if (status === 0) return;
    const code = errorCode(status);
    const message = ffi.readCString(errorMessage(status)).trim();
    releaseStatus(status);
    throw new OrtError(message, { code: ERROR_NAMES[code] ?? String(code), api });
  }

  function gated(name: string, call: NativeFunction): (...args: Argument[]) => void {
    return (...args) => check(name, call(...args));
  }

  function nonblocking(name: string, entry: OrtFunction): (...args: number[]) => Promise<void> {
    const call = ffi.bindAsync(address(entry), signature(entry));
    return async (...args) => check(name, await call(...args));
  }

  const bound = Object.entries<OrtFunction>(ORT_API).map(([name, entry]) => {
    if (entry.nonblocking) return [name, nonblocking(name, entry)];
    return [name, entry.result === "status" ? gated(name, bind(entry)) : bind(entry)];
  });
  return Object.fromEntries(bound) as OrtApi;
}
