/**
 * Who downloads a checkpoint: a file that one process creates and rewrites every second, with how far it is.
 * The others watch it. When it stops changing its owner is dead, and one of them takes it over. Only the
 * content counts: no clock of another machine is compared, no process looked up.
 *
 * The lock saves work; it does not guard the cache. Where a file system lets two processes create the same
 * file, both download for a moment, the one whose token is no longer in the file stops, and in any case only a
 * verified file gets its final name.
 */
import { open, readFile, unlink } from "node:fs/promises";
import process from "node:process";
import { whenFree } from "../files_in_use.ts";
import type { Clock } from "./clock.ts";

/** What an owner tells the others. */
export interface LockNote {
  /** Who owns the lock. */
  readonly token: string;
  /** The owner's process. */
  readonly pid: number;
  /** When it was taken. */
  readonly since: string;
  /** Counts the signs of life. */
  readonly beat: number;
  /** Bytes there. */
  readonly loaded: number;
  /** Bytes in all, if known. */
  readonly total?: number;
}

/** The reason of `DownloadLock.lost`: somebody else owns the lock now. */
export class LockLostError extends Error {
  override name = "LockLostError";
}

/** Notes have one length, so that a new one replaces the old one in a single write. */
const NOTE_LENGTH = 256;

/** A lock that this process holds. Whoever took it releases it. */
export class DownloadLock implements AsyncDisposable {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #lost = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #note: LockNote;
  #lastBeat = Date.now();
  #beating: Promise<void> | undefined;

  private constructor(path: string, clock: Clock, note: LockNote) {
    this.#path = path;
    this.#clock = clock;
    this.#note = note;
    this.#timer = setInterval(() => void this.#beat(), clock.beat);
  }

  /**
   * Takes the lock, unless somebody has it.
   *
   * @param abandoned The content of a lock that {@linkcode watchLock} found dead: such a lock is taken over.
   */
  static async acquire(path: string, clock: Clock, abandoned?: string): Promise<DownloadLock | undefined> {
    const note: LockNote = {
      token: crypto.randomUUID(),
      pid: process.pid,
      since: new Date().toISOString(),
      beat: 0,
      loaded: 0,
    };
    try {
      // A lock that was just given back may still be on its way out.
      await whenFree(() => writeNote(path, "wx", note));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (abandoned === undefined || await readText(path) !== abandoned) return undefined;
      if (!await writeNote(path, "r+", note).then(() => true, () => false)) return undefined;
      // Several may take it over at once: the last to write has it, and all see that after a moment.
      await clock.sleep(2 * clock.poll);
      if (parseNote(await readText(path))?.token !== note.token) return undefined;
    }
    return new DownloadLock(path, clock, note);
  }

  /** Aborted when somebody else took the lock over. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Tells the others how far the download is, with the next sign of life. */
  report(loaded: number, total?: number): void {
    this.#note = { ...this.#note, loaded, total };
  }

  /**
   * Makes sure before a write that the lock is still held: a process that was stopped for a while must not go
   * on before it has looked.
   *
   * @param maxAge How old the last look may be, in milliseconds.
   * @throws {LockLostError} when somebody else has it.
   */
  async assertHeld(maxAge: number = this.#clock.stale / 2): Promise<void> {
    if (Date.now() - this.#lastBeat >= maxAge) await this.#beat();
    this.lost.throwIfAborted();
  }

  /** Gives the lock back. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    if (!this.lost.aborted && parseNote(await readText(this.#path))?.token === this.#note.token) {
      await whenFree(() => unlink(this.#path)).catch(() => {});
    }
  }

  #beat(): Promise<void> {
    return this.#beating ??= this.#showLife().finally(() => this.#beating = undefined);
  }

  async #showLife(): Promise<void> {
    if (parseNote(await readText(this.#path))?.token !== this.#note.token) {
      this.#lost.abort(new LockLostError("Another process took the download over"));
      return;
    }
    this.#note = { ...this.#note, beat: this.#note.beat + 1 };
    // A full disk may refuse the note; the lock is held all the same until somebody takes it over.
    await writeNote(this.#path, "r+", this.#note).catch(() => {});
    this.#lastBeat = Date.now();
  }
}

/**
 * Waits while somebody else holds the lock.
 *
 * @param onNote Called with each new note of the owner.
 * @returns `undefined` when the lock is free, or its content when its owner no longer shows life.
 */
export async function watchLock(
  path: string,
  clock: Clock,
  options: { signal?: AbortSignal; onNote?: (note: LockNote) => void } = {},
): Promise<string | undefined> {
  let last = await readText(path);
  for (let quiet = 0; last !== undefined && quiet * clock.poll < clock.stale; quiet++) {
    await clock.sleep(clock.poll, options.signal);
    const text = await readText(path);
    if (text === last) continue;
    last = text;
    quiet = 0;
    const note = parseNote(text);
    if (note !== undefined) options.onNote?.(note);
  }
  return last;
}

async function writeNote(path: string, flags: "wx" | "r+", note: LockNote): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.write(
      new TextEncoder().encode(JSON.stringify(note).padEnd(NOTE_LENGTH - 1) + "\n"),
      0,
      NOTE_LENGTH,
      0,
    );
  } catch (error) {
    if (flags === "wx") await unlink(path).catch(() => {});
    throw error;
  } finally {
    await handle.close();
  }
}

async function readText(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch(() => undefined);
}

function parseNote(text: string | undefined): LockNote | undefined {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
