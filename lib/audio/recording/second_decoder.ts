/** A recording that another decoder gets where its own can decode nothing of it. */
import type { Recording } from "./recording.ts";

/**
 * Gives a recording a second decoder, which is opened when the first throws before its first samples, and hears it from
 * then on. What the first throws later stands: what it has given so far has been heard.
 *
 * @param first Disposed with the recording that is made, as is the second.
 * @param openSecond Told of what the first has thrown; throws that itself where it is no reason to try another.
 */
export function withSecondDecoder(
  first: Recording,
  openSecond: (error: unknown) => Promise<Recording>,
): Recording {
  let opening: Promise<Recording> | undefined;
  let second: Recording | undefined;
  const turnToSecond = async (error: unknown) => second = await (opening ??= openSecond(error));
  return {
    name: first.name,
    get channels() {
      return (second ?? first).channels;
    },
    async countChannels(signal) {
      if (second) return await second.countChannels(signal);
      try {
        return await first.countChannels(signal);
      } catch (error) {
        return await (await turnToSecond(error)).countChannels(signal);
      }
    },
    async *pieces(hearing, options) {
      if (second) return yield* second.pieces(hearing, options);
      let isHeard = false;
      try {
        for await (const piece of first.pieces(hearing, options)) {
          isHeard = true;
          yield piece;
        }
      } catch (error) {
        if (isHeard) throw error;
        yield* (await turnToSecond(error)).pieces(hearing, options);
      }
    },
    async [Symbol.asyncDispose]() {
      await second?.[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
    },
  };
}
