/** One job, from its data to its result. */
import type { AudioSource, Segment, TranscribeOptions } from "../../../mod.ts";
import type { ServedModels } from "../../http/work/served_models.ts";
import { transcribeByTurns } from "../../http/work/transcribe_by_turns.ts";
import type { Turns } from "../../http/work/turns.ts";
import { JobRefusedError } from "../errors.ts";
import type { JobData, JobProgress, JobResult, PartResult, PartWindow } from "../job.ts";
import { checkJob } from "../jobs/check_job.ts";
import { readPart } from "../parts/part_audio.ts";
import { openSound } from "../sound/open_sound.ts";
import type { SoundSettings } from "../sound/sound_options.ts";

/** What doing jobs needs. */
export interface JobTools {
  readonly models: ServedModels;
  readonly turns: Turns;
  readonly sound: SoundSettings;
  readonly transcribe: TranscribeOptions;
  readonly maxDuration: number | null;
}

/** How a job is watched. */
export interface JobWatch {
  /** Stops the work within a step of the decoder. */
  readonly signal: AbortSignal;
  /** Told how far the work is. */
  readonly onProgress: (progress: Omit<JobProgress, "attempt">) => void;
}

/** Milliseconds in which segments are gathered, so that those of a window are told together. */
const GATHER = 20;

/**
 * Does a job.
 *
 * @throws {JobRefusedError} when it is not for this worker.
 * @throws what transcribing throws.
 */
export async function doJob(
  data: JobData,
  tools: JobTools,
  { signal, onProgress }: JobWatch,
): Promise<JobResult | PartResult> {
  checkJob(data);
  const name = modelFor(data.model, tools.models);
  await using sound = await openSound(data.sound, tools.sound, { signal });
  const audio = data.part ? await audioOfPart(sound.audio, data.part, data, tools, signal) : sound.audio;
  using lease = await tools.models.use(name, signal);
  const warnings: string[] = [];
  let far = { loaded: 0, total: undefined as number | undefined };
  let gathered: Segment[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let language: string | undefined;
  const tell = () => {
    timer = undefined;
    onProgress({ ...far, ...(language && { language }), segments: gathered });
    gathered = [];
  };
  const gather = () => void (timer ??= setTimeout(tell, GATHER));
  const options = {
    ...tools.transcribe,
    ...data.options,
    // A part is what is heard of it already.
    ...(data.part && { channel: undefined, audioTrack: undefined }),
    onLanguage: (code: string) => void (language = code),
  };
  const work = transcribeByTurns(lease.model, audio, options, {
    turns: tools.turns,
    signal,
    maxDuration: tools.maxDuration,
    onProgress({ loaded, total }) {
      far = { loaded, total };
      gather();
    },
    onWarning: (warning) => void warnings.push(warning),
  });
  try {
    let step = await work.next();
    for (; !step.done; step = await work.next()) {
      gathered.push(step.value);
      gather();
    }
    await sound.assertUnchanged();
    return { ...step.value, warnings, ...(data.part && { part: data.part }) };
  } finally {
    clearTimeout(timer);
    await work.return(undefined as never).catch(() => {});
  }
}

async function audioOfPart(
  audio: AudioSource,
  part: PartWindow,
  { options: { channel, audioTrack } }: JobData,
  { transcribe: { ffmpeg } }: JobTools,
  signal: AbortSignal,
): Promise<AudioSource> {
  if (channel === "split") throw new JobRefusedError("Cannot do a part of channels apart", "WRONG_JOB");
  return await readPart(audio, part, { signal, channel, audioTrack, ...(ffmpeg && { ffmpeg }) });
}

/** Gives the name of the model that is asked for. */
export function modelFor(asked: string | undefined, models: ServedModels): string {
  try {
    return models.resolve(asked);
  } catch (cause) {
    throw new JobRefusedError(
      `This worker has no model ${JSON.stringify(asked)}; it has ${models.names.join(", ")}`,
      "MODEL_NOT_SERVED",
      { cause },
    );
  }
}
