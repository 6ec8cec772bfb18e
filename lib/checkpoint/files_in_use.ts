/**
 * Windows refuses to replace, remove or create a file that another process holds open, or whose removal is not
 * finished yet, and says so in the words of missing rights. Most such refusals are over after a moment.
 */
import { rm } from "node:fs/promises";
import process from "node:process";

/** How often, and how long between, in milliseconds: two seconds in all. */
const TRIES = 20;
const PAUSE = 100;

/** What waiting depends on; tests give their own. */
export interface WaitOptions {
  readonly platform?: string;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Whether an error may mean that a file is in use. On other systems than Windows none does. */
export function mayBeInUse(error: unknown, platform: string = process.platform): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(code ?? "");
}

/**
 * Does something with a file, and tries again for two seconds while it may be in use.
 *
 * @throws whatever the last try threw.
 */
export async function whenFree<T>(work: () => Promise<T>, options: WaitOptions = {}): Promise<T> {
  const { sleep = (time: number) => new Promise((resolve) => setTimeout(resolve, time)) } = options;
  for (let tries = 1;; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || !mayBeInUse(error, options.platform)) throw error;
      await sleep(PAUSE);
    }
  }
}

/** How a file is removed; tests give their own. */
export interface RemoveOptions extends WaitOptions {
  readonly remove?: typeof rm;
}

/**
 * Removes a file, or a folder with what is in it, if there is one.
 *
 * @throws {Error} when it cannot be removed; of one that is in use the message says so.
 */
export async function removeFree(
  path: string,
  { remove = rm, ...options }: RemoveOptions = {},
): Promise<void> {
  try {
    await whenFree(() => remove(path, { recursive: true, force: true }), options);
  } catch (cause) {
    if (!mayBeInUse(cause, options.platform)) throw cause;
    throw new Error(`Cannot remove ${path}: another program has it open; end that and try again`, { cause });
  }
}
