/**
 * Compressed formats to mono samples at 16 kHz, piece by piece: packets from the WebAssembly file, mixed, cut to
 * what is to be heard, and resampled.
 */
import { AudioDecodeError } from "../../errors.ts";
import { channelWeights } from "../downmix.ts";
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "../limits.ts";
import { SAMPLE_RATE } from "../log_mel_spectrogram.ts";
import type { Hearing, PieceOptions, Recording } from "../recording/recording.ts";
import { Resampler } from "../resample.ts";
import type { AudioInput } from "../input/audio_input.ts";
import { readableAtOnce } from "../input/kept_stream.ts";
import { TimeSlice } from "../../async/time_slice.ts";
import { CompressedRecording, OpenError, type ReadableInput } from "./compressed_recording.ts";
import { type AudioTracks, readAudioTracks } from "./matroska_tracks.ts";
import { type Edit, readEdit } from "./mp4_edits.ts";
import { withOpusHeaders } from "./mp4_opus.ts";
import { readMp4Tracks } from "./mp4_tracks.ts";
import { statedSize } from "./stated_size.ts";

export { OpenError };

/** Where a container says which of its tracks is the default. */
const TRACK_READERS: ReadonlyMap<string | undefined, typeof readAudioTracks> = new Map([
  ["matroska", readAudioTracks],
  ["mp4", readMp4Tracks],
]);

/** What decoding is told. */
export interface CompressedOptions {
  /** Which audio track is heard, from 0. Default: the file's default. */
  readonly track?: number;
  /** The container, by its id in `format.ts`: an MP4's edit list says what is to be heard. */
  readonly container?: string;
  /** The part to be heard, where the container's reader does not know it. */
  readonly edit?: Edit;
  readonly signal?: AbortSignal;
}

/**
 * Opens a compressed recording, which disposes the input. It throws `OpenError` too, before its first samples, where
 * nothing of it can be decoded.
 *
 * @throws {OpenError} when it cannot be opened.
 */
