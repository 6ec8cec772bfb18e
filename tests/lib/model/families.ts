/** The families of the official models, for tests without one. */
import { modelFamily } from "../../../lib/model/family.ts";

/** Tokens of the vocabularies. */
export const ENGLISH_VOCABULARY = 51864;
export const MULTILINGUAL_VOCABULARY = 51865;
export const LARGE_V3_VOCABULARY = 51866;

/** The models whose names end in `.en`. */
export const ENGLISH = modelFamily({ dims: { nMels: 80, nAudioCtx: 1500, nVocab: ENGLISH_VOCABULARY } });
/** The multilingual models up to large-v2. */
export const MULTILINGUAL = modelFamily({
  dims: { nMels: 80, nAudioCtx: 1500, nVocab: MULTILINGUAL_VOCABULARY },
});
/** large-v3 and turbo. */
export const LARGE_V3 = modelFamily({ dims: { nMels: 128, nAudioCtx: 1500, nVocab: LARGE_V3_VOCABULARY } });
