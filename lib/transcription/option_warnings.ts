/** What a model cannot do of what it is asked for, and does otherwise instead of failing, as openai/whisper. */
import { chosenLanguage } from "../decoding/options.ts";
import type { EncoderDecoder } from "../model/types.ts";
import type { TranscribeSettings } from "./transcribe_settings.ts";

/** Says of each setting that has no effect, or not the one that is meant, why. */
export function* optionWarnings(model: EncoderDecoder, settings: TranscribeSettings): Generator<string> {
  const { language, task, wordTimestamps, hallucinationSilenceThreshold } = settings;
  const { isMultilingual } = model.family;
  if (!isMultilingual && (chosenLanguage(language) ?? "en") !== "en") {
    yield `The model is English-only: language "${language}" is ignored`;
  }
  if (task === "translate" && !isMultilingual) {
    yield 'The model is English-only: task "translate" is ignored';
  } else if (task === "translate" && model.translates === false) {
    yield "The model was not trained to translate and gives other text: take another, such as large-v3";
  }
  if (task === "translate" && wordTimestamps) {
    yield "The word timestamps of a translation may be unreliable";
  }
  if (!wordTimestamps && typeof hallucinationSilenceThreshold === "number") {
    yield "Without wordTimestamps, hallucinationSilenceThreshold is ignored";
  }
}
