/** A server's answers, one path a line. */
import { Admission } from "./work/admission.ts";
import { ApiError, errorResponse, type TellOptions, toApiError } from "./api_error.ts";
import { BearerKeys } from "./bearer_keys.ts";
import { type HandlerOptions, type HandlerSettings, handlerSettings } from "./handler_options.ts";
import type { LiveSession } from "./live/live_session.ts";
import { MOST_MESSAGE } from "./live/live_session.ts";
import { answerLive, type LiveTools } from "./live/live_route.ts";
import { type BunSocketHandlers, bunSocketHandlers } from "./live/upgrade.ts";
import { openApiDocument } from "./openapi.ts";
import { gauge, METRICS_TYPE, ServerMetrics } from "./operation/metrics.ts";
import { RequestRecord } from "./operation/request_record.ts";
import { answerPage, answerPageFile, PAGE_FILES } from "./page/page_route.ts";
import { assertAccess, preflight, secure } from "./security.ts";
import { type LoadServedModel, type ModelChange, ServedModels } from "./work/served_models.ts";
import { answerTranscription, type TranscriptionTools } from "./transcription_route.ts";
import { ModelsTranscriber } from "./work/models_transcriber.ts";
import { requestNames } from "./work/served_names.ts";
import type { Transcriber } from "./work/transcriber.ts";

/**
 * Answers requests. `Deno.serve`, `Bun.serve` and Hono call it with things of their own after the request; of those,
 * Bun's server is told that an answer may take its time.
 */
export interface Handler extends AsyncDisposable {
  (request: Request, server?: unknown): Promise<Response>;
  /** Resolves when the first model is loaded, if `preload` was asked for. Rejects when it cannot be. */
  readonly ready: Promise<void>;
  /** What `Bun.serve` needs beside the handler, for live sessions: `Bun.serve({ fetch: handler, websocket })`. */
  readonly websocket: BunSocketHandlers;
  /**
   * Takes nothing in any more, lets what was taken in come to its end, and releases the models.
   *
   * @param options `timeout`: seconds after which what is still under way is stopped. Default: 30.
   */
  close(options?: { timeout?: number }): Promise<void>;
}

/** Answers one path. */
type Route = (request: Request, record: RequestRecord, server: unknown) => Response | Promise<Response>;

interface RouteEntry {
  readonly method: "GET" | "POST";
  /** Whether it is answered without a key. */
  readonly isPublic?: boolean;
  readonly answer: Route;
}

/** Seconds that going down may take. */
const CLOSE_TIMEOUT = 30;

const MODELS = "/v1/models";

/** Paths that also answer for all below them. */
const FOLDERS = [MODELS, PAGE_FILES];

/** A server: its state, and its answers. */
class Server {
  readonly #settings: HandlerSettings;
  readonly #metrics = new ServerMetrics();
  readonly #admission: Admission;
  readonly #liveAdmission: Admission;
  readonly #sessions = new Set<LiveSession>();
  readonly #keys: BearerKeys;
  readonly #transcriber: Transcriber;
  /** Those of this process: a server whose work others do may have none. */
  readonly #models: ServedModels | undefined;
  readonly #stop = new AbortController();
  readonly #started = Math.floor(Date.now() / 1000);
  readonly #routes: ReadonlyMap<string, RouteEntry>;
  #start: "loading" | "ready" | "failed" = "loading";
  readonly ready: Promise<void>;

