/**
 * Compressed formats to mono samples at 16 kHz, piece by piece: packets from the WebAssembly file, mixed, cut to
 * what is to be heard, and resampled.
 */
import { endOfFlac } from "../damage/flac_end.ts";
import { findLosses, type Losses } from "../damage/losses.ts";
import { endOfOgg, isOgg } from "../damage/ogg_end.ts";
import { OGG } from "../damage/ogg_pages.ts";
import { MAX_FILE_SIZE } from "../limits.ts";
import type { Hearing, PieceOptions, Recording } from "../recording/recording.ts";
import type { AudioInput } from "../input/audio_input.ts";
import { readableAtOnce } from "../input/kept_stream.ts";
import { TimeSlice } from "../../async/time_slice.ts";
import { CompressedRecording, OpenError, type ReadableInput } from "./compressed_recording.ts";
import { mendMatroska } from "./matroska_damage.ts";
import { type AudioTracks, readAudioTracks } from "./matroska_tracks.ts";
import { MendedInput } from "./mended_input.ts";
import { MonoTrack } from "./mono_track.ts";
import { type Edit, readEdit } from "./mp4_edits.ts";
import { missingSeconds } from "./mp4_gaps.ts";
import { withOpusHeaders } from "./mp4_opus.ts";
import { readMp4Tracks } from "./mp4_tracks.ts";
import { statedSize } from "./stated_size.ts";

export { OpenError };

/** Where a container says which of its tracks is the default. */
const TRACK_READERS: ReadonlyMap<string | undefined, typeof readAudioTracks> = new Map([
  ["matroska", readAudioTracks],
  ["mp4", readMp4Tracks],
]);

