import assert from "node:assert/strict";
import type { SegmentGenerator } from "../../../lib/transcription/segment_stream.ts";
import type { Segment } from "../../../lib/transcription/segments.ts";
import { transcribeChannels } from "../../../lib/transcription/split_channels.ts";
import { transcribeSettings } from "../../../lib/transcription/transcribe_options.ts";
import { describe, it } from "../../harness.ts";

function said(start: number, text: string): Segment {
  const scores = { temperature: 0, avgLogprob: 0, compressionRatio: 1, noSpeechProb: 0 };
  return { id: 0, seek: 0, start, end: start + 1, text, tokens: [], ...scores };
}

/** Two sides of a call, and what is noted of the work on them. */
function call(sides: readonly (readonly Segment[])[]) {
  const stopped: number[] = [];
  const channels = sides.map((_, channel) => () => Promise.resolve(channel));
  async function* transcribe(
    side: number,
    settings: ReturnType<typeof transcribeSettings>,
  ): SegmentGenerator {
    assert.equal(settings.onSegment, undefined);
    assert.equal(settings.onState, undefined);
    assert.equal(settings.language, "en");
    try {
      for (const segment of sides[side]) {
        await Promise.resolve();
        settings.onProgress?.({ loaded: segment.end, total: 10 });
        yield segment;
      }
    } finally {
      stopped.push(side);
    }
    return { text: "", language: "en" };
  }
  const run = (options = {}) =>
    transcribeChannels({ channels }, { ...transcribeSettings(options), language: "en" }, transcribe);
  return { run, stopped };
}

const SIDES = [
  [said(0, " Hello."), said(4, " It is broken."), said(9, " Bye.")],
  [said(2, " How can I help?"), said(6, " Since when?")],
];

describe("transcribeChannels()", () => {
  it("merges the channels by time, and numbers the segments anew", async () => {
    const segments: Segment[] = [];
    const told: Segment[] = [];
    const work = call(SIDES).run({ onSegment: (segment: Segment) => told.push(segment) });
    let step = await work.next();
    for (; !step.done; step = await work.next()) segments.push(step.value);
    assert.deepEqual(
      segments.map(({ id, channel, text }) => [id, channel, text]),
      [
        [0, 0, " Hello."],
        [1, 1, " How can I help?"],
        [2, 0, " It is broken."],
        [3, 1, " Since when?"],
        [4, 0, " Bye."],
      ],
    );
    assert.deepEqual(told, segments);
    assert.deepEqual(step.value, {
      text: " Hello. How can I help? It is broken. Since when? Bye.",
      language: "en",
    });
  });

  it("goes on when one channel is silent", async () => {
    const segments: Segment[] = [];
    for await (const segment of call([[], SIDES[1]]).run()) segments.push(segment);
    assert.deepEqual(segments.map(({ channel }) => channel), [1, 1]);
  });

  it("tells how far the channels are together", async () => {
    const progress: number[] = [];
    const onProgress = ({ loaded }: { loaded: number }) => progress.push(loaded);
    for await (const _ of call(SIDES).run({ onProgress }));
    assert.deepEqual(progress.at(-1), (10 + 7) / 2);
    assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
  });

  it("stops the work on all channels when it is left", async () => {
    const { run, stopped } = call(SIDES);
    for await (const _ of run()) break;
    assert.deepEqual(stopped.sort(), [0, 1]);
  });
});
