/** The models beside Whisper: that which finds speech, and that which tells voices apart. */
import { OpenedOnce } from "../async/opened_once.ts";
import type { VoiceEncoder } from "../speakers/ge2e/voice_encoder.ts";
import type { TranscribeTools } from "../transcription/recording.ts";
import type { TellSpeakersApart } from "../transcription/speakers/speaker_tools.ts";
import { LazySpeechModel } from "../vad/lazy_speech_model.ts";
import type { SpeechModel } from "../vad/silero/speech_model.ts";

/** How they are opened, when they are first wanted. */
export interface CompanionSources {
  /** Opens the model that finds speech. */
  readonly openSpeechModel?: () => Promise<SpeechModel>;
  /** Opens the model that tells voices. */
  readonly openVoiceEncoder?: () => Promise<VoiceEncoder>;
}

/** The two. Whoever makes them disposes them. */
export class Companions implements Disposable {
  readonly #speechModel: LazySpeechModel | undefined;
  readonly #voiceEncoder: OpenedOnce<VoiceEncoder> | undefined;

  constructor({ openSpeechModel, openVoiceEncoder }: CompanionSources) {
    this.#speechModel = openSpeechModel && new LazySpeechModel(openSpeechModel);
    this.#voiceEncoder = openVoiceEncoder && new OpenedOnce(openVoiceEncoder);
  }

  /** What finds speech. */
  get speech(): LazySpeechModel {
    if (this.#speechModel !== undefined) return this.#speechModel;
    throw new TypeError("Cannot detect speech: the model was made without what does");
  }

  /** What transcribing takes of them. */
  get tools(): Required<TranscribeTools> {
    return {
      listenForSpeech: (signal) => this.speech.detect(signal),
      tellSpeakersApart: (...speech) => this.#tellSpeakersApart(...speech),
    };
  }

  readonly #tellSpeakersApart: TellSpeakersApart = async (spans, samples, options) => {
    if (this.#voiceEncoder === undefined) {
      throw new TypeError("Cannot detect speakers: the model was made without what tells voices");
    }
    const [{ tellSpeakersApart }, encoder] = await Promise.all([
      import("../speakers/tell_apart.ts"),
      this.#voiceEncoder.get(options.signal),
    ]);
    return await tellSpeakersApart(spans, samples, { ...options, encoder });
  };

  [Symbol.dispose](): void {
    this.#speechModel?.[Symbol.dispose]();
    this.#voiceEncoder?.[Symbol.dispose]();
  }
}
