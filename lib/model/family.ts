/**
 * What models of one kind have in common, derived from their sizes and, where a checkpoint tells them, its special
 * tokens. After the constants of openai/whisper's `audio.py`, and `get_tokenizer` and `get_encoding` of its
 * `tokenizer.py`. The one place that knows what a window is and how the official vocabularies are laid out.
 */
import { FRAMES_PER_SECOND } from "../audio/log_mel_spectrogram.ts";
import type { Checkpoint, ModelDimensions, SpecialTokens } from "../checkpoint/types.ts";
import { CheckpointFormatError } from "../errors.ts";
import { LANGUAGES } from "../tokenizer/languages.ts";
import type { ModelFamily } from "./types.ts";

/** Frames from one position of the encoder to the next: its second convolution has stride 2. */
const FRAMES_PER_POSITION = 2;

/** Tokens of text: those of GPT-2 in the English-only models, and one more in the multilingual ones. */
const ENGLISH_TEXT = 50256;
const MULTILINGUAL_TEXT = 50257;

/** The vocabularies of openai/whisper, by their size. */
const OFFICIAL: ReadonlyMap<number, { readonly text: number; readonly languages: number }> = new Map([
  [51864, { text: ENGLISH_TEXT, languages: 99 }],
  [51865, { text: MULTILINGUAL_TEXT, languages: 99 }],
  [51866, { text: MULTILINGUAL_TEXT, languages: 100 }],
]);

/** Bands of the models that have the vocabulary of 100 languages. */
const BANDS_WITH_100_LANGUAGES = 128;

/** The sizes that a family follows from. */
type FamilySizes = Pick<ModelDimensions, "nMels" | "nAudioCtx" | "nVocab">;

/** What a family follows from. */
type FamilyFacts =
  & { readonly dims: FamilySizes }
  & Pick<Checkpoint, "specialTokens" | "suppressTokens" | "beginSuppressTokens">;

/**
 * Derives the family of a model.
 *
 * @param checkpoint Its sizes, and what it says of its tokens; if it does not name the special ones, its vocabulary
 * must be an official one.
 * @throws {CheckpointFormatError} when nothing tells what the tokens of the vocabulary are.
 */
export function modelFamily(checkpoint: FamilyFacts): ModelFamily {
  const { dims, specialTokens = officialTokens(dims), suppressTokens, beginSuppressTokens } = checkpoint;
  const { nMels, nAudioCtx, nVocab } = dims;
  const windowFrames = nAudioCtx * FRAMES_PER_POSITION;
  return {
    nMels,
    windowSeconds: windowFrames / FRAMES_PER_SECOND,
    windowFrames,
    windowPositions: nAudioCtx,
    framesPerSecond: FRAMES_PER_SECOND,
    framesPerPosition: FRAMES_PER_POSITION,
    positionsPerSecond: FRAMES_PER_SECOND / FRAMES_PER_POSITION,
    secondsPerPosition: FRAMES_PER_POSITION / FRAMES_PER_SECOND,
    nVocab,
    isMultilingual: isMultilingual(specialTokens),
    numLanguages: specialTokens.languages.size,
    specialTokens,
    unusedTokens: unusedTokens(specialTokens, nVocab),
    // An empty list says as much as none.
    ...(suppressTokens?.length ? { suppressTokens } : {}),
    ...(beginSuppressTokens?.length ? { beginSuppressTokens } : {}),
  };
}

/** The special tokens of the vocabularies of openai/whisper: after those of text, the timestamps last. */
function officialTokens({ nVocab, nMels }: FamilySizes): SpecialTokens {
  const official = OFFICIAL.get(nVocab);
  // A model of 80 bands with one token more than its kind has is no large-v3: someone added the token.
  if (official === undefined || (official.languages === 100 && nMels !== BANDS_WITH_100_LANGUAGES)) {
    throw new CheckpointFormatError(
      `Cannot use checkpoint: nothing tells what its ${nVocab} tokens are: wanted one of the vocabularies of ` +
        `openai/whisper (${
          [...OFFICIAL.keys()].join(", ")
        } tokens, the last with ${BANDS_WITH_100_LANGUAGES} mel ` +
        "bands); a model with added tokens is read from the folder that transformers saved, with its tokenizer's files",
    );
  }
  const { text, languages } = official;
  const [eot, sot] = [text, text + 1];
  const afterLanguages = sot + 1 + languages;
  return {
    eot,
    sot,
    languages: new Map(LANGUAGES.slice(0, languages).map(([code], i) => [code, sot + 1 + i])),
    translate: afterLanguages,
    transcribe: afterLanguages + 1,
    sotLm: afterLanguages + 2,
    sotPrev: afterLanguages + 3,
    noSpeech: afterLanguages + 4,
    noTimestamps: afterLanguages + 5,
    timestampBegin: afterLanguages + 6,
    timestampEnd: nVocab,
  };
}

/** Which of the two vocabularies of text goes before the special tokens. */
function isMultilingual({ eot }: SpecialTokens): boolean {
  if (eot === ENGLISH_TEXT || eot === MULTILINGUAL_TEXT) return eot === MULTILINGUAL_TEXT;
  throw new CheckpointFormatError(
    `Cannot use checkpoint: its end of text is token ${eot}: wanted ${ENGLISH_TEXT} or ${MULTILINGUAL_TEXT}, ` +
      "which follow the tokens of text",
  );
}

/** The rows after the timestamps that have no token: trainers round the size of a vocabulary up. */
function unusedTokens({ timestampEnd, languages, added }: SpecialTokens, nVocab: number): number[] {
  const used = new Set([...languages.values(), ...added?.keys() ?? []]);
  return Array.from({ length: Math.max(0, nVocab - timestampEnd) }, (_, i) => timestampEnd + i)
    .filter((token) => !used.has(token));
}