  constructor(options: HandlerOptions, loadModel: LoadServedModel, transcriber: Transcriber | undefined) {
    const settings = handlerSettings(options);
    this.#settings = settings;
    this.#admission = new Admission(settings.maxRequests);
    this.#liveAdmission = new Admission(settings.maxLiveSessions, "live sessions");
    this.#keys = new BearerKeys(settings.apiKeys);
    if (transcriber === undefined || options.models !== undefined) {
      const onChange = (change: ModelChange) => this.#onModel(change);
      this.#models = new ServedModels({ ...settings, loadModel, onChange });
    }
    this.#transcriber = transcriber ?? new ModelsTranscriber({
      models: this.#models!,
      concurrency: settings.concurrency,
      onWindow: (together) => this.#metrics.together.observe(together),
    });
    this.#routes = new Map(Object.entries(this.#table()));
    this.ready = this.#prepare();
    this.ready.catch(() => {}); // Whoever asks is told, and so is the log.
  }

  #table(): Record<string, RouteEntry> {
    const transcribe = (task: "transcribe" | "translate"): RouteEntry => ({
      method: "POST",
      answer: (request, record) => answerTranscription(request, task, record, this.#tools),
    });
    const open = (answer: Route): RouteEntry => ({ method: "GET", isPublic: true, answer });
    return {
      "/v1/audio/transcriptions": transcribe("transcribe"),
      "/v1/audio/translations": transcribe("translate"),
      "/v1/realtime": {
        method: "GET",
        answer: (request, record, server) => answerLive(request, record, this.#liveTools, server),
      },
      [MODELS]: { method: "GET", answer: (request) => this.#tellModels(new URL(request.url).pathname) },
      "/metrics": { method: "GET", answer: () => this.#spellMetrics() },
      "/health": open(() => Response.json({ status: "ok" })),
      "/ready": open(() => this.#tellReady()),
      "/openapi.json": open(() => this.#describe()),
      ...(this.#settings.page && {
        "/": open(() => this.#givePage()),
        [PAGE_FILES]: open((request) => answerPageFile(new URL(request.url).pathname)),
      }),
    };
  }

  #describe(): Response {
    const { apiKeys, page } = this.#settings;
    return Response.json(openApiDocument(requestNames(this.#transcriber.models), apiKeys.length > 0, page));
  }

  #givePage(): Promise<Response> {
    const { apiKeys, maxUpload } = this.#settings;
    return answerPage({ models: this.#transcriber.models, needsKey: apiKeys.length > 0, maxUpload });
  }

  get #tell(): TellOptions {
    return { hasLog: this.#settings.onLog !== undefined };
  }

  get #tools(): TranscriptionTools {
    return {
      settings: this.#settings,
      admission: this.#admission,
      transcriber: this.#transcriber,
      stop: this.#stop.signal,
    };
  }

  get #liveTools(): LiveTools {
    return {
      settings: this.#settings,
      admission: this.#liveAdmission,
      models: this.#models,
      metrics: this.#metrics,
      sessions: this.#sessions,
      stop: this.#stop.signal,
    };
  }

  async #prepare(): Promise<void> {
    try {
      if (this.#settings.preload) await this.#transcriber.prepare(this.#stop.signal);
      this.#start = "ready";
    } catch (error) {
      this.#start = "failed";
      throw error;
    }
  }

  #onModel({ event, model, seconds, error }: ModelChange): void {
    if (seconds !== undefined) this.#metrics.loadSeconds.observe(seconds);
    // What failed at the start may go well when it is asked for again.
    if (event === "model loaded" && this.#start === "failed") this.#start = "ready";
    const level = event === "model failed" ? "error" : "info";
    this.#settings.onLog?.({ time: new Date().toISOString(), level, event, model, seconds, error });
  }

  async answer(request: Request, server?: unknown): Promise<Response> {
    const { pathname } = new URL(request.url);
    const path = FOLDERS.find((folder) => pathname.startsWith(`${folder}/`)) ?? pathname;
    const route = this.#routes.get(path);
    const record = new RequestRecord(
      request,
      route === undefined ? "other" : path,
      this.#metrics,
      this.#settings.onLog,
    );
    let response: Response;
    try {
      response = await this.#dispatch(request, route, record, server);
      // What became a WebSocket is the runtime's.
      if (record.isLive) return response;
      if (!record.isStreamed) record.end(response.status);
    } catch (thrown) {
      const error = toApiError(thrown, this.#tell);
      record.end(error.status, error);
      response = errorResponse(error);
    }
    secure(response, request, this.#settings);
    response.headers.set("x-request-id", record.id);
    return response;
  }

  async #dispatch(
    request: Request,
    route: RouteEntry | undefined,
    record: RequestRecord,
    server: unknown,
  ): Promise<Response> {
    if (request.method === "OPTIONS") return preflight(request, this.#settings);
    assertAccess(request, this.#settings);
    if (!route?.isPublic) await this.#keys.assertAllowed(request);
    if (route === undefined) throw new ApiError("There is nothing here", { status: 404, code: "not_found" });
    const method = request.method === "HEAD" ? "GET" : request.method;
    if (method !== route.method) {
      const error = new ApiError(`Here, ${route.method} is answered`, {
        status: 405,
        code: "method_not_allowed",
      });
      throw error;
    }
    if (route.method === "POST") takeYourTime(request, server);
    const response = await route.answer(request, record, server);
    return request.method === "HEAD" ? new Response(null, response) : response;
  }

  #tellModels(pathname: string): Response {
    if (pathname !== MODELS) {
      const id = pathname.slice(MODELS.length + 1);
      this.#transcriber.resolve(id);
      return Response.json(this.#describeModel(id));
    }
    const data = requestNames(this.#transcriber.models).map((id) => this.#describeModel(id));
    return Response.json({ object: "list", data });
  }

  #describeModel(id: string): object {
    return { id, object: "model", created: this.#started, owned_by: "sotto" };
  }

  async #tellReady(): Promise<Response> {
    const status = await this.#status();
    return Response.json({ status }, { status: status === "ready" ? 200 : 503 });
  }

  async #status(): Promise<string> {
    if (this.#admission.closed) return "going down";
    if (this.#start !== "ready") return this.#start;
    try {
      await this.#transcriber.assertAble();
      return "ready";
    } catch (error) {
      return toApiError(error, this.#tell).code;
    }
  }

  async #spellMetrics(): Promise<Response> {
    const text = this.#metrics.spell(
      gauge("sotto_requests_inside", "Transcriptions taken in.", [[{}, this.#admission.inside]]),
      gauge("sotto_live_sessions", "Live sessions that are held.", [[{}, this.#sessions.size]]),
      await this.#transcriber.spellFigures(),
      gauge(
        "sotto_models_loaded",
        "Models that are loaded.",
        (this.#models?.loaded ?? []).map((model) => [{ model }, 1]),
      ),
    );
    return new Response(text, { headers: { "content-type": METRICS_TYPE } });
  }

  async close({ timeout = CLOSE_TIMEOUT }: { timeout?: number } = {}): Promise<void> {
    const stop = () => this.#stop.abort(goingDown());
    const timer = setTimeout(stop, timeout * 1000);
    for (const session of this.#sessions) void session.finish();
    await Promise.all([this.#admission.close(), this.#liveAdmission.close()]);
    clearTimeout(timer);
    stop();
    await this.#transcriber[Symbol.asyncDispose]();
    await this.#models?.[Symbol.asyncDispose]();
  }
}

function goingDown(): ApiError {
  return new ApiError("The server went down before this request was done", {
    status: 503,
    code: "going_down",
  });
}

/** Bun ends connections that are silent for ten seconds, unless it is told otherwise. */
function takeYourTime(request: Request, server: unknown): void {
  const { timeout } = Object(server) as { timeout?: unknown };
  if (typeof timeout === "function") timeout.call(server, request, 0);
}

/**
 * Makes a handler.
 *
 * @param loadModel What loads models.
 * @param transcriber What transcribes, and is disposed with the handler; `options.models` are for live sessions then.
 * Default: `options.models`, in this process.
 */
export function makeHandler(
  options: HandlerOptions,
  loadModel: LoadServedModel,
  transcriber?: Transcriber,
): Handler {
  const server = new Server(options, loadModel, transcriber);
  const close = (how?: { timeout?: number }) => server.close(how);
  return Object.assign((request: Request, info?: unknown) => server.answer(request, info), {
    ready: server.ready,
    websocket: bunSocketHandlers(MOST_MESSAGE),
    close,
    [Symbol.asyncDispose]: () => close(),
  });
}
