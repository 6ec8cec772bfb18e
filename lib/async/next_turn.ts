/** The next turn of the event loop, after everything that waits for nothing but promises. */
import { setImmediate } from "node:timers/promises";

/** Waits for it: timers and sockets have theirs before, no time has to pass. */
export async function nextTurn(): Promise<void> {
  await setImmediate();
}
