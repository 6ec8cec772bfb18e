/**
 * A transcription server in the shape of OpenAI's: one handler from `Request` to `Response`, for `Deno.serve`,
 * `Bun.serve` and Hono; and as a module that `deno serve` and `bun` run by themselves.
 *
 * @example Embedded
 * ```ts ignore
 * import { createHandler } from "jsr:@sotto/whisper/server";
 *
 * await using handler = createHandler({ models: ["base"], apiKeys: ["secret"] });
 * Deno.serve({ hostname: "127.0.0.1", port: 8000 }, handler); // or Bun.serve({ fetch: handler })
 * ```
 *
 * @example By itself
 * ```sh
 * SOTTO_MODELS=base deno serve -A --host 127.0.0.1 --port 8000 jsr:@sotto/whisper/server
 * ```
 *
 * @example In front of a queue, whose workers do the work
 * ```ts ignore
 * const handler = createHandler({ queue: { redis: "redis://queue:6379", soundFolder: "/sound" } });
 * ```
 *
 * @module
 */
import { type Handler, makeHandler } from "./http/handler.ts";
import type { HandlerOptions } from "./http/handler_options.ts";
import { defaultFetch } from "./http/default_fetch.ts";
import type { LoadServedModel } from "./http/work/served_models.ts";
import { MOST_MESSAGE } from "./http/live/live_session.ts";
import type { FrontOptions } from "./queue/front/front_options.ts";
import { QueueTranscriber } from "./queue/front/queue_transcriber.ts";
import { type BunSocket, type BunSocketHandlers, bunSocketHandlers } from "./http/live/upgrade.ts";

export type { LogEntry } from "./http/operation/log_entry.ts";
export type { ModelSource, ServableModel } from "./http/work/served_models.ts";
export type { BunSocket, BunSocketHandlers, FrontOptions, Handler, HandlerOptions };

/** What a server may be told, one among them whose work others do. */
export interface ServerOptions extends HandlerOptions {
  /**
   * Makes jobs of the requests, for the workers of a queue on Redis: this server then keeps nothing and loads no model,
   * unless `models` are given too, for live sessions.
   */
  readonly queue?: FrontOptions;
}

/**
 * Makes a handler of OpenAI's API: `POST /v1/audio/transcriptions` and `/v1/audio/translations`, `GET /v1/models`,
 * `/health`, `/ready`, `/metrics` and `/openapi.json`; live sessions over WebSockets at `/v1/realtime`; and a page for
 * people at `/`. Nothing is opened or fetched before the first
 * request, unless `preload` is set. The permissions are those of `loadModel` and `transcribe`; uploads above 1 MiB also
 * need `--allow-write` for the temporary folder, and with `queue` all of them for the shared one.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function createHandler(options: ServerOptions = {}): Handler {
  const { queue, ...own } = Object(options) as ServerOptions;
  const load: LoadServedModel = async (source, how) => {
    const { loadModel } = await import("../mod.ts");
    return await loadModel(source, how);
  };
  if (queue === undefined) return makeHandler(options, load);
  return makeHandler(own, load, new QueueTranscriber(queue, own.transcribe));
}

/**
 * What `deno serve` and `bun` run. `SOTTO_MODELS` names models, with commas between them, and `SOTTO_API_KEY` the key
 * that requests need. Without a key only this machine is answered, unless `SOTTO_NO_AUTH=1` says otherwise.
 */
const server: {
  /** Answers a request. */
  readonly fetch: (request: Request, server?: unknown) => Promise<Response>;
  /** Where Bun listens. */
  readonly hostname: string;
  /** Seconds after which Bun ends a silent connection: never. */
  readonly idleTimeout: number;
  /** Live sessions, on Bun. */
  readonly websocket: BunSocketHandlers;
} = {
  fetch: defaultFetch(createHandler),
  hostname: "127.0.0.1",
  idleTimeout: 0,
  websocket: bunSocketHandlers(MOST_MESSAGE),
};

export default server;
