/** Waiting for what a test is about, however busy the machine is. */

/** Milliseconds after which it will not come true any more. */
const LIMIT = 60_000;

/**
 * Waits until something is so.
 *
 * @throws after a minute.
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT;
  while (!await isSo()) {
    if (Date.now() > end) throw new Error("It did not come true within a minute");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
