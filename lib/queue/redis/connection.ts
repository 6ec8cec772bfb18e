/** Connections to Redis, which are made anew whenever they break, and what their failures mean. */
import { QueueConnectionError, type RedisTrouble } from "../errors.ts";
import type { RedisClient, RedisClientOptions } from "./bullmq.ts";
import { loadQueuePackages } from "./queue_packages.ts";

/** How a connection is made. */
export interface ConnectOptions {
  /** Seconds in which the first connection must come; `null` to go on trying. */
  readonly timeout: number | null;
  /** Whether a command waits for Redis however long that is away, as those of a worker do. */
  readonly isPatient: boolean;
  /** Gives up. */
  readonly signal?: AbortSignal;
  /** Told of each try that fails. */
  readonly onTrouble?: (error: Error) => void;
}

/** Milliseconds before the first new try, and between the last ones. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;

/** Connections that are tried for one command of somebody who does not wait for ever: about 7 s when nobody answers. */
const IMPATIENT_TRIES = 7;

/** Milliseconds for one try to connect. */
const CONNECT_TIMEOUT = 5000;

/** What Redis says to a wrong password, to none, and to a user who may do too little. */
const REFUSALS = /\b(WRONGPASS|NOAUTH|NOPERM)\b|invalid (username-)?password/i;

/** What Redis says when its memory is full. */
const FULL = /\bOOM command not allowed\b/;

/**
 * Opens a connection. Requires `--allow-net` permission.
 *
 * @param url `redis://` or `rediss://`, with a user and a password if need be, and the number of a database.
 * @throws {QueueConnectionError} when Redis is not reached in time, or refuses.
 */
export async function connectRedis(url: string, options: ConnectOptions): Promise<RedisClient> {
  const { Redis } = await loadQueuePackages();
  let lastError: Error | undefined;
  const isRefused = () => lastError !== undefined && troubleOf(lastError) === "QUEUE_REFUSED";
  const client = endingWell(
    new Redis(url, {
      ...clientOptions(options),
      retryStrategy: (times) => isRefused() ? null : pause(times),
    }),
  );
  client.on("error", (error) => {
    lastError = error;
    options.onTrouble?.(error);
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const end = () => reject(lastError ?? new Error("the connection was closed"));
  const late = () => reject(lastError ?? new Error(`no answer in ${options.timeout} s`));
  const abort = () => reject(options.signal!.reason);
  client.on("ready", resolve);
  client.on("end", end);
  options.signal?.addEventListener("abort", abort);
  const timer = options.timeout === null ? undefined : setTimeout(late, options.timeout * 1000);
  try {
    options.signal?.throwIfAborted();
    // The first try alone: that it fails is told by the events, and there will be others.
    client.connect().catch(() => {});
    await promise;
    return client;
  } catch (error) {
    client.disconnect();
    throw options.signal?.aborted ? error : asConnectionError(error, url);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", abort);
    client.off("ready", resolve);
    client.off("end", end);
  }
}

/**
 * Asks Redis whether it is there.
 *
 * @param timeout Seconds in which it must answer.
 * @throws {Error} when it does not.
 */
export async function pingRedis(client: RedisClient, timeout: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${timeout} s`)), timeout * 1000);
  const answer = client.ping();
  answer.catch(() => {}); // It may fail when nobody waits for it any more.
  try {
    await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Makes a client that is not connected: BullMQ makes its own after it, for those that wait for something to happen. */
export async function redisPattern(url: string): Promise<RedisClient> {
  const { Redis } = await loadQueuePackages();
  const client = endingWell(new Redis(url, { ...clientOptions({ isPatient: true }), retryStrategy: pause }));
  client.on("error", () => {});
  return client;
}

/**
 * Has a client come to its end that is told to between two tries to connect: ioredis would then try no more, but tell
 * nobody, and who waits for an answer or for the end would wait for ever. The same for those that are made after it.
 */
function endingWell(client: RedisClient): RedisClient {
  const { disconnect, duplicate } = client;
  return Object.assign(client, {
    disconnect(reconnect = false) {
      // As one that never tried: what waits is refused, and the end is told.
      if (client.status === "reconnecting" && !reconnect) client.status = "wait";
      disconnect.call(client, reconnect);
    },
    duplicate: (options?: RedisClientOptions) => endingWell(duplicate.call(client, options)),
  });
}

function clientOptions({ isPatient }: Pick<ConnectOptions, "isPatient">): RedisClientOptions {
  return {
    lazyConnect: true,
    maxRetriesPerRequest: isPatient ? null : IMPATIENT_TRIES,
    connectTimeout: CONNECT_TIMEOUT,
    disableClientInfo: true,
  };
}

/** Longer from try to try, and not the same for all who lost their Redis at the same time. */
function pause(times: number): number {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(times - 1, 16));
  return Math.round(longest * (0.75 + 0.25 * Math.random()));
}

/** Gives the kind of trouble that an error of Redis or of the way to it is, if it is one. */
export function troubleOf(error: unknown): RedisTrouble | undefined {
  const { message = "", name, code } = Object(error) as { message?: string; name?: string; code?: string };
  if (REFUSALS.test(message)) return "QUEUE_REFUSED";
  if (FULL.test(message)) return "QUEUE_FULL";
  const isAway = name === "MaxRetriesPerRequestError" || /^(E[A-Z]{4,}|ERR_TLS_\w+)$/.test(code ?? "") ||
    /connection is closed|no answer in|connection was closed|connect\w* timed? ?out|ETIMEDOUT|ECONN/i.test(
      message,
    );
  return isAway ? "QUEUE_UNREACHABLE" : undefined;
}

const SENTENCES: Readonly<Record<RedisTrouble, string>> = {
  QUEUE_UNREACHABLE: "it cannot be reached",
  QUEUE_REFUSED: "it refuses; look at the user and the password in the address",
  QUEUE_FULL: "its memory is full (maxmemory); clean the queue, or give Redis more",
};

/** Makes of what went wrong with Redis an error that says so; others stay as they are. */
export function asConnectionError(error: unknown, url: string): unknown {
  const code = troubleOf(error);
  if (code === undefined || error instanceof QueueConnectionError) return error;
  const shown = withoutPassword(url);
  const { message } = error as Error;
  return new QueueConnectionError(
    `Cannot use the queue on Redis at ${shown}: ${SENTENCES[code]}${message && ` (${message})`}`,
    { code, url: shown },
    { cause: error },
  );
}

/** The address without its password. */
function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return "an address that cannot be read";
  const shown = new URL(url);
  if (shown.password !== "") shown.password = "…";
  return decodeURI(shown.href);
}
