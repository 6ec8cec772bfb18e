import assert from "node:assert/strict";
import type { SegmentGenerator } from "../../../lib/transcription/segment_stream.ts";
import type { Segment } from "../../../lib/transcription/segments.ts";
import { transcribeChannels } from "../../../lib/transcription/split_channels.ts";
import { transcribeSettings } from "../../../lib/transcription/transcribe_settings.ts";
import type { TranscriptionState } from "../../../lib/transcription/transcription_state.ts";
import type { TranscribeOptions } from "../../../lib/transcription/transcribe_options.ts";
import { describe, it } from "../../harness.ts";

function said(start: number, text: string): Segment {
  const scores = { temperature: 0, avgLogprob: 0, compressionRatio: 1, noSpeechProb: 0 };
  return { id: 0, seek: 0, start, end: start + 1, text, tokens: [], ...scores };
}

function stateAfter(segments: readonly Segment[]): TranscriptionState {
  const seek = 100 * segments.at(-1)!.end;
  const place = { clip: 0, seek, lastSpeechTimestamp: 0, resetSince: 0, random: [1, 2, 3, 4] };
  return { language: "en", segments, ...place };
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
    assert.equal(settings.language, "en");
    const all = sides[side];
    try {
      for (let i = settings.resume?.segments.length ?? 0; i < all.length; i++) {
        await Promise.resolve();
        settings.onProgress?.({ loaded: all[i].end, total: 10 });
        yield all[i];
        // Two segments are a window.
        if (i % 2 === 1 || i === all.length - 1) settings.onState?.(stateAfter(all.slice(0, i + 1)));
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

  it("goes on after each state as if it was never stopped", async () => {
    const gather = async (sides: readonly (readonly Segment[])[], options: TranscribeOptions) => {
      const work = call(sides).run({ channel: "split", ...options });
      const segments: Segment[] = [...options.resume?.segments ?? []];
      let step = await work.next();
      for (; !step.done; step = await work.next()) segments.push(step.value);
      return { ...step.value, segments };
    };
    for (const sides of [SIDES, [SIDES[0], []], [[...SIDES[0], said(9.5, " Now.")], SIDES[1], SIDES[1]]]) {
      const states: TranscriptionState[] = [];
      const onState = (state: TranscriptionState) => states.push(JSON.parse(JSON.stringify(state)));
      const whole = await gather(sides, { onState });
      assert.ok(states.length >= 2, `${states.length} states`);
      for (const [i, resume] of states.entries()) {
        assert.equal(resume.seek, Math.min(...resume.channels!.map((state) => state?.seek ?? Infinity)));
        assert.deepEqual(await gather(sides, { resume }), whole, `after state ${i}`);
      }
      assert.deepEqual(states.at(-1)!.segments, whole.segments);
    }
  });

  it("refuses to go on with what was on other channels", async () => {
    const states: TranscriptionState[] = [];
    const onState = (state: TranscriptionState) => states.push(state);
    for await (const _ of call(SIDES).run({ channel: "split", onState }));
    const [resume] = states;
    await assert.rejects(
      call([SIDES[0]]).run({ channel: "split", resume }).next(),
      /resume goes on with 2 channels, and there are 1$/,
    );
    assert.throws(
      () => transcribeSettings({ channel: 0, resume }),
      /resume goes on with several channels, and channel is 0$/,
    );
    assert.throws(
      () => transcribeSettings({ channel: "split", resume: stateAfter(SIDES[0]) }),
      /resume goes on with one channel, and channel is "split"$/,
    );
    const nested = { ...resume, channels: [resume] };
    assert.throws(() => transcribeSettings({ channel: "split", resume: nested }), /resume is/);
  });

  it("stops the work on all channels when it is left", async () => {
    const { run, stopped } = call(SIDES);
    for await (const _ of run()) break;
    assert.deepEqual(stopped.sort(), [0, 1]);
  });
});
