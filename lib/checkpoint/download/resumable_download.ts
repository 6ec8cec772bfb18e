/**
 * Fills a partial file from one or several addresses until it has its SHA-256: resumes after every loss, waits
 * longer after every failure, and starts over where bytes turn out wrong.
 */
import { ChecksumMismatchError } from "../../errors.ts";
import { inLargePieces, refuseHtml } from "./body.ts";
import type { Clock } from "./clock.ts";
import { isDigest } from "../hash.ts";
import type { PartialFile } from "./partial.ts";
import { readRange } from "./range.ts";
import { networkError, request, RequestError, showUrl } from "./request.ts";

/** What a download takes. */
export interface DownloadTask {
  /** Where the file is; each is as good as the others. */
  readonly urls: readonly URL[];
  /** What the file must have; without it a body that arrives whole is taken. */
  readonly sha256?: string;
  /** Headers for the servers of `urls`. */
  readonly headers?: Readonly<Record<string, string>> | Iterable<readonly [string, string]>;
  /** What sends requests. */
  readonly fetch: typeof fetch;
  /** Milliseconds without a byte after which a connection is given up. */
  readonly stallTimeout: number;
  /** Failures in a row without progress that are tried again. */
  readonly retries: number;
  /** Stops the download. */
  readonly signal: AbortSignal;
  /** How to wait. */
  readonly clock: Clock;
  /** Called with the bytes there and the bytes in all. */
  readonly onBytes: (loaded: number, total?: number) => void;
  /** Told why there is another attempt. */
  readonly onWarning: (message: string) => void;
}

interface Source {
  readonly url: URL;
  mismatches: number;
  /** How often its name was not found before any server was reached. */
  unresolved: number;
}

/** Tries of a name that is not found while no server has been reached: without a network, asking on is silence. */
const LOOKUPS = 2;

/** Bytes that count as progress: a server that gives fewer at a time is given up after `retries`. */
const PROGRESS = 1 << 20;

/** The first pause, doubled by every failure, and the longest one, in milliseconds. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/**
 * Downloads the rest of a partial file.
 *
 * @throws {RequestError} when no address gives the file.
 * @throws {ChecksumMismatchError} when the bytes are wrong, twice from the start.
 */
export async function download(partial: PartialFile, task: DownloadTask): Promise<void> {
  let sources: Source[] = task.urls.map((url) => ({ url, mismatches: 0, unresolved: 0 }));
  let best = partial.size;
  let failures = 0;
  let retryAfter = 0;
  let reached = false;
  if (await isComplete(partial, task)) return;
  for (let turn = 0;; turn++) {
    const source = sources[turn % sources.length];
    const failure = await attempt(source.url, partial, task);
    if ((failure === undefined && task.sha256 === undefined) || await isComplete(partial, task)) return;

    const error = failure ?? await startOver(source, partial, task.sha256!);
    // A network that worked a moment ago may come back; one that never did is not waited for.
    if (failure?.unresolved !== true) reached = true;
    else if (!reached) source.unresolved++;
    if (failure?.retryable === false || source.mismatches > 1 || source.unresolved >= LOOKUPS) {
      sources = sources.filter((other) => other !== source);
      if (sources.length === 0) throw error;
      task.onWarning(`${error.message}. Trying ${showUrl(sources[(turn + 1) % sources.length].url)}`);
    } else if (failure === undefined) {
      best = 0;
      task.onWarning(`${error.message}. Starting over`);
    } else {
      if (partial.size >= best + PROGRESS) failures = 0;
      best = Math.max(best, partial.size);
      if (++failures > task.retries) throw error;
      const retries = reached ? task.retries : Math.min(task.retries, LOOKUPS - 1);
      retryAfter = Math.max(retryAfter, failure.retryAfter ?? 0);
      // There may be an address that was not tried yet.
      const rounds = failures / sources.length;
      const wait = Number.isInteger(rounds)
        ? Math.max(retryAfter, pause(rounds, task.clock.random()))
        : undefined;
      const when = wait === undefined ? "" : ` in ${Math.ceil(wait / 1000)} s`;
      task.onWarning(`${error.message}. Trying again${when} (${failures} of ${retries})`);
      if (wait === undefined) continue;
      await task.clock.sleep(wait, task.signal);
      retryAfter = 0;
    }
  }
}

