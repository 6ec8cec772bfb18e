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
 * @module
 */
import { type Handler, makeHandler } from "./http/handler.ts";
import type { HandlerOptions } from "./http/handler_options.ts";
import { defaultFetch } from "./http/default_fetch.ts";
import { MOST_MESSAGE } from "./http/live/live_session.ts";
import { type BunSocket, type BunSocketHandlers, bunSocketHandlers } from "./http/live/upgrade.ts";

export type { LogEntry } from "./http/operation/log_entry.ts";
export type { ModelSource, ServableModel } from "./http/work/served_models.ts";
export type { BunSocket, BunSocketHandlers, Handler, HandlerOptions };

/**
 * Makes a handler of OpenAI's API: `POST /v1/audio/transcriptions` and `/v1/audio/translations`, `GET /v1/models`,
 * `/health`, `/ready`, `/metrics` and `/openapi.json`; live sessions over WebSockets at `/v1/realtime`; and a page for
 * people at `/`. Nothing is opened or fetched before the first
 * request, unless `preload` is set. The permissions are those of `loadModel` and `transcribe`; uploads above 1 MiB also
 * need `--allow-write` for the temporary folder.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function createHandler(options: HandlerOptions = {}): Handler {
  return makeHandler(options, async (source, load) => {
    const { loadModel } = await import("../mod.ts");
    return await loadModel(source, load);
  });
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
