/** Transcribes the channels of a recording each by itself, and merges what they give by time: the sides of a phone call. */
import type { MelSource } from "../audio/mel/mel_source.ts";
import type { SegmentGenerator } from "./segment_stream.ts";
import type { Segment, Transcription } from "./segments.ts";
import type { TranscribeProgress, TranscribeSettings } from "./transcribe_options.ts";

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
 */
export async function* transcribeChannels<Samples>(
  { channels }: Pick<SplitRecording<Samples>, "channels">,
  settings: TranscribeSettings & { readonly language: string },
  transcribe: (samples: Samples, settings: TranscribeSettings) => SegmentGenerator,
): SegmentGenerator {
  const { onSegment, onProgress, signal } = settings;
  const progress = new JointProgress(channels.length);
  const works = channels.map((open, channel) =>
    new ChannelWork(async function* () {
      return yield* transcribe(await open(signal), {
        ...settings,
        ...ofChannel(settings, channel),
        onProgress: onProgress && ((reached) => onProgress(progress.reach(channel, reached))),
      });
    }, channel)
  );
  let text = "";
  try {
    for (let id = 0;; id++) {
      // Runs of the decoder are shared by what waits for them.
      await Promise.all(works.map((work) => work.advance()));
      const next = works.filter(({ head }) => head !== undefined)
        .toSorted((a, b) => a.head!.start - b.head!.start)[0];
      if (next === undefined) return { text, language: settings.language };
      const segment = { ...next.take(), id };
      text += segment.text;
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
): Pick<TranscribeSettings, "onWindow" | "onSilences" | "onLanguage" | "onSegment" | "onState"> {
  return {
    onWindow: onWindow && ((window) => onWindow({ ...window, channel })),
    onSilences: onSilences &&
      ((silences) => onSilences(silences.map((silence) => ({ ...silence, channel })))),
    onLanguage: undefined,
    onSegment: undefined,
    onState: undefined,
  };
}

/** The work on one channel, one segment ahead. */
class ChannelWork {
  readonly #channel: number;
  readonly #segments: SegmentGenerator;
  #ended = false;
  /** The next segment; nothing when it is not there yet, or none is left. */
  head: Segment | undefined;

  constructor(begin: () => SegmentGenerator, channel: number) {
    this.#segments = begin();
    this.#channel = channel;
  }

  /** Waits for the next segment, if there is none. */
  async advance(): Promise<void> {
    if (this.head !== undefined || this.#ended) return;
    const { done, value } = await this.#segments.next();
    if (done) this.#ended = true;
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
