/** A stream of sound in, segments out: as an iterator, and as a stream of the Web. */
import { anySignal } from "../async/signals.ts";
import { StoppableIterator } from "../async/stoppable_iterator.ts";
import type { EncoderDecoder } from "../model/types.ts";
import { SoundBacklog } from "./sound_backlog.ts";
import { type LiveOptions, type LiveSettings, liveSettings } from "./live_options.ts";
import type { PcmPiece } from "./pcm_samples.ts";
import { readSound } from "./read_sound.ts";
import { openSource, type PcmSource, type SoundSource } from "./sound_source.ts";
import { type LiveSegment, type SpeechScorer, transcribeLive } from "./transcribe_live.ts";

/** The segments as they come. Leaving the loop, or an `await using` block, stops the work and lets the sound go. */
export interface LiveStream extends AsyncIterableIterator<LiveSegment>, AsyncDisposable {}

/** What the work needs beside the model. */
export interface LiveTools {
  /** Begins to listen for speech. */
  listen(signal?: AbortSignal): Promise<SpeechScorer & Disposable>;
  /** Runs each step, so that what it needs can be kept meanwhile. */
  hold<Result>(step: () => Promise<Result>): Promise<Result>;
}

/**
 * Transcribes sound while it comes in.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong, or there is no stream.
 */
export function streamLive(
  model: EncoderDecoder,
  audio: PcmSource,
  options: LiveOptions,
  tools: LiveTools,
): LiveStream {
  const settings = liveSettings(options);
  const source = openSource(audio);
  const stop = new AbortController();
  const signal = anySignal(stop.signal, settings.signal);
  return new HeldStream(generate(model, source, { ...settings, signal }, tools), stop, source, tools);
}

async function* generate(
  model: EncoderDecoder,
  audio: SoundSource,
  settings: LiveSettings,
  { listen }: LiveTools,
): AsyncGenerator<LiveSegment, undefined, undefined> {
  using _audio = audio;
  await using backlog = new SoundBacklog(readSound(audio, settings), settings);
  using listener = await listen(settings.signal);
  yield* transcribeLive(model, listener, backlog, settings);
}

/** Keeps the model while a step is at work, and lets everything go when it is disposed between two. */
class HeldStream extends StoppableIterator<LiveSegment> implements LiveStream {
  readonly #source: SoundSource;
  readonly #tools: LiveTools;

  constructor(
    generator: AsyncGenerator<LiveSegment, undefined>,
    stop: AbortController,
    source: SoundSource,
    tools: LiveTools,
  ) {
    super(generator, stop);
    this.#source = source;
    this.#tools = tools;
  }

  override async return(): Promise<IteratorResult<LiveSegment, undefined>> {
    const result = await super.return();
    // A generator that never began lets nothing go.
    this.#source[Symbol.dispose]();
    return result;
  }

  override async next(): Promise<IteratorResult<LiveSegment, undefined>> {
    let isHeld = false;
    try {
      return await this.#tools.hold(() => {
        isHeld = true;
        return super.next();
      });
    } catch (error) {
      if (!isHeld) await this.return();
      throw error;
    }
  }
}

/** Makes a stream of the Web, which sound is written to and segments are read from. */
export function asTransform(
  transcribe: (audio: ReadableStream<PcmPiece>) => LiveStream,
): TransformStream<PcmPiece, LiveSegment> {
  const input = new TransformStream<PcmPiece, PcmPiece>();
  const segments = transcribe(input.readable);
  const readable = new ReadableStream<LiveSegment>({
    async pull(controller) {
      const { done, value } = await segments.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void await segments.return?.(),
  });
  return { readable, writable: input.writable };
}
