/** What a command does that works until it is stopped. */
import process from "node:process";

/** Resolves at Ctrl-C, by its signal, and at SIGTERM. */
export function untilStopped(signal: AbortSignal): { promise: Promise<void>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = () => resolve();
  process.on("SIGTERM", stop);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  return {
    promise,
    forget() {
      process.off("SIGTERM", stop);
      signal.removeEventListener("abort", stop);
    },
  };
}

/** Never resolves; rejects with what it waits for. */
export async function failureOf(ready: Promise<void>): Promise<never> {
  await ready;
  return await new Promise<never>(() => {});
}
