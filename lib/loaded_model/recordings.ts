/** What a model hears of audio: a whole recording, its beginning, or what is looked for in it. */
import { type AudioSource, DECODE_AUDIO_RULES, type DecodeAudioOptions } from "../audio/decode.ts";
import { hearAudio, hearBeginning, hearChannels, searchAudio } from "../audio/heard_audio.ts";
import { type MelSpectrogram, SAMPLE_RATE } from "../audio/log_mel_spectrogram.ts";
import type { ModelFamily } from "../model/types.ts";
import { checkOptions, type OptionRules } from "../options/check_options.ts";
import { SPEAKERS, speakerSettings } from "../speakers/speaker_options.ts";
import type { SpeakerTurn } from "../speakers/speaker_turns.ts";
import type { Recording } from "../transcription/recording.ts";
import type { TimeSpan } from "../transcription/segments.ts";
import type { SpeakerTools } from "../transcription/speakers/speaker_tools.ts";
import { findSpeech } from "../transcription/speech/speech_only.ts";
import type { TranscribeOptions } from "../transcription/transcribe_options.ts";
import { DETECTION_DEFAULTS, VAD_RULES, vadSettings } from "../vad/vad_options.ts";
import type { DetectSpeakersOptions, DetectSpeechOptions } from "../whisper_model.ts";

const { fetch: _fetch, ...HEARING } = DECODE_AUDIO_RULES;

/** The rules for how audio is opened, and what of its channels is heard. */
export const HEARING_RULES: OptionRules<Omit<DecodeAudioOptions, "fetch">> = HEARING;

const DETECT_SPEECH_RULES: OptionRules<DetectSpeechOptions> = { ...VAD_RULES, ...HEARING_RULES };
const DETECT_SPEAKERS_RULES: OptionRules<DetectSpeakersOptions> = { speakers: SPEAKERS, ...HEARING_RULES };

/** Gives what opens audio for a transcription, once its options are checked. */
export function recordingOf(
  audio: AudioSource,
  options: TranscribeOptions,
  { nMels, windowFrames }: ModelFamily,
): Recording {
  return async (signal) => {
    // Not before: options that are no object are found by the checks, which come first.
    const { channel = "mix", ffmpeg, audioTrack, onWarning, vad, speakers } = options;
    const isSearched = Boolean(vad || speakers);
    const hearing = { nMels, windowFrames, isSearched, signal, ffmpeg, audioTrack, onWarning };
    return channel === "split"
      ? await hearChannels(audio, hearing)
      : await hearAudio(audio, channel, hearing);
  };
}

/** Gives the spectrogram of the first window of a recording, with silence after it where it is shorter. */
export async function firstWindow(
  audio: AudioSource,
  { signal, ffmpeg, audioTrack, channel = "mix", onWarning }: Omit<DecodeAudioOptions, "fetch">,
  { nMels, windowFrames }: ModelFamily,
): Promise<MelSpectrogram> {
  const hearing = { nMels, windowFrames, signal, ffmpeg, audioTrack, onWarning };
  await using source = await hearBeginning(audio, channel, hearing);
  return await source.frames(0, windowFrames);
}

/** Finds where somebody speaks: `detectSpeech` of a model. */
export async function detectSpeech(
  audio: AudioSource,
  options: DetectSpeechOptions,
  { nMels }: ModelFamily,
  { listenForSpeech }: Pick<SpeakerTools, "listenForSpeech">,
): Promise<TimeSpan[]> {
  const action = "detect speech";
  const given = checkOptions(action, options, DETECT_SPEECH_RULES);
  const { signal, ffmpeg, audioTrack, channel = "mix", onWarning, ...detection } = given;
  const vad = vadSettings(action, detection, DETECTION_DEFAULTS);
  const opening = { nMels, signal, ffmpeg, audioTrack, onWarning, keptSamples: 0 };
  await using searched = await searchAudio(audio, channel, opening);
  const { spans } = await findSpeech(searched, listenForSpeech, { vad, signal });
  return spans.map(({ start, end }) => ({ start: start / SAMPLE_RATE, end: end / SAMPLE_RATE }));
}

/** Finds who speaks when: `detectSpeakers` of a model. */
export async function detectSpeakers(
  audio: AudioSource,
  options: DetectSpeakersOptions,
  { nMels }: ModelFamily,
  tools: SpeakerTools,
): Promise<SpeakerTurn[]> {
  const action = "detect speakers";
  const given = checkOptions(action, options, DETECT_SPEAKERS_RULES);
  const { speakers = true, signal, ffmpeg, audioTrack, channel = "mix", onWarning } = given;
  const settings = speakerSettings(action, speakers);
  const { findTurns } = await import("../transcription/speakers/speaker_tools.ts");
  const opening = { nMels, signal, ffmpeg, audioTrack, onWarning };
  await using searched = await searchAudio(audio, channel, opening);
  return (await findTurns(searched, tools, { settings, signal })).turns;
}
