/** Segments other than they are heard: cut anew where another speaks, by sentence, or to a length. */
import type { EncoderDecoder } from "../model/types.ts";
import type { Recording, TranscribeTools } from "./recording.ts";
import type { SegmentGenerator } from "./segment_stream.ts";
import type { Segment } from "./segments.ts";
import type { TranscribeSettings } from "./transcribe_settings.ts";

/** Whether segments are cut anew. */
export function isShaped({ regroup, speakers }: TranscribeSettings): boolean {
  return regroup !== undefined || speakers !== undefined;
}

/** Cuts segments anew: takes them as they come, and gives those that are complete. */
interface SegmentShaper {
  push(segment: Segment): Segment[];
  finish(): Segment[];
}

/** Transcribes a recording, and gives its segments as they are heard. */
type Transcribe = (
  model: EncoderDecoder,
  recording: Recording,
  tools: TranscribeTools,
  settings: TranscribeSettings,
) => SegmentGenerator;

/** Transcribes a recording, and cuts its segments anew if that is asked for: by who speaks, and then by sense and length. */
export async function* shapeSegments(
  transcribe: Transcribe,
  model: EncoderDecoder,
  recording: Recording,
  tools: TranscribeTools,
  settings: TranscribeSettings,
): SegmentGenerator {
  if (!isShaped(settings)) return yield* transcribe(model, recording, tools, settings);
  const { regroup, speakers, resume, signal, onSegment } = settings;
  await using opened = new AsyncDisposableStack();
  const shapers: SegmentShaper[] = [];
  let heard = recording;
  if (speakers !== undefined) {
    const [{ recordingWithTurns }, { SpeakerCutter }] = await Promise.all([
      import("./speakers/recording_with_turns.ts"),
      import("../regroup/cut_by_speaker.ts"),
    ]);
    const samples = typeof recording === "function" ? await recording(signal) : recording;
    const searched = opened.use(await recordingWithTurns(samples, model.family.nMels, tools, settings));
    heard = () => Promise.resolve(searched.heard);
    shapers.push(new SpeakerCutter(searched.turns));
  }
  if (regroup !== undefined) {
    const { Regrouper } = await import("../regroup/regroup.ts");
    shapers.push(new Regrouper(regroup));
  }
  const give = function* (segments: readonly Segment[]) {
    for (const segment of segments) {
      onSegment?.(segment);
      yield segment;
    }
  };
  for (const segment of resume?.segments ?? []) yield* give(pushThrough(shapers, [segment]));
  const work = transcribe(model, heard, tools, { ...settings, onSegment: undefined });
  try {
    for (;;) {
      const { done, value } = await work.next();
      yield* give(done ? finishAll(shapers) : pushThrough(shapers, [value]));
      if (done) return value;
    }
  } finally {
    await work.return(undefined as never);
  }
}

function pushThrough(shapers: readonly SegmentShaper[], segments: Segment[]): Segment[] {
  return shapers.reduce((given, shaper) => given.flatMap((segment) => shaper.push(segment)), segments);
}

/** What each still has goes through those after it. */
function finishAll(shapers: readonly SegmentShaper[]): Segment[] {
  return shapers.flatMap((shaper, i) => pushThrough(shapers.slice(i + 1), shaper.finish()));
}
