/**
 * A count of what ONNX Runtime was asked to make and to release. `it` and `itNeeds` of this file are those of tests
 * that use a model: such a test fails when it leaves behind what was made while it ran, or releases what is not there.
 */
import assert from "node:assert/strict";
import { openLibrary, type OrtLibrary } from "../ffi/library.ts";
import { ORT_API, type OrtFunction } from "../ffi/ort_api.ts";
import { OrtError } from "../ffi/errors/ort_error.ts";
import * as harness from "./harness.ts";

export { describe, fixture, shared } from "./harness.ts";

/** The functions that make something, and the one that releases it. */
const RELEASED_BY: Readonly<Record<string, string>> = {
  CreateSessionFromArray: "ReleaseSession",
  CreateSessionOptions: "ReleaseSessionOptions",
  CreateRunOptions: "ReleaseRunOptions",
  CreateTensorAsOrtValue: "ReleaseValue",
  CreateTensorWithDataAsOrtValue: "ReleaseValue",
  CreateIoBinding: "ReleaseIoBinding",
  CreateMemoryInfo: "ReleaseMemoryInfo",
  CreateAllocator: "ReleaseAllocator",
  CreateArenaCfgV2: "ReleaseArenaCfg",
  AllocatorAlloc: "AllocatorFree",
  CreateCUDAProviderOptions: "ReleaseCUDAProviderOptions",
};

const RELEASES = new Set(Object.values(RELEASED_BY));

/** What the library makes once and keeps. */
const KEPT = ["CreateEnv", "CreateCpuMemoryInfo", "CreateAndRegisterAllocator"];

/** What gives a list back that `availableProviders` alone asks for. */
const LISTS = ["ReleaseAvailableProviders"];

type Call = (...args: unknown[]) => unknown;
type Api = Record<string, Call>;

/** What is alive, by its address, and the name of the function that made it. */
const alive = new Map<number, string>();
/** Releases of what was not alive. */
const astray: string[] = [];
/** How often each function was called. */
const calls = new Map<string, number>();

/** The number of native calls made so far, of one function or of all. */
export function nativeCalls(name?: string): number {
  if (name !== undefined) return calls.get(name) ?? 0;
  return [...calls.values()].reduce((sum, count) => sum + count, 0);
}

/** What was made and is not released, as the functions that made it with their counts. */
function aliveBeside(before: ReadonlySet<number>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [address, maker] of alive) {
    if (!before.has(address)) counts[maker] = (counts[maker] ?? 0) + 1;
  }
  return counts;
}

/** The address a function wrote to its out-parameter, which comes last: JavaScript's or native memory. */
function written(library: OrtLibrary, args: readonly unknown[]): number {
  const out = args[args.length - 1];
  return out instanceof BigUint64Array ? Number(out[0]) : library.ffi.readPointer(out as number);
}

function watch(library: OrtLibrary): void {
  const api = library.api as unknown as Api;
  for (const name of Object.keys(ORT_API)) {
    const call = api[name];
    const made = (args: readonly unknown[]) => {
      if (name in RELEASED_BY) alive.set(written(library, args), name);
    };
    api[name] = (...args) => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      // What is released is the last argument: `AllocatorFree` takes the allocator before it.
      if (RELEASES.has(name)) release(name, args[args.length - 1] as number);
      const result = call(...args);
      if (result instanceof Promise) return result.then(() => made(args));
      made(args);
      return result;
    };
  }
}

function release(name: string, address: number): void {
  const maker = alive.get(address);
  if (maker === undefined || RELEASED_BY[maker] !== name) astray.push(`${name}(${address})`);
  else alive.delete(address);
}

for (const name of Object.keys(ORT_API)) {
  const known = name in RELEASED_BY || RELEASES.has(name) ||
    [...KEPT, ...LISTS, "ReleaseStatus"].includes(name);
  assert.ok(known || !/^Create|Alloc$|^Release|Free$/.test(name), `${name} is counted`);
}
const watched = Symbol.for("sotto.tests.watched");
const library = await openLibrary() as OrtLibrary & { [watched]?: true };
if (!library[watched]) watch(library);
library[watched] = true;

/** Runs `body` and fails if it leaves anything behind. */
async function balanced(body: () => void | Promise<void>): Promise<void> {
  const before = new Set(alive.keys());
  astray.length = 0;
  await body();
  assert.deepEqual(aliveBeside(before), {}, "the test leaves this behind");
  assert.deepEqual(astray, [], "the test releases what is not there");
}

/** What a function does instead of itself, which it is given. */
type Replacement = (call: () => unknown, ...args: unknown[]) => unknown;

/** Replaces some functions while `body` runs. */
export async function withCalls<T>(
  replacements: Partial<Record<keyof typeof ORT_API, Replacement>>,
  body: () => Promise<T>,
): Promise<T> {
  const api = library.api as unknown as Api;
  const before = { ...api };
  for (const [name, replacement] of Object.entries(replacements)) {
    // What goes off the event loop fails off it too.
    const later = ORT_API_BY_NAME[name].nonblocking === true;
    api[name] = (...args) => {
      const run = () => replacement(() => before[name](...args), ...args);
      return later ? Promise.resolve().then(run) : run();
    };
  }
  try {
    return await body();
  } finally {
    Object.assign(api, before);
  }
}

const ORT_API_BY_NAME: Readonly<Record<string, OrtFunction>> = ORT_API;

/**
 * Lets one function fail while `body` runs, at its `nth` call from now on; or calls `instead` then, with the function
 * itself.
 */
export async function withFault<T>(
  name: keyof typeof ORT_API,
  nth: number,
  body: () => Promise<T>,
  instead: (call: () => unknown) => unknown = () => {
    throw new OrtError("made to fail", { code: "FAIL", api: name });
  },
): Promise<T> {
  let count = 0;
  return await withCalls({ [name]: (call: () => unknown) => ++count === nth ? instead(call) : call() }, body);
}

/** Declares a test that must release all that it makes. */
export const it: typeof harness.it = Object.assign(
  (name: string, body: () => void | Promise<void>) => harness.it(name, () => balanced(body)),
  { skip: harness.it.skip },
);

/** As `itNeeds` of the harness, for a test that must release all that it makes. */
export function itNeeds(missing: string | undefined, name: string, body: () => void | Promise<void>): void {
  harness.itNeeds(missing, name, () => balanced(body));
}
