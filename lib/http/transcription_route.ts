/** The answer to one transcription or translation: read, admitted, transcribed, and told in the form wanted. */
import type { TranscribeProgress } from "../../mod.ts";
import type { Admission } from "./work/admission.ts";
import { type ApiError, toApiError } from "./api_error.ts";
import { eventStream } from "./response/event_stream.ts";
import type { HandlerSettings } from "./handler_options.ts";
import { readForm } from "./request/read_form.ts";
import type { RequestRecord } from "./operation/request_record.ts";
import { formatResponse } from "./response/response_formats.ts";
import { readTranscriptionRequest, type Task } from "./request/transcription_request.ts";
import type { Transcriber } from "./work/transcriber.ts";

/** What the work needs. */
export interface TranscriptionTools {
  readonly settings: HandlerSettings;
  readonly admission: Admission;
  readonly transcriber: Transcriber;
  /** Stops all work, at the latest moment of going down. */
  readonly stop: AbortSignal;
}

/**
 * Answers.
 *
 * @throws {ApiError} when that fails.
 */
export async function answerTranscription(
  request: Request,
  task: Task,
  record: RequestRecord,
  tools: TranscriptionTools,
): Promise<Response> {
  const { settings, admission, transcriber } = tools;
  // A stream that is cancelled has no request any more.
  const gone = new AbortController();
  const signal = AbortSignal.any([request.signal, tools.stop, gone.signal]);
  const held = new AsyncDisposableStack();
  let pathOf = (): string | undefined => undefined;
  const explain = (error: unknown): ApiError => {
    if (request.signal.aborted || gone.signal.aborted) record.isGone = true;
    return toApiError(error, { hasLog: settings.onLog !== undefined, uploadPath: pathOf() });
  };
  try {
    held.use(admission.enter());
    await transcriber.assertAble();
    const form = held.use(await readForm(request, settings, signal, () => transcriber.receive()));
    record.bytes = form.file?.size;
    const { file, ...wanted } = readTranscriptionRequest(form, task, settings.transcribe);
    const model = transcriber.resolve(wanted.model);
    record.model = model;
    pathOf = () => file.path;
    let progress: TranscribeProgress | undefined;
    let listener: ((progress: TranscribeProgress) => void) | undefined;
    const order = { id: record.id, model, options: wanted.options, maxDuration: settings.maxDuration };
    const work = file.transcribe(order, {
      signal,
      onProgress(given) {
        progress = given;
        listener?.(given);
      },
      onWarning: (warning) => record.warn(warning),
    });
    const listen = (onProgress: (progress: TranscribeProgress) => void) => {
      listener = onProgress;
      // The first step is taken already.
      if (progress !== undefined) onProgress(progress);
    };
    let step = await work.next();
    if (wanted.stream) {
      const resources = held.move();
      record.isStreamed = true;
      return eventStream({
        work,
        first: step,
        form: wanted,
        listen: wanted.progress ? listen : undefined,
        signal,
        explain,
        async onEnd({ finished, error }) {
          record.isGone ||= finished === undefined && error === undefined;
          if (finished === undefined) gone.abort(new DOMException("The client went away", "AbortError"));
          await work.return(undefined as never).catch(() => {});
          await resources.disposeAsync();
          record.audioSeconds = finished?.duration;
          record.end(200, error);
        },
      });
    }
    while (!step.done) step = await work.next();
    record.audioSeconds = step.value.duration;
    return formatResponse(step.value, wanted);
  } catch (error) {
    throw explain(error);
  } finally {
    await held.disposeAsync();
  }
}
