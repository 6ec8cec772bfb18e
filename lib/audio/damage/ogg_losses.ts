/**
 * Pages that are missing in an Ogg file: a decoder passes over what is damaged without a word, but pages are numbered
 * and say until when their sound lasts. After RFC 3533, section 6, RFC 7845, section 4, RFC 9639, section 10.1, and the
 * Vorbis I specification, section 4.2.2.
 */
import { viewOf } from "../../bytes/data_view.ts";
import type { ReadAt } from "../input/audio_input.ts";
import { MAX_SECONDS } from "../limits.ts";
import { ByteWindow } from "./byte_window.ts";
import type { Heard, Losses } from "./losses.ts";
import { LONGEST_PAGE, MAGIC, type Page, readPage } from "./ogg_pages.ts";

/** A page's flags: it begins with the rest of a packet, its stream begins, or ends. */
const CONTINUED = 1, BEGINS = 2, ENDS = 4;
/** Bytes whose checksum is taken, for each of the file: one that has pages within pages is not looked at to its end. */
const SUMS = 4;
/** Seconds of the longest packet that is usual. */
const LONGEST_PACKET = 0.2;
/** Streams looked at; a chain of more is not. */
const MAX_STREAMS = 10_000;

/** A stream of pages, as far as it was gone through. */
interface Stream {
  /** Samples a second; nothing where it is none that is heard. */
  readonly rate: number | undefined;
  sequence: number;
  /** Samples until the end of its last page. */
  position: number;
  /** Bytes that were lost before it began. */
  readonly lostBefore: number;
}

/** Goes through the pages. */
export async function oggLosses(read: ReadAt, size: number, { track }: Heard): Promise<Losses> {
  const window = new ByteWindow(read), pages = new Pages(track);
  let lost = 0, sums = SUMS * size + LONGEST_PAGE;
  let isCutOff = false;
  for (let offset = 0, from = 0; sums > 0;) {
    const page = readPage(await window.at(offset, LONGEST_PAGE));
    if (offset === from) isCutOff = page === "cut off";
    if (typeof page === "object") {
      sums -= page.length;
      if (page.isWhole) {
        lost += offset - from;
        if (!pages.add(page, lost)) lost += page.length;
        from = offset += page.length;
        continue;
      }
    }
    offset = await window.find(MAGIC, offset + 1, size);
    if (offset >= 0) continue;
    // What stands behind the end of all is no damage, and that the last page is cut off the decoder tells.
    if (from < size && !pages.haveEnded && !isCutOff) lost += size - from;
    break;
  }
  return { seconds: pages.missingSeconds, bytes: lost };
}

/** The pages of the streams that are heard, and what is missing between them. */
class Pages {
  readonly #track: number;
  readonly #streams = new Map<number, Stream>();
  /** Audio streams that began beside one another. */
  #beside = 0;
  #isBeginning = false;
  /** Sums of what lies between pages, and of what lasts as one knows, by the rate. */
  readonly #gaps = new Map<number, { missing: number; resumed: number; samples: number; packets: number }>();
  #open = 0;

  constructor(track: number) {
    this.#track = track;
  }

  /** Whether all that began has ended. */
  get haveEnded(): boolean {
    return this.#open <= 0;
  }

  /** Adds the next page; gives whether its stream is known. */
  add(page: Page, lost: number): boolean {
    if (page.flags & BEGINS) return this.#begin(page, lost);
    this.#isBeginning = false;
    const stream = this.#streams.get(page.serial);
    if (stream === undefined) return false;
    if (page.flags & ENDS) this.#open--;
    this.#goOn(stream, page, lost);
    return true;
  }

  #begin(page: Page, lost: number): boolean {
    if (!this.#isBeginning) {
      this.#beside = 0;
      this.#open = 0;
      this.#streams.clear();
    }
    this.#isBeginning = true;
    if (this.#streams.size >= MAX_STREAMS) return false;
    const rate = readRate(page.content);
    const isHeard = rate !== undefined && this.#beside++ === this.#track;
    const { sequence, serial } = page;
    this.#streams.set(serial, { rate: isHeard ? rate : undefined, sequence, position: 0, lostBefore: lost });
    if (!(page.flags & ENDS)) this.#open++;
    return true;
  }

  #goOn(stream: Stream, page: Page, lost: number): void {
    const { rate, position } = stream;
    const isNext = page.sequence === (stream.sequence + 1 >>> 0);
    if (page.position < 0 && isNext) stream.sequence = page.sequence;
    // Without an end in it, the next page tells.
    if (page.position < 0) return;
    stream.sequence = page.sequence;
    stream.position = page.position;
    if (rate === undefined) return;
    // What begins in the middle, as of a radio, lacks nothing.
    const mayBeMiddle = isNext
      ? page.position > page.packets * LONGEST_PACKET * rate
      : lost === stream.lostBefore;
    if (position === 0 && mayBeMiddle) return;
    const sums = this.#gaps.get(rate) ?? { missing: 0, resumed: 0, samples: 0, packets: 0 };
    this.#gaps.set(rate, sums);
    const samples = page.position - position;
    if (samples < 0 || samples > MAX_SECONDS * rate) return;
    if (isNext) {
      sums.samples += samples;
      sums.packets += page.packets;
    } else {
      sums.missing += samples;
      // A packet whose beginning is missing is none.
      sums.resumed += page.packets - (page.flags & CONTINUED && page.packets > 0 ? 1 : 0);
    }
  }

  /** What lies between pages, without that which the page behind a gap has, as packets last on the average. */
  get missingSeconds(): number {
    let seconds = 0;
    for (const [rate, { missing, resumed, samples, packets }] of this.#gaps) {
      const heard = packets === 0 ? 0 : resumed * samples / packets;
      seconds += Math.max(0, missing - heard) / rate;
    }
    return seconds;
  }
}

/** The samples a second of a stream that begins so, as its positions count them; nothing for other codecs. */
function readRate(content: Uint8Array): number | undefined {
  const text = String.fromCharCode(...content.subarray(0, 8));
  const view = viewOf(content);
  if (text === "OpusHead") return 48_000;
  if (text.startsWith("\x01vorbis") && content.length >= 16) return view.getUint32(12, true) || undefined;
  if (text.startsWith("\x7fFLAC") && content.length >= 31) return view.getUint32(27) >>> 12 || undefined;
}
