/** A transcription as server-sent events, in the shape that OpenAI's clients read. */
import type { Segment, TranscribeProgress } from "../../../mod.ts";
import { type ApiError, errorBody } from "../api_error.ts";
import type { Finished } from "../work/transcriber.ts";
import { type AnswerForm, commonPart, segmentBody, verboseBody, wordBody } from "./response_formats.ts";

/** What the events are made of. */
export interface EventSource {
  /** Gives the segments, and returns the whole. */
  readonly work: AsyncGenerator<Segment, Finished, undefined>;
  /** The first step of the work, which has been taken: what fails before has a status of its own. */
  readonly first: IteratorResult<Segment, Finished>;
  /** How the answer is to look. */
  readonly form: AnswerForm;
  /** Calls its argument with how far the work is, if that is asked for. */
  readonly listen?: (onProgress: (progress: TranscribeProgress) => void) => void;
  /** Ends it, whether anybody reads it or not. */
  readonly signal: AbortSignal;
  /** Says a failure as the client is told it. */
  readonly explain: (error: unknown) => ApiError;
  /** Called once it is over: with the whole, a failure, or nothing when the client went away. */
  readonly onEnd: (outcome: { finished?: Finished; error?: ApiError }) => Promise<void>;
}

/** Makes the answer. */
export function eventStream(source: EventSource): Response {
  const encoder = new TextEncoder();
  const events = new TranscriptEvents(source.form);
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let step: IteratorResult<Segment, Finished> | undefined = source.first;
  let isOver = false, isPulled = false;
  const send = (event: object) => {
    if (!isOver) controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
  };
  const end = async (outcome: { finished?: Finished; error?: ApiError }) => {
    if (isOver) return;
    isOver = true;
    source.signal.removeEventListener("abort", stop);
    await source.onEnd(outcome);
  };
  const fail = async (thrown: unknown) => {
    const error = source.explain(thrown);
    send(errorBody(error));
    await end({ error });
    // Where the client went away there is nothing left to close.
    try {
      controller.close();
    } catch { /* It is closed. */ }
  };
  // A client that does not read on asks for nothing, and would never hear of it: what is his is let go all the same.
  const stop = () => void (isPulled || isOver || fail(source.signal.reason));
  const body = new ReadableStream<Uint8Array>({
    start(given) {
      controller = given;
      source.listen?.(({ loaded, total }) =>
        send({ type: "transcript.progress", loaded, total: total ?? null })
      );
      source.signal.addEventListener("abort", stop);
      if (source.signal.aborted) stop();
    },
    async pull() {
      isPulled = true;
      try {
        let { done, value } = step ?? await source.work.next();
        step = undefined;
        // A stream that was asked for something and got nothing is not asked again.
        for (let sent = 0; !done; { done, value } = await source.work.next()) {
          for (const event of events.ofSegment(value as Segment)) {
            send(event);
            sent++;
          }
          if (sent > 0) return;
        }
        send(events.last(value as Finished));
        await end({ finished: value as Finished });
        controller.close();
      } catch (thrown) {
        await fail(thrown);
      } finally {
        isPulled = false;
      }
    },
    async cancel() {
      await end({});
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
  });
}

/** Makes the events. The deltas, one after the other, are the text. */
class TranscriptEvents {
  readonly #form: AnswerForm;
  #text = "";
  /** Space that is the text's only if more follows. */
  #held = "";

  constructor(form: AnswerForm) {
    this.#form = form;
  }

  *ofSegment(segment: Segment): Generator<object> {
    const delta = this.#deltaOf(segment.text);
    if (this.#form.format === "verbose_json") {
      const { words } = segment;
      yield {
        type: "transcript.text.segment",
        ...segmentBody(segment),
        ...(this.#form.words && words && { words: words.map(wordBody) }),
      };
    }
    if (delta !== "") yield { type: "transcript.text.delta", delta };
  }

  last(finished: Finished): object {
    const form = this.#form;
    const rest = form.format === "verbose_json" ? verboseBody(finished, form) : commonPart(finished, form);
    return { ...rest, type: "transcript.text.done", text: this.#text };
  }

  #deltaOf(text: string): string {
    const whole = this.#held + text;
    const untrimmed = this.#text === "" ? whole.trimStart() : whole;
    const delta = untrimmed.trimEnd();
    this.#held = untrimmed.slice(delta.length);
    this.#text += delta;
    return delta;
  }
}
