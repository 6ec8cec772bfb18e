/**
 * The memory that sessions on the CPU work in: one arena for all of a process. Each with an arena of its own keeps what
 * another could use, and one that grows by what is asked for at a time is pieces between which much lies idle: of
 * tiny.en's and base's encoder a sixth to a fifth of the peak. This one takes address space of a size that holds most
 * runs whole, of which the system provides the pages that are touched.
 */
import { OrtError } from "../errors/ort_error.ts";
import type { OrtLibrary } from "../library.ts";
import { cString, keepAlive, pointers } from "../memory.ts";

/** What `OrtArenaCfg` is told (`onnxruntime_c_api.h`, `CreateArenaCfgV2`). */
const ARENA = {
  // The next power of two: what is given back to the system is taken in one piece again.
  arena_extend_strategy: 0,
  initial_growth_chunk_size_bytes: 128 << 20,
};

/** The session's configuration entry to work in it. */
export const IN_SHARED_ARENA = { "session.use_env_allocators": "1" };

/**
 * Makes the arena. Where the environment has one already, as in a second Worker, sessions share that.
 *
 * @throws {OrtError} when the library refuses its settings.
 */
export function shareArena(library: OrtLibrary): void {
  const { api, ffi, environment, memoryInfo } = library;
  const keys = Object.keys(ARENA).map(cString);
  const values = BigUint64Array.from(Object.values(ARENA), BigInt);
  const config = library.create((out) =>
    api.CreateArenaCfgV2(pointers(keys.map(ffi.addressOf)), values, keys.length, out)
  );
  keepAlive(...keys);
  try {
    api.CreateAndRegisterAllocator(environment, memoryInfo, config);
  } catch (error) {
    if (!(error instanceof OrtError)) throw error;
  } finally {
    api.ReleaseArenaCfg(config);
  }
}
