/** Transcribes the channels of a recording each by itself, and merges what they give by time: the sides of a phone call. */
import { wrongArgument } from "../errors.ts";
import type { MelSource } from "../audio/mel/mel_source.ts";
import type { SegmentGenerator } from "./segment_stream.ts";
import type { Segment, Transcription } from "./segments.ts";
import type { TranscribeProgress } from "./transcribe_options.ts";
import type { TranscribeSettings } from "./transcribe_settings.ts";
import type { TranscriptionState } from "./transcription_state.ts";

/** A recording whose channels are heard apart. Whoever uses it up disposes it. */
export interface SplitRecording<Samples> extends AsyncDisposable {
  /** The beginning of all channels mixed, by which the language is told. */
  openMix(signal?: AbortSignal): Promise<MelSource>;
  /** The channels, opened when they are wanted. */
  readonly channels: readonly ((signal?: AbortSignal) => Promise<Samples>)[];
}

/**
 * Transcribes the channels at once, and yields their segments by when they start.
 *
 * @param settings With the language, which is the same for all.
 * @param transcribe Transcribes one channel.
 * @throws {TypeError} when the work to go on with was on another number of channels.
 */
export async function* transcribeChannels<Samples>(
  { channels }: Pick<SplitRecording<Samples>, "channels">,
  settings: TranscribeSettings & { readonly language: string },
  transcribe: (samples: Samples, settings: TranscribeSettings) => SegmentGenerator,
): SegmentGenerator {
  const { language, onSegment, onProgress, onState, resume, signal } = settings;
  const states = resume?.channels;
  if (states !== undefined && states.length !== channels.length) {
    throw wrongArgument(
      "INVALID_OPTION",
      `Cannot transcribe: resume goes on with ${states.length} channels, and there are ${channels.length}`,
    );
  }
  const progress = new JointProgress(channels.length);
  const given: Segment[] = [];
  const works = channels.map((open, channel) => {
    const work: ChannelWork = new ChannelWork(
      channel,
      states?.[channel] ?? undefined,
      async function* (before) {
        return yield* transcribe(await open(signal), {
          ...settings,
          ...ofChannel(settings, channel),
          resume: before,
          onProgress: onProgress && ((reached) => onProgress(progress.reach(channel, reached))),
          onState: onState && ((reached) => {
            work.state = reached;
            const joint = jointState(works, given);
            if (joint !== undefined) onState(joint);
          }),
        });
      },
    );
    return work;
  });
  try {
    for (;;) {
      // Runs of the decoder are shared by what waits for them.
      await Promise.all(works.map((work) => work.advance()));
      const next = works.filter(({ head }) => head !== undefined)
        .toSorted((a, b) => a.head!.start - b.head!.start)[0];
      if (next === undefined) return { text: given.map(({ text }) => text).join(""), language };
      const segment = { ...next.take(), id: given.length };
      given.push(segment);
      // What was given before the work was stopped comes again, and in the same order.
      if (given.length <= (resume?.segments.length ?? 0)) continue;
      onSegment?.(segment);
      yield segment;
    }
  } finally {
    await Promise.all(works.map((work) => work.stop()));
  }
}

/** What the work on one channel is told. */
function ofChannel(
  { onWindow, onSilences }: TranscribeSettings,
  channel: number,
): Pick<TranscribeSettings, "onWindow" | "onSilences" | "onLanguage" | "onSegment"> {
  return {
    onWindow: onWindow && ((window) => onWindow({ ...window, channel })),
    onSilences: onSilences &&
      ((silences) => onSilences(silences.map((silence) => ({ ...silence, channel })))),
    onLanguage: undefined,
    onSegment: undefined,
  };
}

/** How far the work on all channels is, unless one is in its first window. */
function jointState(
  works: readonly ChannelWork[],
  given: readonly Segment[],
): TranscriptionState | undefined {
  if (works.some(({ state, hasEnded }) => state === undefined && !hasEnded)) return undefined;
  const channels = works.map(({ state }) => state ?? null);
  const [least] = channels.filter((state) => state !== null).toSorted((a, b) => a.seek - b.seek);
  return { ...least, segments: [...given], channels };
}

/** The work on one channel, one segment ahead. */
class ChannelWork {
  readonly #channel: number;
  readonly #segments: SegmentGenerator;
  /** What the channel gave before the work was stopped. */
  readonly #before: Segment[];
  hasEnded = false;
  /** How far it is, once a window is done. */
  state: TranscriptionState | undefined;
  /** The next segment; nothing when it is not there yet, or none is left. */
  head: Segment | undefined;

  constructor(
    channel: number,
    state: TranscriptionState | undefined,
    begin: (state: TranscriptionState | undefined) => SegmentGenerator,
  ) {
    this.#channel = channel;
    this.#before = [...state?.segments ?? []];
    this.state = state;
    this.#segments = begin(state);
  }

  /** Waits for the next segment, if there is none. */
  async advance(): Promise<void> {
    if (this.head !== undefined || this.hasEnded) return;
    const before = this.#before.shift();
    const { done, value } = before ? { value: before } : await this.#segments.next();
    if (done) this.hasEnded = true;
    else this.head = { ...value, channel: this.#channel };
  }

  /** Takes the next segment. */
  take(): Segment {
    const head = this.head!;
    this.head = undefined;
    return head;
  }

  async stop(): Promise<void> {
    const nothing: Pick<Transcription, "text" | "language"> = { text: "", language: "" };
    await this.#segments.return(nothing);
  }
}

/** How far the channels are together: the mean of what is behind each. */
class JointProgress {
  readonly #loaded: number[];

  constructor(channels: number) {
    this.#loaded = new Array(channels).fill(0);
  }

  reach(channel: number, { loaded, total }: TranscribeProgress): TranscribeProgress {
    this.#loaded[channel] = loaded;
    return { loaded: this.#loaded.reduce((sum, seconds) => sum + seconds, 0) / this.#loaded.length, total };
  }
}
