/** The answer to one who wants a live session: a WebSocket, and what is held over it until it ends. */
import { ApiError, badRequest } from "../api_error.ts";
import type { HandlerSettings } from "../handler_options.ts";
import type { ServerMetrics } from "../operation/metrics.ts";
import type { RequestRecord } from "../operation/request_record.ts";
import type { Admission } from "../work/admission.ts";
import type { ServedModels } from "../work/served_models.ts";
import { LiveSession, MOST_MESSAGE } from "./live_session.ts";
import { assertAsksForSocket, offeredProtocols, upgrade } from "./upgrade.ts";

/** What sessions need. */
export interface LiveTools {
  readonly settings: HandlerSettings;
  readonly admission: Admission;
  /** Nothing where others do the work of this server. */
  readonly models: ServedModels | undefined;
  readonly metrics: ServerMetrics;
  /** Those that are held. */
  readonly sessions: Set<LiveSession>;
  /** Stops all work, at the latest moment of going down. */
  readonly stop: AbortSignal;
}

/** How the clients of the beta say that they are. */
const BETA_PROTOCOL = "openai-beta.realtime-v1";

/**
 * Begins a session.
 *
 * @throws {ApiError} when the request is wrong, there are no models here, or as many sessions as may be.
 */
export function answerLive(
  request: Request,
  record: RequestRecord,
  { settings, admission, models, metrics, sessions, stop }: LiveTools,
  server: unknown,
): Response {
  if (models === undefined) throw notLive();
  assertAsksForSocket(request);
  const { searchParams } = new URL(request.url);
  const intent = searchParams.get("intent");
  if (intent !== null && intent !== "transcription") {
    throw badRequest('intent must be "transcription": nothing else is done here', "intent");
  }
  const model = searchParams.get("model") ?? undefined;
  record.model = models.resolve(model);
  // Of one that was upgraded, nothing can be asked any more.
  const isBeta = request.headers.get("openai-beta")?.includes("realtime=v1") ||
    offeredProtocols(request).includes(BETA_PROTOCOL);
  using entry = new DisposableStack();
  entry.use(admission.enter());
  const { socket, response } = upgrade(request, server, MOST_MESSAGE);
  const place = entry.move();
  record.isLive = true;
  let failure: ApiError | undefined;
  const session = new LiveSession(socket, {
    models,
    model,
    isBeta,
    idleTimeout: settings.liveTimeout,
    signal: stop,
    hasLog: settings.onLog !== undefined,
    onError: (error) => failure ??= error,
    onWarning: (warning) => record.warn(warning),
    onEnd(seconds) {
      sessions.delete(session);
      record.audioSeconds = seconds;
      metrics.audioSeconds.add({}, seconds);
      record.end(101, failure);
      place.dispose();
    },
  });
  sessions.add(session);
  return response;
}

function notLive(): ApiError {
  return new ApiError(
    "No live sessions are held here: this server has others do its work, and no model of its own",
    { status: 501, code: "not_supported" },
  );
}
