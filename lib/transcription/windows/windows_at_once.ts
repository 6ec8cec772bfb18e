/**
 * Transcribes several windows of a recording at once: it is cut where nobody speaks, and what is between two cuts is
 * transcribed as if it were all, without the text before it. After `BatchedInferencePipeline` of faster-whisper.
 */
import { inOrder } from "../../async/in_order.ts";
import { FRAMES_PER_SECOND, type MelSpectrogram } from "../../audio/log_mel_spectrogram.ts";
import { forkRandom } from "../../decoding/random.ts";
import type { Clip } from "../clip_timestamps.ts";
import { cutInQuiet } from "./cuts.ts";
import { type ClipWindow, transcribeWindow, type WindowContext } from "./transcribe_window.ts";
import { type Window, WindowEncoder } from "./window_encoder.ts";
import { HeldFrames } from "./held_frames.ts";

/** What is between two cuts. */
interface Piece extends Window {
  /** Which of the clips it is a part of. */
  readonly clip: number;
  /** Its frames. */
  readonly mel: MelSpectrogram;
}

/** What is transcribed, and how. */
export interface AtOnceOptions {
  readonly clips: readonly Clip[];
  /** Where to begin. @default {the start of the first clip} */
  readonly from?: { readonly clip: number; readonly seek: number };
  readonly batchSize: number;
  /** What every window is given as context. */
  readonly prompt: readonly number[];
  /** Called when the recording is known up to the end of a window. */
  readonly onReached: () => void;
  /** The state of the generator of random numbers: each window has a generator of its own. */
  readonly random: readonly number[];
}

/** Gives the windows in their order. Leaving the loop stops the work. */
export async function* windowsAtOnce(
  context: WindowContext,
  options: AtOnceOptions,
): AsyncGenerator<ClipWindow, undefined, undefined> {
  const { batchSize: limit } = options;
  const { signal } = context.settings;
  const transcribe = (piece: Piece, signal: AbortSignal) => transcribePiece(context, piece, options, signal);
  for await (const windows of inOrder(pieces(context, options), transcribe, { limit, signal })) {
    yield* windows;
  }
}

/** Cuts the clips. */
async function* pieces(
  { model, source }: WindowContext,
  { clips, from, onReached }: AtOnceOptions,
): AsyncGenerator<Piece, undefined, undefined> {
  const { windowFrames } = model.family;
  for (let clip = from?.clip ?? 0; clip < clips.length; clip++) {
    const { start, end } = clips[clip];
    let seek = clip === from?.clip ? from.seek : start;
    for (;;) {
      const reached = Math.min(await source.reach(seek + windowFrames + 1), end);
      onReached();
      if (reached <= seek) break;
      const isLast = reached <= seek + windowFrames;
      const mel = await source.frames(seek, isLast ? reached - seek : windowFrames);
      const size = isLast ? mel.nFrames : cutInQuiet(mel);
      yield { clip, seek, size, mel };
      seek += size;
    }
  }
}

/** Transcribes a piece: in one window, if nothing makes another of what is left of it. */
async function transcribePiece(
  { settings, ...shared }: WindowContext,
  { clip, seek: start, size, mel }: Piece,
  { prompt, random: state }: AtOnceOptions,
  signal: AbortSignal,
): Promise<ClipWindow[]> {
  const random = forkRandom(state, start);
  const source = new HeldFrames(shared.source, mel, start);
  using encoder = new WindowEncoder(shared.model, source, { ...settings, signal });
  const context = { ...shared, encoder, source, random, settings: { ...settings, signal } };
  const end = start + size;
  const windows: ClipWindow[] = [];
  let lastSpeechTimestamp = start / FRAMES_PER_SECOND;
  for (let seek = start; seek < end;) {
    const window = { seek, size: end - seek, isClosed: true };
    const transcribed = await transcribeWindow(context, window, { prompt, lastSpeechTimestamp });
    ({ nextSeek: seek, lastSpeechTimestamp } = transcribed);
    windows.push({ clip, transcribed, goesOn: seek < end });
  }
  return windows;
}
