/** A model that hears what it is told to, one segment a window of 30 s. */
import type { AudioSource, Segment, SegmentStream, TranscribeOptions } from "../../../mod.ts";
import type { ServableModel } from "../../../lib/server.ts";

/** What a model hears, and when. */
export interface Heard {
  /** The texts of the segments. */
  readonly texts: readonly string[];
  /** Seconds of the recording. */
  readonly seconds?: number;
  /** Waited for before each segment. */
  readonly before?: (index: number, signal: AbortSignal) => Promise<void> | void;
}

/** Makes a segment of two seconds. */
export function segmentOf(text: string, id: number): Segment {
  const start = 2 * id;
  return {
    id,
    seek: 0,
    start,
    end: start + 1.5,
    text,
    tokens: [50363, id],
    temperature: 0,
    avgLogprob: -0.25,
    compressionRatio: 1.1,
    noSpeechProb: 0.01,
    words: [{ word: text, start, end: start + 1, probability: 0.5 }],
  };
}

/** The model. */
export class FakeModel implements ServableModel {
  /** What it was asked for. */
  readonly asked: { audio: AudioSource; options: TranscribeOptions }[] = [];
  /** How many recordings were let go before their end. */
  stopped = 0;
  readonly #hear: (audio: AudioSource) => Heard;

  constructor(hear: (audio: AudioSource) => Heard = () => ({ texts: [" Hello", " world."] })) {
    this.#hear = hear;
  }

  segments(audio: AudioSource, options: TranscribeOptions = {}): SegmentStream {
    this.asked.push({ audio, options });
    const { texts, seconds = 3.4, before } = this.#hear(audio);
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
    const release = () => this.stopped++;
    async function* hear(): AsyncGenerator<Segment> {
      let finished = false;
      try {
        for (const [i, text] of texts.entries()) {
          await before?.(i, signal);
          signal.throwIfAborted();
          const loaded = seconds * (i + 1) / texts.length;
          options.onProgress?.({ loaded, total: seconds });
          const { words, ...segment } = segmentOf(text, i);
          yield { ...segment, ...(options.wordTimestamps && { words }) };
        }
        finished = true;
      } finally {
        if (!finished) release();
      }
    }
    const generator = hear();
    return Object.assign(generator, {
      return(value?: unknown) {
        stop.abort(new DOMException("stopped", "AbortError"));
        return Object.getPrototypeOf(Object.getPrototypeOf(generator)).return.call(generator, value);
      },
      text: Promise.resolve(texts.join("")),
      language: Promise.resolve("en"),
    }) as unknown as SegmentStream;
  }
}

/** A form with a recording. */
export function formOf(
  fields: Readonly<Record<string, string | readonly string[]>> = {},
  file: Blob | null = new Blob([new Uint8Array(100)]),
): FormData {
  const form = new FormData();
  if (file !== null) form.append("file", file, "talk.wav");
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat() as string[]) form.append(name, value);
  }
  return form;
}

/** A request for a transcription. */
export function requestOf(
  fields?: Readonly<Record<string, string | readonly string[]>>,
  init: RequestInit & { path?: string; file?: Blob | null } = {},
): Request {
  const { path = "/v1/audio/transcriptions", file, ...rest } = init;
  return new Request(`http://localhost${path}`, { method: "POST", body: formOf(fields, file), ...rest });
}
