/** NVIDIA's driver, made up: a library with its functions, compiled where there is a compiler. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { isEmulated, program } from "../../harness.ts";

/** What the driver is like. */
export interface StubDriver {
  /** What `cuInit` gives. */
  readonly init?: number;
  readonly devices?: number;
  /** The version of CUDA, times 1000. */
  readonly version?: number;
  /** What a context on a device gives. */
  readonly context?: number;
}

/** Why there can be none. */
export const noStub: string | undefined = process.platform !== "linux"
  ? "the made up driver is one of Linux"
  : isEmulated
  ? "the compiler makes libraries for another processor"
  : program("cc").missing;

function source({ init = 0, devices = 0, version = 13000, context = 0 }: StubDriver): string {
  return `
#include <string.h>
typedef unsigned long size;
static int contexts;
int cuInit(unsigned flags) { return ${init}; }
int cuDriverGetVersion(int *version) { *version = ${version}; return 0; }
int cuGetErrorName(int result, const char **text) { *text = "CUDA_ERROR_MADE_UP"; return 0; }
int cuGetErrorString(int result, const char **text) { *text = "made up"; return 0; }
int cuDeviceGetCount(int *count) { *count = ${devices}; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = 100 + ordinal; return ordinal < ${devices} ? 0 : 101; }
int cuDeviceGetName(char *name, int length, int device) {
  strncpy(name, device == 100 ? "Made Up 4090" : "Made Up 3060", length); return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  *value = attribute == 75 ? 8 : attribute == 76 ? 9 : -1; return 0;
}
int cuDeviceTotalMem_v2(size *bytes, int device) { *bytes = 24ul << 30; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) { *context = &contexts; contexts++; return ${context}; }
int cuDevicePrimaryCtxRelease_v2(int device) { contexts--; return 0; }
int cuCtxPushCurrent_v2(void *context) { return 0; }
int cuCtxPopCurrent_v2(void **context) { return 0; }
int cuCtxSynchronize(void) { return 0; }
int cuMemGetInfo_v2(size *free, size *total) { *free = contexts == 1 ? 20ul << 30 : 0; *total = 24ul << 30; return 0; }
int cuTensorMapEncodeTiled() { return 999; } // What the provider is linked with.
int cuMemcpy(void *target, const void *source, size bytes) { memcpy(target, source, bytes); return 0; }
`;
}

/** Compiles C into a shared library, and gives the folder it lies in. */
export function compileLibrary(name: string, code: string, flags: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), "sotto-stub-"));
  const file = join(folder, "stub.c");
  writeFileSync(file, code);
  const args = ["-shared", "-fPIC", "-w", `-Wl,-soname,${name}`, "-o", join(folder, name), file, ...flags];
  const { status, stderr } = spawnSync("cc", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot compile ${name}: ${stderr}`);
  return folder;
}

/**
 * Makes a driver for a process of its own, which finds it where `LD_LIBRARY_PATH` says.
 *
 * @returns The folder.
 */
export function makeStubDriver(driver: StubDriver): string {
  return compileLibrary("libcuda.so.1", source(driver));
}

/** Makes a driver for this process, where nobody finds it by its name: the path. */
export function makeHiddenDriver(driver: StubDriver): string {
  const name = "libsotto_made_up_driver.so";
  return join(compileLibrary(name, source(driver)), name);
}

/** Makes a library that needs others, which are not there when it is used, and looks for them in `$ORIGIN/lib`. */
export function linkedLibrary(name: string, needed: readonly string[]): string {
  const others = needed.map((other) =>
    join(compileLibrary(other, `int of_${other.replaceAll(/\W/g, "_")};`), other)
  );
  const flags = ["-Wl,--no-as-needed", ...others, "-Wl,-rpath,$ORIGIN/lib"];
  return join(compileLibrary(name, "int own;", flags), name);
}
