/**
 * The files of a Hugging Face folder that say which token is which.
 */
import type { ModelFamily } from "../../../../lib/model/types.ts";
import { specialTokenTexts } from "../../../../lib/tokenizer/special_tokens.ts";

/** `added_tokens.json` as `transformers` writes it, with the timestamps or, as it was at first, without. */
export function specialTexts(
  family: ModelFamily,
  { timestamps = true }: { timestamps?: boolean } = {},
): Record<string, number> {
  const { timestampBegin, timestampEnd } = family.specialTokens;
  const isLeftOut = (token: number): boolean =>
    !timestamps && token >= timestampBegin && token < timestampEnd;
  return Object.fromEntries(
    [...specialTokenTexts(family)].filter(([token]) => !isLeftOut(token)).map((
      [token, text],
    ) => [text, token]),
  );
}

/** What `generation_config.json` says of tokens. */
export function generationConfig({ isMultilingual, specialTokens }: ModelFamily): Record<string, unknown> {
  const { eot, sot, sotPrev, noTimestamps, translate, transcribe, languages } = specialTokens;
  return {
    decoder_start_token_id: sot,
    eos_token_id: eot,
    is_multilingual: isMultilingual,
    no_timestamps_token_id: noTimestamps,
    prev_sot_token_id: sotPrev,
    ...(isMultilingual && {
      lang_to_id: Object.fromEntries(Array.from(languages, ([code, token]) => [`<|${code}|>`, token])),
      task_to_id: { transcribe, translate },
    }),
  };
}
