/** Opens ONNX Runtime's shared library, and says why that cannot be. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { UnusableLibraryError } from "../errors/library_load_error.ts";
import { missingPermission } from "../permission.ts";
import type { Ffi, Pointer } from "../types.ts";
import { libraryFileSize } from "./library_file.ts";
import { diagnoseOpening } from "./library_obstacle.ts";
import { gatherSystemFacts } from "./system_facts.ts";

/**
 * Opens the library at `path`.
 *
 * @throws {UnusableLibraryError} when it is not there or not whole, is another library, or is not for this system.
 */
export function openSymbols(ffi: Ffi, path: string): { OrtGetApiBase: () => Pointer } {
  // Bun would look for a missing file in the working directory too.
  if (!existsSync(path)) throw new UnusableLibraryError("there is no such file");
  assertWhole(path);
  try {
    return ffi.open(path, { OrtGetApiBase: { parameters: [], result: "pointer" } }) as {
      OrtGetApiBase: () => Pointer;
    };
  } catch (cause) {
    throw notOpened(ffi, cause);
  }
}

function notOpened(ffi: Ffi, cause: unknown): UnusableLibraryError {
  // Windows' sentences end with a line, on Deno.
  const detail = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
  if (detail.includes("OrtGetApiBase")) {
    const reason = "it is a shared library, but not ONNX Runtime's: it has no OrtGetApiBase";
    return new UnusableLibraryError(reason, { cause });
  }
  if (missingPermission(cause) !== undefined) return new UnusableLibraryError(detail, { cause });
  const { reason, advice, obstacle } = diagnoseOpening(detail, gatherSystemFacts(ffi)) ?? {};
  const text = reason === undefined ? detail : `${reason} (${detail})`;
  return new UnusableLibraryError(`it cannot be opened: ${text}`, {
    advice: advice ?? "It may be for another system or processor, or damaged",
    obstacle,
    cause,
  });
}

/** Opening a file that is cut off kills the process. */
function assertWhole(path: string): void {
  const HEADERS = 1 << 16;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const header = new Uint8Array(Math.min(size, HEADERS));
    readSync(file, header, 0, header.length, 0);
    const wanted = libraryFileSize(header);
    if (wanted === undefined || wanted <= size) return;
    const bytes = Number.isFinite(wanted) ? `${size} bytes of at least ${wanted}` : `${size} bytes`;
    throw new UnusableLibraryError(`the file is cut off: it has ${bytes}`, { advice: "Install it again" });
  } finally {
    closeSync(file);
  }
}