/** Where the sound ends that has something behind it, or a part of a page. */
const ENDS: ReadonlyMap<string | undefined, typeof endOfFlac> = new Map([
  ["flac", endOfFlac],
  ...OGG.map((container) => [container, endOfOgg] as const),
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
    const size = await ENDS.get(container)?.(read, file.size) ?? file.size;
    const stated = await statedSize(read, size, container);
    const bytes = {
      size,
      statedSize: stated <= MAX_FILE_SIZE ? stated : size,
      readSync: (offset: number, bytes: Uint8Array) =>
        file.readSync(offset, bytes.subarray(0, Math.max(0, size - offset))),
    };
    const source: ReadableInput = container === "mp4" ? await withOpusHeaders(bytes, read) : bytes;
    const readTracks = options.track === undefined ? TRACK_READERS.get(container) : undefined;
    const tracks = await readTracks?.(read, file.size);
    const first = await openTrack(source, options.track, tracks);
    let opened: CompressedRecording | undefined = first;
    const { channels, sampleRate, statedFrames, track } = first;
    const findDamage = container === "matroska" ? () => mendMatroska(read, file.size) : undefined;
    const mended = new MendedInput(source, track, findDamage);
    const facts: Omit<Facts, "mend"> = {
      name: file.name,
      edit: container === "mp4" ? await readEdit(read, file.size, track) : options.edit,
      isEndless: stated === Infinity,
      isCutOff: isOgg(container) && size < file.size,
      statedSeconds: sampleRate === 0 ? 0 : statedFrames / sampleRate,
      isGuess: container === "aac",
      // A Core Audio file counts whole packets, with what fills the last one up.
      slack: container === "caf" && sampleRate > 0 ? SLACK + LONGEST_PACKET / sampleRate : SLACK,
      missingSeconds: async () => container === "mp4" ? await missingSeconds(read, file.size, track) : 0,
      lostBytes: () => mended.lost,
      findLosses: (seconds) => findLosses(container, read, file.size, { track, seconds }),
    };
    return {
      name: file.name,
      channels: channels || undefined,
      countChannels: async () => channels || channelsOfFirstPacket(await mended.open()),
      async *pieces(hearing, pieceOptions) {
        const begun = mended.bytes;
        const recording = opened ?? await mended.open();
        opened = undefined;
        yield* piecesOf(recording, { ...facts, mend: () => mended.mend(begun) }, hearing, pieceOptions);
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
  /** Whether its last page is cut off, and left out. */
  readonly isCutOff: boolean;
  /** Seconds by its header; 0 if it does not say. */
  readonly statedSeconds: number;
  /** Whether that is the decoder's guess, as raw AAC has no header: it tells how much lacks where packets are left out. */
  readonly isGuess: boolean;
  /** Seconds that it may lack of them. */
  readonly slack: number;
  /** Looks how many seconds lack between the fragments of a file that has such. */
  missingSeconds(): Promise<number>;
  /** Opens the recording again with its damage passed over, if there is any that can be. */
  mend(): Promise<CompressedRecording | undefined>;
  /** Bytes that are passed over since then. */
  lostBytes(): number;
  /** Looks what is missing of a file of which so many seconds were heard. */
  findLosses(seconds: number): Promise<Losses | undefined>;
}

/** Seconds that a file may lack of what its header says before it counts as damaged. */
const SLACK = 0.05;
/** Frames of the longest packet in a Core Audio file: ALAC's. */
const LONGEST_PACKET = 4096;
/** What the decoder of MP3 says of bytes that look like a frame of MP1 or MP2. */
const OTHER_LAYER = /layer12/;

async function* piecesOf(
  recording: CompressedRecording,
  facts: Facts,
  hearing: Hearing,
  { signal, onWarning }: PieceOptions = {},
): AsyncGenerator<Float32Array> {
  const slice = new TimeSlice(signal);
  const track = new MonoTrack(facts.name, facts.edit, hearing);
  let run = yield* decodeInto(track, recording, slice);
  const mended = await facts.mend();
  if (mended) run = yield* decodeInto(track, mended, slice, run.frames);
  yield* track.finish();
  if (track.seconds === 0) throw nothingDecoded(run.ending ?? run.firstFault);
  if (onWarning) await warn(run, track.seconds, facts, onWarning);
}

/** What became of a recording's packets. */
interface Run {
  /** Frames that were decoded. */
  frames: number;
  /** Packets that were left out, and why the first was. */
  damaged: number;
  firstFault: string;
  /** Why nothing could be read after them, if it was not the end. */
  ending?: string;
}

/**
 * Decodes a recording to its end.
 *
 * @param known So many of its frames are in the track already.
 */
async function* decodeInto(
  track: MonoTrack,
  recording: CompressedRecording,
  slice: TimeSlice,
  known = 0,
): AsyncGenerator<Float32Array, Run> {
  const run: Run = { frames: 0, damaged: 0, firstFault: "" };
  for (;;) {
    if (slice.isOver) await slice.pause();
    const step = recording.next();
    if (step.kind === "end") return run;
    if (step.kind === "broken") return { ...run, ending: step.why };
    if (step.kind === "damaged") {
      run.firstFault ||= step.why;
      run.damaged++;
      continue;
    }
    if (step.samples.length === 0 || recording.sampleRate === 0) continue;
    const frames = step.samples.length / recording.channels;
    const skipped = Math.min(frames, Math.max(0, known - run.frames));
    run.frames += frames;
    if (!track.takes(recording)) yield* track.turnTo(recording);
    for (let next = skipped; next < frames;) {
      next = track.take(step.samples, next);
      if (track.isFull) yield track.flush();
    }
  }
}

/** Tells what is missing of a recording. */
async function warn(
  { damaged, firstFault, ending: found }: Run,
  seconds: number,
  {
    name,
    isEndless,
    isCutOff: lastPageIsCutOff,
    statedSeconds,
    isGuess,
    slack,
    missingSeconds,
    lostBytes,
    findLosses,
  }: Facts,
  onWarning: (message: string) => void,
): Promise<void> {
  const say = (what: string) => onWarning(`${name} is damaged, ${what}`);
  const ending = found ?? (lastPageIsCutOff ? "it is cut off" : undefined);
  const missing = statedSeconds - seconds, between = await missingSeconds();
  const losses = await findLosses(seconds) ?? { seconds: 0, bytes: 0 };
  // Where the length is not known, the end of the bytes is the end.
  const isCutOff = ending !== undefined && !(isEndless && /cut off/.test(ending));
  const isShort = !isCutOff && missing > slack && between === 0 && (damaged > 0 || !isGuess);
  if (isCutOff) {
    say(`what is after ${seconds.toFixed(1)} s cannot be read: ${ending}`);
  } else if (isShort) {
    say(`${missing.toFixed(1)} of the ${statedSeconds.toFixed(1)} s of its header cannot be read`);
  }
  if (between > 0) say(`fragments of it with ${between.toFixed(1)} s are missing`);
  // One figure tells of the same damage.
  if (losses.seconds > SLACK && !isShort) say(`about ${losses.seconds.toFixed(1)} s of it are missing`);
  const lost = lostBytes() + (losses.seconds > SLACK || isShort ? 0 : losses.bytes);
  if (lost > 0) say(`${lost} bytes of it are passed over`);
  if (damaged > 0 && !(losses.tags && losses.bytes === 0 && OTHER_LAYER.test(firstFault))) {
    const why = OTHER_LAYER.test(firstFault) ? "what it begins with is no frame of MP3" : firstFault;
    say(`${damaged === 1 ? "a packet of it is" : `${damaged} packets of it are`} left out: ${why}`);
  }
}

function nothingDecoded(fault: string): OpenError {
  return new OpenError(
    "damaged",
    fault === "" ? "it holds no samples" : `none of it can be decoded: ${fault}`,
  );
}
