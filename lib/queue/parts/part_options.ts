/** With what options a part is transcribed, and which recordings are not cut. */
import type { JobOptions } from "../job.ts";

/**
 * Tells why a recording is transcribed as a whole although parts are asked for.
 *
 * @returns Nothing where it can be cut.
 */
export function whyNotInParts({ channel, clipTimestamps, speakers }: JobOptions): string | undefined {
  if (channel === "split") return "its channels are transcribed apart";
  if (clipTimestamps !== undefined) return "clipTimestamps are times of the whole";
  if (speakers) return "its speakers are told apart by all that they say";
}

/** What is known of the whole, and not to each part. */
export interface WholeRecording {
  /** The code of its language. */
  readonly language?: string;
  /** What is heard of it. */
  readonly channel: "mix" | number;
}

/**
 * Gives the options for each part. They have the language of the whole: one that is quiet or short may be taken for
 * another. A part knows nothing of the text before it, and so each begins with `initialPrompt`.
 */
export function partOptions(options: JobOptions, { language, channel }: WholeRecording): JobOptions {
  return { ...options, channel, ...(language !== undefined && { language }) };
}
