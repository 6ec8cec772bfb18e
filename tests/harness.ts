/**
 * The one place tests get `describe` and `it` from: `@std/testing/bdd` on Deno, `node:test` on Bun and where
 * JSR cannot be reached. Assertions are `node:assert/strict`, which both runtimes have.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

interface Bdd {
  describe(name: string, body: () => void): void;
  it: {
    (name: string, body: () => void | Promise<void>): void;
    skip(name: string, body: () => void | Promise<void>): void;
  };
}

const bdd =
  ("Deno" in globalThis
    ? await import("@std/testing/bdd").catch(() => import("node:test"))
    : await import("node:test")) as unknown as Bdd;

/** Groups tests. A group that waits would lose its tests: what it needs is awaited before it. */
export function describe(name: string, body: () => void): void {
  bdd.describe(name, () => {
    if ((body() as unknown) instanceof Promise) {
      throw new TypeError(`The group "${name}" waits for something`);
    }
  });
}

/** Declares a test; its name is a sentence. */
export const it: Bdd["it"] = bdd.it;

/** Declares a test that needs something, and skips it with the reason when that is missing. */
export function itNeeds(missing: string | undefined, name: string, body: () => void | Promise<void>): void {
  if (missing === undefined) it(name, body);
  else it.skip(`${name} [skipped: ${missing}]`, body);
}

/** Whether the processor is emulated, as `scripts/try_arm64.ts` says: what takes long is made smaller then. */
export const isEmulated = process.env.SOTTO_TEST_EMULATED === "1";

/** The path of a file under `tests/fixtures/`. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

/** The path of a file of the developers' shared folder beside the clone, and why it is missing if it is. */
export function shared(name: string): { path: string; missing: string | undefined } {
  const path = fileURLToPath(new URL(`../../shared/${name}`, import.meta.url));
  return { path, missing: existsSync(path) ? undefined : `../shared/${name} is not on this machine` };
}

/** Why a program that tests run is missing, if it is. */
export function program(name: string): { missing: string | undefined } {
  const { error } = spawnSync(name, ["--version"], { stdio: "ignore" });
  return { missing: error && `${name} is not installed` };
}
