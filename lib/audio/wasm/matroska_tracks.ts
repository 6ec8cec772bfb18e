/**
 * Which audio track of a Matroska file is its default: what a file does not say of a track is that it is one, and most
 * programs write only that the others are not. After RFC 9559, section 5.1.4.
 */
import { viewOf } from "../../bytes/data_view.ts";
import type { ReadAt } from "../input/audio_input.ts";
import { CLUSTER, EBML, type EbmlHead, ebmlHeadAt, readEbmlHead, SEGMENT } from "./ebml.ts";

const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const TRACK_TYPE = 0x83;
const FLAG_DEFAULT = 0x88;
const AUDIO = 2;

/** The most bytes of a description of all tracks that are read: real ones have some hundred a track. */
const MAX_TRACKS_SIZE = 1 << 20;
/** Elements looked at before that, in a segment. */
const MAX_ELEMENTS = 100;

/** The audio tracks of a file. */
export interface AudioTracks {
  readonly count: number;
  /** The first that is a default, from 0, or nothing if none is. */
  readonly default: number | undefined;
}

/** Reads the description of a file's tracks, or gives nothing where it is not before the sound. */
export async function readAudioTracks(read: ReadAt, size: number): Promise<AudioTracks | undefined> {
  const ebml = await ebmlHeadAt(read, 0);
  const segment = ebml?.id === EBML ? await ebmlHeadAt(read, ebml.end) : undefined;
  if (segment?.id !== SEGMENT) return undefined;
  for (let offset = segment.start, elements = 0; offset < size && elements < MAX_ELEMENTS; elements++) {
    const element = await ebmlHeadAt(read, offset);
    if (element === undefined || element.id === CLUSTER) return undefined;
    if (element.id === TRACKS) {
      return countAudio(await read(element.start, Math.min(element.end - element.start, MAX_TRACKS_SIZE)));
    }
    offset = element.end;
  }
}

function countAudio(tracks: Uint8Array): AudioTracks {
  const view = viewOf(tracks);
  let count = 0;
  let found: number | undefined;
  for (const track of elementsOf(view, 0, view.byteLength)) {
    if (track.id !== TRACK_ENTRY) continue;
    let isAudio = false, isDefault = true;
    for (const { id, start, end } of elementsOf(view, track.start, track.end)) {
      // A number without bytes is its default, which only the flag's may be.
      const value = end > start ? view.getUint8(end - 1) : 1;
      if (id === TRACK_TYPE) isAudio = value === AUDIO;
      if (id === FLAG_DEFAULT) isDefault = value !== 0;
    }
    if (!isAudio) continue;
    if (isDefault) found ??= count;
    count++;
  }
  return { count, default: found };
}

/** The elements in a part of the bytes, as far as they are there. */
function* elementsOf(view: DataView, start: number, end: number): Generator<EbmlHead> {
  for (let offset = start; offset < end;) {
    const element = readEbmlHead(view, offset);
    if (element === undefined || element.end > end) return;
    yield element;
    offset = element.end;
  }
}
