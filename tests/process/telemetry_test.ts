import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { openLibrary } from "../../ffi/library.ts";
import { disableTelemetry, TELEMETRY_VARIABLE } from "../../ffi/system/telemetry.ts";
import type { Argument, Ffi } from "../../ffi/types.ts";
import { describe, fixture, it, itNeeds } from "../harness.ts";
import { type Ended, runScript } from "./child.ts";

const { path: library } = await openLibrary();

const strace = process.platform !== "linux"
  ? "strace is Linux's"
  : spawnSync("strace", ["-f", "true"]).status === 0
  ? undefined
  : "strace is not installed or not allowed here";

/** Where Deno keeps modules, when the home is another one. */
const denoFolder = process.env.DENO_DIR ??
  (process.platform === "darwin"
    ? join(homedir(), "Library/Caches/deno")
    : join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "deno"));
const bunFolder = process.env.BUN_INSTALL_CACHE_DIR ?? join(homedir(), ".bun/install/cache");

/** Loads and transcribes in an empty home with its own temporary folder. */
async function runInEmptyHome(within?: readonly string[]): Promise<Ended & { files: string[] }> {
  const home = mkdtempSync(join(tmpdir(), "sotto-home-")),
    temporary = mkdtempSync(join(tmpdir(), "sotto-tmp-"));
  const env = {
    HOME: home,
    XDG_CACHE_HOME: join(home, ".cache"),
    TMPDIR: temporary,
    ORT_DYLIB_PATH: library,
    // What the runtimes themselves keep and ask for.
    DENO_DIR: denoFolder,
    DENO_NO_UPDATE_CHECK: "1",
    BUN_INSTALL_CACHE_DIR: bunFolder,
    BUN_RUNTIME_TRANSPILER_CACHE_PATH: "0",
  };
  try {
    const args = [fixture("tiny.en.pt"), fixture("sense.wav")];
    const ended = await runScript("load_and_transcribe.ts", args, { env, within });
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, /Dashwood/);
    const files = [home, temporary].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
    );
    return { ...ended, files };
  } finally {
    for (const folder of [home, temporary]) rmSync(folder, { recursive: true });
  }
}

describe("ONNX Runtime", () => {
  it("leaves no file in the home and none in the temporary folder", async () => {
    const { files } = await runInEmptyHome();
    assert.deepEqual(files, []);
  });

  itNeeds(strace, "asks for no address", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sotto-"));
    const log = join(folder, "strace.txt");
    await runInEmptyHome(["strace", "-f", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", log]);
    const calls = readFileSync(log, "utf8").split("\n");
    assert.ok(calls.some((line) => line.includes("exited with 0")), "nothing was traced");
    assert.deepEqual(calls.filter((line) => /AF_INET|msg_name/.test(line)), []);
    rmSync(folder, { recursive: true });
  });
});

describe("disableTelemetry()", () => {
  const text = (bytes: Argument) => new TextDecoder().decode(bytes as Uint8Array).replace(/\0/g, "");

  /** Notes what is called; the system's variable has `length` characters. */
  function fakeSystem(length: number): { ffi: Ffi; calls: string[] } {
    const calls: string[] = [];
    const call = (name: string) => (...args: Argument[]) => {
      calls.push(`${name} ${args.map((arg) => typeof arg === "object" && arg ? text(arg) : arg).join(" ")}`);
      return name === "GetEnvironmentVariableW" ? length : 0;
    };
    const open: Ffi["open"] = (_, symbols) =>
      Object.fromEntries(Object.keys(symbols).map((name) => [name, call(name)]));
    return { ffi: { open } as Ffi, calls };
  }

  it("sets the variable of the C library, and leaves one that is there", () => {
    for (const platform of ["linux", "darwin"]) {
      const { ffi, calls } = fakeSystem(0);
      disableTelemetry(ffi, platform);
      assert.deepEqual(calls, [`setenv ${TELEMETRY_VARIABLE} 1 0`]);
    }
  });

  it("sets both environments of Windows, unless the variable is there", () => {
    const unset = fakeSystem(0);
    disableTelemetry(unset.ffi, "win32");
    assert.deepEqual(unset.calls.map((call) => call.split(" ").slice(0, 3).join(" ")), [
      `GetEnvironmentVariableW ${TELEMETRY_VARIABLE} `,
      `SetEnvironmentVariableW ${TELEMETRY_VARIABLE} 1`,
      `_putenv_s ${TELEMETRY_VARIABLE} 1`,
    ]);
    const set = fakeSystem(2);
    disableTelemetry(set.ffi, "win32");
    assert.equal(set.calls.length, 1);
  });
});
