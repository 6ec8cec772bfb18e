/** What is transcribed, and what the work needs beside the model. */
import type { MelSource } from "../audio/mel/mel_source.ts";
import type { SpeakerTools } from "./speakers/speaker_tools.ts";
import type { SearchedRecording } from "./speech/speech_only.ts";
import type { SplitRecording } from "./split_channels.ts";

/**
 * A recording, or what gives one, called with the signal that stops the work: mono samples at 16 kHz, their mel, or for
 * `vad` what is searched for speech first; or such of each channel.
 */
export type Recording = Samples | ((signal?: AbortSignal) => Promise<Samples | SplitRecording<Samples>>);

/** A recording, or a channel of one, that is open. */
export type Samples = Float32Array | MelSource | SearchedRecording;

/** What the work needs beside the model: for `vad` what finds speech, for `speakers` what tells voices apart too. */
export type TranscribeTools = Partial<SpeakerTools>;