export async function openCompressed(input: AudioInput, options: CompressedOptions): Promise<Recording> {
  const { container, signal } = options;
  const file = await readableAtOnce(input, signal);
  try {
    const read = (offset: number, length: number) => file.read(offset, length);
    const stated = await statedSize(read, file.size, container);
    const bytes = {
      size: file.size,
      statedSize: stated <= MAX_SIZE ? stated : file.size,
      readSync: (offset: number, bytes: Uint8Array) => file.readSync(offset, bytes),
    };
    const source = container === "mp4" ? await withOpusHeaders(bytes, read) : bytes;
    const readTracks = options.track === undefined ? TRACK_READERS.get(container) : undefined;
    const tracks = await readTracks?.(read, file.size);
    const first = await openTrack(source, options.track, tracks);
    let opened: CompressedRecording | undefined = first;
    const { channels, sampleRate, statedFrames, track } = first;
    const again = () => CompressedRecording.open(source, { track });
    const facts = {
      name: file.name,
      edit: container === "mp4" ? await readEdit(read, file.size, track) : options.edit,
      isEndless: stated === Infinity,
      // A Core Audio file counts whole packets, with what fills the last one up.
      statedSeconds: sampleRate === 0 || container === "caf" ? 0 : statedFrames / sampleRate,
    };
    return {
      name: file.name,
      channels: channels || undefined,
      countChannels: async () => channels || channelsOfFirstPacket(await again()),
      async *pieces(hearing, pieceOptions) {
        const recording = opened ?? await again();
        opened = undefined;
        yield* piecesOf(recording, facts, hearing, pieceOptions);
      },
      [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
    };
  } catch (error) {
    if (file !== input) await file[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Opens the track that is wanted, else the file's default: which that is, the decoder may not know.
 *
 * @throws {OpenError} when it cannot be opened.
 */
async function openTrack(
  source: ReadableInput,
  wanted: number | undefined,
  tracks: AudioTracks | undefined,
): Promise<CompressedRecording> {
  if (tracks?.default) {
    try {
      const recording = await CompressedRecording.open(source, { track: tracks.default });
      // It may count other tracks, if it does not know a codec.
      if (recording.trackCount === tracks.count) return recording;
    } catch (error) {
      if (!(error instanceof OpenError) || error.failure !== "no track") throw error;
    }
  }
  return await CompressedRecording.open(source, { track: wanted });
}

/**
 * Counts the channels where the header does not.
 *
 * @throws {OpenError} when nothing can be decoded.
 */
function channelsOfFirstPacket(recording: CompressedRecording): number {
  for (let step = recording.next(); step.kind !== "end" && step.kind !== "broken"; step = recording.next()) {
    if (step.kind === "samples" && step.samples.length > 0) return recording.channels;
  }
  throw nothingDecoded("");
}

/** What is known of a recording before it is decoded. */
interface Facts {
  readonly name: string;
  readonly edit: Edit | undefined;
  /** Whether the end of the bytes is the end, as its length is not known. */
  readonly isEndless: boolean;
  /** Seconds by its header; 0 if it does not say. */
  readonly statedSeconds: number;
}

/** Seconds that a file may lack of what its header says before it counts as damaged. */
const SLACK = 0.05;
/** Frames that are resampled at once. */
const BLOCK = 4096;
/** How often a chained file may change its sample rate: each time, filters are designed. */
const MAX_RATE_CHANGES = 100;
/** No file is longer: a size beyond it is a lie. */
const MAX_SIZE = 2 ** 50;

async function* piecesOf(
  recording: CompressedRecording,
  { name, edit, isEndless, statedSeconds }: Facts,
  hearing: Hearing,
  { signal, onWarning }: PieceOptions = {},
): AsyncGenerator<Float32Array> {
  const slice = new TimeSlice(signal);
  const track = new MonoTrack(name, edit, hearing);
  let damaged = 0;
  let firstFault = "";
  let ending: string | undefined;
  for (;;) {
    await slice.pause();
    const step = recording.next();
    if (step.kind === "end") break;
    if (step.kind === "broken") {
      // Where the length is not known, the end of the bytes is the end.
      ending = isEndless && /cut off/.test(step.why) ? undefined : step.why;
      break;
    }
    if (step.kind === "damaged") {
      firstFault ||= step.why;
      damaged++;
      continue;
    }
    if (step.samples.length > 0) yield* track.push(step.samples, recording);
  }
  yield* track.finish();
  if (track.seconds === 0) throw nothingDecoded(ending ?? firstFault);
  const missing = statedSeconds - track.seconds;
  if (ending !== undefined) {
    onWarning?.(
      `${name} is damaged, what is after ${track.seconds.toFixed(1)} s cannot be read: ${ending}`,
    );
  } else if (missing > SLACK) {
    const stated = statedSeconds.toFixed(1);
    onWarning?.(
      `${name} is damaged, ${missing.toFixed(1)} of the ${stated} s of its header cannot be read`,
    );
  }
  if (damaged > 0) {
    const what = damaged === 1 ? "a packet of it is" : `${damaged} packets of it are`;
    onWarning?.(`${name} is damaged, ${what} left out: ${firstFault}`);
  }
}

function nothingDecoded(fault: string): OpenError {
  return new OpenError(
    "damaged",
    fault === "" ? "it holds no samples" : `none of it can be decoded: ${fault}`,
  );
}

/** How a packet's samples lie in memory. */
interface PacketShape {
  readonly sampleRate: number;
  readonly channels: number;
  readonly channelMask: number;
}

/** Mixes packets to mono, cuts them and resamples them. Their shape may change on the way, as in a chained Ogg file. */
class MonoTrack {
  readonly #name: string;
  readonly #edit: Edit | undefined;
  readonly #hearing: Hearing;
  #rates = 0;
  #shape: PacketShape | undefined;
  #weights: Float64Array = new Float64Array(0);
  #resampler: Resampler | undefined;
  /** Mixed frames that wait for more: a packet may have a single one. */
  readonly #block = new Float32Array(BLOCK);
  #filled = 0;
  /** Seconds decoded. */
  seconds = 0;

  constructor(name: string, edit: Edit | undefined, hearing: Hearing) {
    this.#name = name;
    this.#edit = edit;
    this.#hearing = hearing;
  }

  *push(samples: Float32Array, { sampleRate, channels, channelMask }: PacketShape): Generator<Float32Array> {
    if (channels === 0 || sampleRate === 0) return;
    yield* this.#adapt({ sampleRate, channels, channelMask });
    const frames = samples.length / channels;
    const [from, to] = this.#heard(frames, sampleRate);
    this.seconds += frames / sampleRate;
    if (from >= to) return;
    for (let start = from; start < to;) {
      const end = Math.min(to, start + BLOCK - this.#filled);
      this.#mix(samples, channels, start, end);
      start = end;
      if (this.#filled === BLOCK) yield this.#flush();
    }
  }

  *finish(): Generator<Float32Array> {
    if (this.#filled > 0) yield this.#flush();
    if (this.#resampler) yield clip(this.#resampler.finish());
    this.#resampler = undefined;
  }

  #flush(): Float32Array {
    const mono = this.#block.subarray(0, this.#filled);
    this.#filled = 0;
    return clip(this.#resampler ? this.#resampler.push(mono) : mono);
  }

  *#adapt(shape: PacketShape): Generator<Float32Array> {
    const last = this.#shape;
    if (last?.channels !== shape.channels || last.channelMask !== shape.channelMask) {
      this.#weights = channelWeights(this.#hearing, shape.channels, shape.channelMask);
    }
    if (last?.sampleRate !== shape.sampleRate) {
      this.#checkRate(shape.sampleRate);
      yield* this.finish();
      if (shape.sampleRate !== SAMPLE_RATE) this.#resampler = new Resampler(shape.sampleRate, SAMPLE_RATE);
    }
    this.#shape = shape;
  }

  #checkRate(sampleRate: number): void {
    if (sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE) {
      const why = `its header says ${sampleRate} Hz, ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz are read`;
      if (this.#rates === 0) throw new OpenError("damaged", why);
      throw new AudioDecodeError(`Cannot decode ${this.#name}: ${why}`);
    }
    if (this.#rates++ === MAX_RATE_CHANGES) {
      throw new AudioDecodeError(`Cannot decode ${this.#name}: its sample rate changes again and again`);
    }
  }

  /** Which of the next frames are to be heard. */
  #heard(frames: number, sampleRate: number): [from: number, to: number] {
    if (this.#edit === undefined) return [0, frames];
    const { start, duration = Infinity } = this.#edit;
    const within = (seconds: number) =>
      Math.max(0, Math.min(frames, Math.round((seconds - this.seconds) * sampleRate)));
    return [within(start), within(start + duration)];
  }

  /** Mixes frames into the block. */
  #mix(samples: Float32Array, channels: number, from: number, to: number): void {
    const weights = this.#weights, block = this.#block;
    let filled = this.#filled;
    if (channels === 2) {
      // Not by destructuring: Bun takes four times as long then.
      const left = weights[0], right = weights[1];
      for (let at = 2 * from; at < 2 * to; at += 2) {
        block[filled++] = left * samples[at] + right * samples[at + 1];
      }
      this.#filled = filled;
      return;
    }
    for (let frame = from, at = from * channels; frame < to; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += weights[channel] * samples[at++];
      block[filled++] = sum;
    }
    this.#filled = filled;
  }
}

/** Brings samples to full scale, as whisper's 16-bit ones are; a decoder may overshoot, or give what is no number. */
function clip(samples: Float32Array): Float32Array {
  for (let i = 0; i < samples.length; i++) {
    samples[i] = samples[i] > 1 ? 1 : samples[i] < -1 ? -1 : samples[i] || 0;
  }
  return samples;
}
