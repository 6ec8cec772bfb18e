/** Collects what JavaScript no longer uses, at once, so that what a process holds then is held by somebody. */
import v8 from "node:v8";
import vm from "node:vm";

/** What the runtimes have for it: Bun a function, V8 one that a flag gives to contexts made since. */
export function collectGarbage(): void {
  const { Bun } = globalThis as { Bun?: { gc(force: boolean): void } };
  if (Bun !== undefined) return Bun.gc(true);
  v8.setFlagsFromString("--expose-gc");
  vm.runInNewContext("gc")();
}
