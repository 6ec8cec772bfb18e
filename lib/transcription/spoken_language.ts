/** The language of a recording: the one asked for, or the one that its first window is heard to be in. */
import type { MelSource } from "../audio/mel/mel_source.ts";
import { detectLanguage, isSure } from "../decoding/detect_language.ts";
import { chosenLanguage } from "../decoding/options.ts";
import type { EncoderDecoder } from "../model/types.ts";
import { loadTokenizer } from "../tokenizer/tokenizer.ts";
import type { TranscribeSettings } from "./transcribe_settings.ts";
import type { WindowEncoder } from "./windows/window_encoder.ts";

/** Gives the code of the language where it is known before anything is heard: an English-only model knows no other. */
export function knownLanguage(
  { family }: EncoderDecoder,
  { language, resume }: Pick<TranscribeSettings, "language" | "resume">,
): string | undefined {
  return family.isMultilingual ? resume?.language ?? chosenLanguage(language) : "en";
}

/** Gives the code of the language. */
export async function spokenLanguage(
  model: EncoderDecoder,
  encoder: WindowEncoder,
  source: MelSource,
  settings: TranscribeSettings,
): Promise<string> {
  const { family } = model;
  const { signal, strictParity } = settings;
  const known = knownLanguage(model, settings);
  if (known !== undefined) return known;
  const { windowFrames } = family;
  const tokenizer = await loadTokenizer(family);
  // Differs from whisper: audio shorter than a window is heard with the zeros its first window has anyway, so that the
  // encoder runs once; there it is heard with silence after it. So it is here if that leaves doubts.
  const reached = await source.reach(windowFrames);
  const size = strictParity ? windowFrames : reached;
  const features = await encoder.encodeAhead({ seek: 0, size });
  const detected = await detectLanguage(model, features, tokenizer, { signal });
  if (size === windowFrames || isSure(detected)) return detected.language;
  using padded = await encoder.encodeAside({ seek: 0, size: windowFrames });
  return (await detectLanguage(model, padded, tokenizer, { signal })).language;
}
