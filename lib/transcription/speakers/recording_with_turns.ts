/** A recording that is searched for speakers before it is transcribed. */
import { wrongArgument } from "../../errors.ts";
import type { MelSource } from "../../audio/mel/mel_source.ts";
import { searchedSamples } from "../../audio/searched_audio.ts";
import type { SpeakerTurn } from "../../speakers/speaker_turns.ts";
import type { SearchedRecording } from "../speech/speech_only.ts";
import type { TranscribeSettings } from "../transcribe_settings.ts";
import { type AudibleRecording, findTurns, type SpeakerTools } from "./speaker_tools.ts";

/** What is known of the speakers, and what is transcribed. Whoever opened it disposes it. */
export interface RecordingWithTurns extends AsyncDisposable {
  readonly turns: readonly SpeakerTurn[];
  /** The recording, heard from its beginning: what is searched again where only speech is transcribed. */
  readonly heard: MelSource | SearchedRecording;
}

/** Whether samples can be searched, as those of a recording can. */
function isAudible(samples: object): samples is AudibleRecording {
  return "listen" in samples && "samples" in samples;
}

/**
 * Finds the turns of a recording, which it takes over.
 *
 * @throws {TypeError} when it cannot be searched: its spectrogram alone is there, or there is no model that could.
 */
export async function recordingWithTurns(
  samples: Float32Array | object,
  nMels: number,
  tools: Partial<SpeakerTools>,
  { speakers, vad, signal }: Pick<TranscribeSettings, "speakers" | "vad" | "signal">,
): Promise<RecordingWithTurns> {
  const { listenForSpeech, tellSpeakersApart } = tools;
  const recording = samples instanceof Float32Array ? searchedSamples(samples, { nMels, signal }) : samples;
  if (!isAudible(recording) || !listenForSpeech || !tellSpeakersApart || speakers === undefined) {
    throw wrongArgument(
      "INVALID_OPTION",
      "Cannot transcribe: speakers needs samples, and models that find speech and tell voices apart",
    );
  }
  const dispose = () => recording[Symbol.asyncDispose]();
  try {
    const found = await findTurns(recording, { listenForSpeech, tellSpeakersApart }, {
      settings: speakers,
      signal,
    });
    const heard = vad === undefined
      ? await recording.hear([{ start: 0, end: found.length }])
      : { ...kept(recording), [Symbol.asyncDispose]: () => Promise.resolve() };
    return { turns: found.turns, heard, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function kept(recording: SearchedRecording): Pick<SearchedRecording, "listen" | "hear"> {
  return {
    listen: (makeListener) => recording.listen(makeListener),
    hear: (spans) => recording.hear(spans),
  };
}