/** Gives the pause before an attempt: doubled each time, and anything down to half of that by chance. */
export function pause(failures: number, random: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1)) * (1 - random / 2);
}

async function isComplete(partial: PartialFile, task: DownloadTask): Promise<boolean> {
  return task.sha256 !== undefined && partial.size > 0 && await isDigest(partial.digest(), task.sha256);
}

/** Throws away bytes that arrived whole and are wrong. */
async function startOver(
  source: Source,
  partial: PartialFile,
  sha256: string,
): Promise<ChecksumMismatchError> {
  source.mismatches++;
  const fields = {
    url: showUrl(source.url),
    expected: sha256,
    actual: partial.digest().toString("hex"),
    bytes: partial.size,
  };
  await partial.reset();
  return new ChecksumMismatchError(
    `Cannot download ${fields.url}: the ${fields.bytes} bytes that came have the SHA-256 ${fields.actual} and not ` +
      `${fields.expected}; something on the way alters the file: use another network or mirror`,
    fields,
  );
}

/** Makes one attempt; gives what went wrong if another attempt or address may help, and throws all else. */
async function attempt(
  url: URL,
  partial: PartialFile,
  task: DownloadTask,
): Promise<RequestError | undefined> {
  const stall = new StallTimer(task.stallTimeout);
  const signal = AbortSignal.any([task.signal, stall.signal]);
  try {
    await receive(url, partial, { ...task, signal }, stall);
    return undefined;
  } catch (error) {
    task.signal.throwIfAborted();
    if (partial.fault !== undefined) throw partial.fault;
    if (error instanceof RequestError) return error;
    if (!stall.signal.aborted) return networkError(error, url);
    return networkError(new Error(`no byte came for ${task.stallTimeout / 1000} s`), url);
  } finally {
    stall.stop();
  }
}

async function receive(url: URL, partial: PartialFile, task: DownloadTask, stall: StallTimer): Promise<void> {
  const { response, total } = await respond(url, partial, task);
  const meter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      stall.restart();
      controller.enqueue(chunk);
      task.onBytes(partial.size, total);
    },
  });
  stall.restart();
  task.onBytes(partial.size, total);
  const body = inLargePieces(response.body ?? new Blob().stream());
  const checked = partial.size === 0 ? body.pipeThrough(refuseHtml(url)) : body;
  await checked.pipeThrough(meter).pipeTo(partial.writable(), { signal: task.signal });
  task.onBytes(partial.size, total);
  if (total !== undefined && partial.size < total) {
    throw networkError(new Error(`the connection ended after ${partial.size} of ${total} bytes`), url);
  }
}

/** Asks for the bytes that are missing; where the server cannot continue what is there, for all of them. */
async function respond(
  url: URL,
  partial: PartialFile,
  task: DownloadTask,
): Promise<{ response: Response; total?: number }> {
  const shown = showUrl(url);
  // Without a hash to prove the whole, only the server can say that both parts are of one file.
  if (task.sha256 === undefined && partial.validatorFor(shown) === undefined && partial.size > 0) {
    await partial.reset();
  }
  for (;;) {
    const from = partial.size;
    const validator = partial.validatorFor(shown);
    const response = await request(url, { ...task, from, validator });
    const range = readRange(response, from, validator);
    if (range === undefined) {
      await response.body?.cancel();
      await partial.reset();
      continue;
    }
    if (range.start < from) await partial.reset();
    if (range.start === 0) {
      const { validator: value } = range;
      await partial.setValidator(value === undefined ? undefined : { url: shown, value });
    }
    return { response, total: range.total };
  }
}

/** Gives a connection up when no byte comes for a while; looks four times in that while. */
class StallTimer {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #quiet = 0;

  constructor(timeout: number) {
    this.#timer = setInterval(() => {
      if (++this.#quiet > 4) this.#controller.abort(new Error("Stalled"));
    }, timeout / 4);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  restart(): void {
    this.#quiet = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
