/** Builds films whose samples are stored as numbers, for tests. */
import { box, numbers } from "../wasm/mp4_builder.ts";
import { bytes, concat, text } from "../wav_builder.ts";

/** Samples a second of each film. */
export const SAMPLE_RATE = 16000;

/** A track's description of its samples: the fields of version 0, 1 or 2. */
export interface Entry {
  readonly codec: string;
  readonly bits?: number;
  readonly channels?: number;
  readonly version?: number;
  readonly flags?: number;
  readonly boxes?: Uint8Array;
}

function entryBox({ codec, bits = 16, channels = 1, version = 0, flags = 0, boxes = bytes() }: Entry) {
  const wide = bits / 8 * channels;
  const rest = [
    bytes(),
    numbers(1, bits / 8, wide, 2),
    concat(
      numbers(72),
      bytes(0x40, 0xcf, 0x40, 0, 0, 0, 0, 0),
      numbers(channels, 0x7f000000, bits, flags, wide, 1),
    ),
  ][version];
  const [shown, size, rate] = version === 2 ? [3, 16, 1] : [channels, version === 1 ? 16 : bits, SAMPLE_RATE];
  const fields = bytes(0, 0, 0, 0, 0, 0, 0, 1, 0, version, 0, 0, 0, 0, 0, 0, 0, shown, 0, size, 0, 0, 0, 0);
  return box(codec, fields, numbers(rate << 16), rest, boxes);
}

/** A film in one piece. */
export interface Movie {
  readonly entry: Entry;
  /** The bytes of each chunk, and the samples in it. */
  readonly chunks: readonly { readonly data: Uint8Array; readonly samples: number }[];
  readonly edits?: Uint8Array;
  /** What is added to where chunks begin. */
  readonly shift?: number;
}

/** An audio track of chunks that begin at these places. */
function trackBox(
  entry: Entry,
  offsets: readonly number[],
  runs: readonly Uint8Array[],
  ...rest: Uint8Array[]
) {
  const table = box(
    "stbl",
    box("stsd", numbers(0, 1), entryBox(entry)),
    box("stsc", numbers(0, runs.length), ...runs),
    box("stco", numbers(0, offsets.length, ...offsets)),
  );
  const mdia = box(
    "mdia",
    box("mdhd", numbers(0, 0, 0, SAMPLE_RATE, 0)),
    box("hdlr", numbers(0, 0), text("soun"), numbers(0, 0, 0)),
    box("minf", table),
  );
  return box("trak", ...rest, mdia);
}

/** Ahead of each chunk there is a picture. */
export const PICTURE = new Uint8Array(100).fill(0xee);

/** A film whose index stands behind its sound. */
export function movie({ entry, chunks, edits = bytes(), shift = 0 }: Movie): Uint8Array<ArrayBuffer> {
  const head = box("ftyp", text("qt  "));
  const media = box("mdat", ...chunks.flatMap(({ data }) => [PICTURE, data]));
  let at = head.length + 8;
  const offsets = chunks.map(({ data }) => {
    at += PICTURE.length + data.length;
    return at - data.length + shift;
  });
  const runs = chunks.map(({ samples }, i) => numbers(i + 1, samples, 1));
  const trak = trackBox(entry, offsets, runs, box("edts", edits));
  return concat(head, media, box("moov", box("mvhd", numbers(0, 0, 0, 1000, 0)), trak));
}

/** What a fragment has of a track: its samples, and by where they begin behind it the fields of its head and its run. */
export interface Part {
  readonly head: (at: number) => Uint8Array;
  readonly run: (at: number) => Uint8Array;
  readonly data: Uint8Array;
  readonly start?: number;
}

/** A fragment and its samples. */
function fragment(parts: readonly Part[]): Uint8Array {
  const describe = (ahead: number) => {
    let at = ahead;
    const trafs = parts.map(({ head, run, data, start }) => {
      const time = start === undefined ? [] : [box("tfdt", numbers(0, start))];
      const traf = box("traf", box("tfhd", head(at)), ...time, box("trun", run(at)));
      at += data.length;
      return traf;
    });
    return box("moof", box("mfhd", numbers(0, 1)), ...trafs);
  };
  return concat(describe(describe(0).length + 8), box("mdat", ...parts.map(({ data }) => data)));
}

/** A film in fragments, of as many tracks as have an entry. Of a sample that says nothing, the movie does. */
export function fragmented(
  entries: readonly Entry[],
  fragments: readonly (readonly Part[])[],
  { duration = 1, size = 0 } = {},
): Uint8Array<ArrayBuffer> {
  const tracks = entries.map((entry, i) => trackBox(entry, [], [], box("tkhd", numbers(1, 0, 0, i + 1))));
  const defaults = entries.map((_, i) => box("trex", numbers(0, i + 1, 1, duration, size, 0)));
  return concat(
    box("ftyp", text("iso5")),
    box("moov", box("mvhd", numbers(0, 0, 0, 1000, 0)), ...tracks, box("mvex", ...defaults)),
    ...fragments.map(fragment),
  );
}
