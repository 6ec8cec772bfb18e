/** What is missing of a recording whose container does not say how long it is, or says it page by page. */
import type { ReadAt } from "../input/audio_input.ts";
import { flacLosses } from "./flac_losses.ts";
import { mpegLosses } from "./mpeg_losses.ts";
import { oggLosses } from "./ogg_losses.ts";
import { OGG } from "./ogg_pages.ts";

/** What was found to be missing. */
export interface Losses {
  /** Seconds, where that can be told. */
  readonly seconds: number;
  /** Bytes that belong to nothing. */
  readonly bytes: number;
  /**
   * Tags between frames, as of files that were joined: what of them passes for a frame is none.
   *
   * @default {0}
   */
  readonly tags?: number;
}

/** What was heard of a recording. */
export interface Heard {
  /** Which of its audio tracks, from 0. */
  readonly track: number;
  /** Seconds of it. */
  readonly seconds: number;
}

/** Looks for what is missing of a file. */
type FindLosses = (read: ReadAt, size: number, heard: Heard) => Promise<Losses>;

/** By the container's id in `format.ts`. */
const FINDERS: ReadonlyMap<string | undefined, FindLosses> = new Map([
  ...OGG.map((container) => [container, oggLosses] as const),
  ["flac", flacLosses],
  ["mp3", mpegLosses],
]);

/**
 * Goes through a file once and tells what is missing in it; nothing where its container does not let that be known.
 *
 * @param container Its id in `format.ts`.
 */
export async function findLosses(
  container: string | undefined,
  ...where: Parameters<FindLosses>
): Promise<Losses | undefined> {
  return await FINDERS.get(container)?.(...where);
}
