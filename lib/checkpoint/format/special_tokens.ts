/**
 * Which token is which, as the files of a Hugging Face folder say it: `added_tokens.json` or `tokenizer.json`, and
 * `generation_config.json`. A model that was trained further often has more rows than an official one, for tokens
 * that were added after the timestamps, or for none: then nothing can be counted from the end.
 */
import { MAX_TOKEN_TEXT } from "./limits.ts";
import { quote, refuse } from "./refuse.ts";
import type { ModelDimensions, SpecialTokens } from "../types.ts";
import { DictValue, isIndex, kindOf } from "./values.ts";

/** Tokens by their texts. */
export type TokenTexts = ReadonlyMap<string, number>;

/** The special tokens that every vocabulary of Whisper has, by their texts. */
const TEXTS: ReadonlyMap<string, keyof SpecialTokens> = new Map([
  ["<|endoftext|>", "eot"],
  ["<|startoftranscript|>", "sot"],
  ["<|translate|>", "translate"],
  ["<|transcribe|>", "transcribe"],
  ["<|startoflm|>", "sotLm"],
  ["<|startofprev|>", "sotPrev"],
  ["<|nospeech|>", "noSpeech"],
  // Its name in the files of the first models.
  ["<|nocaptions|>", "noSpeech"],
  ["<|notimestamps|>", "noTimestamps"],
  ["<|0.00|>", "timestampBegin"],
]);

/** A language's token: codes have two or three letters. */
const LANGUAGE = /^<\|([a-z]{2,3})\|>$/;

/** A timestamp's token. */
const TIMESTAMP = /^<\|\d+\.\d\d\|>$/;

/** Seconds from one timestamp to the next. */
const SECONDS = 0.02;

/** What `generation_config.json` says of the special tokens. */
interface GenerationTokens {
  readonly named: ReadonlyMap<string, number>;
  readonly languages: TokenTexts;
}

/**
 * Takes the texts of tokens out of `added_tokens.json`, an object, or the list `added_tokens` of `tokenizer.json`.
 *
 * @throws {CheckpointFormatError} when it is neither, or two tokens have one text, or one token two.
 */
export function tokenTexts(json: unknown, part: string): TokenTexts {
  const pairs = Array.isArray(json)
    ? json.map((item) => addedToken(item, part))
    : json instanceof DictValue
    ? [...json]
    : refuse(`${part} has ${kindOf(json)} for its added tokens`);
  const texts = new Map<string, number>();
  const tokens = new Set<number>();
  for (const [text, token] of pairs) {
    if (typeof text !== "string" || text === "" || text.length > MAX_TOKEN_TEXT) {
      refuse(`${part} has a token whose text is no string of 1 to ${MAX_TOKEN_TEXT} characters`);
    }
    if (!isIndex(token)) refuse(`${part} has ${kindOf(token)} for the token ${quote(text)}`);
    if (texts.has(text) || tokens.has(token)) refuse(`${part} has the token ${quote(text)}, ${token}, twice`);
    texts.set(text, token);
    tokens.add(token);
  }
  return texts;
}

function addedToken(item: unknown, part: string): [unknown, unknown] {
  if (!(item instanceof DictValue)) {
    refuse(`an added token in ${part} is ${kindOf(item)}, it must be an object`);
  }
  return [item.get("content"), item.get("id")];
}

/**
 * Puts together what the files of a folder say.
 *
 * @param texts The tokens of `added_tokens.json` or `tokenizer.json`, if either is there.
 * @param generation `generation_config.json`, if it is there.
 * @returns Nothing where they do not say enough: then the vocabulary must be an official one.
 * @throws {CheckpointFormatError} when they contradict each other, or the order of a Whisper vocabulary.
 */
export function specialTokensOf(
  texts: TokenTexts,
  generation: unknown,
  dims: Pick<ModelDimensions, "nVocab" | "nAudioCtx">,
): SpecialTokens | undefined {
  const said = generationTokens(generation);
  const named = new Map<string, number>();
  for (const [text, name] of TEXTS) {
    const token = texts.get(text);
    if (token !== undefined) agree(named, name, token);
  }
  for (const [name, token] of said.named) agree(named, name, token);
  const languages = languagesOf(texts, said.languages);
  const sot = named.get("sot");
  const noTimestamps = named.get("noTimestamps");
  if (sot === undefined || noTimestamps === undefined || languages.size === 0) return undefined;
  const timestampBegin = named.get("timestampBegin") ?? noTimestamps + 1;
  const token = (name: keyof SpecialTokens, otherwise: number): number => named.get(name) ?? otherwise;
  const tokens = {
    eot: token("eot", sot - 1),
    sot,
    translate: token("translate", noTimestamps - 5),
    transcribe: token("transcribe", noTimestamps - 4),
    sotLm: token("sotLm", noTimestamps - 3),
    sotPrev: token("sotPrev", noTimestamps - 2),
    noSpeech: token("noSpeech", noTimestamps - 1),
    noTimestamps,
    timestampBegin,
    timestampEnd: timestampEndOf(texts, timestampBegin, dims),
  };
  checkOrder(tokens, languages, dims);
  return { ...tokens, languages, added: addedTokens(texts, languages, tokens, dims) };
}

/** Takes what says which token is which out of `generation_config.json`. */
function generationTokens(json: unknown): GenerationTokens {
  const config = json instanceof DictValue ? json : new DictValue();
  const named = new Map<string, number>();
  const take = (name: keyof SpecialTokens, key: string, from: DictValue = config): void => {
    const value = from.get(key) ?? undefined;
    // Some have several ends of text, the one proper first.
    const token = Array.isArray(value) ? value[0] : value;
    if (token === undefined) return;
    if (!isIndex(token)) refuse(`${key} in generation_config.json is ${kindOf(token)}, it must be a token`);
    named.set(name, token);
  };
  take("eot", "eos_token_id");
  take("sot", "decoder_start_token_id");
  take("sotPrev", "prev_sot_token_id");
  take("noTimestamps", "no_timestamps_token_id");
  const tasks = config.get("task_to_id");
  if (tasks instanceof DictValue) {
    take("translate", "translate", tasks);
    take("transcribe", "transcribe", tasks);
  }
  const languages = config.get("lang_to_id");
  return {
    named,
    languages: languages instanceof DictValue ? tokenTexts(languages, "lang_to_id") : new Map(),
  };
}

/** Takes note of a token, which every file must say alike. */
function agree(named: Map<string, number>, name: string, token: number): void {
  const known = named.get(name);
  if (known !== undefined && known !== token) {
    refuse(`the folder's files name two tokens for ${name}, ${known} and ${token}`);
  }
  named.set(name, token);
}

/** The languages by their codes, in the order of the vocabulary. */
function languagesOf(texts: TokenTexts, said: TokenTexts): Map<string, number> {
  const languages = new Map<string, number>();
  for (const [text, token] of [...texts, ...said]) {
    const [, code] = LANGUAGE.exec(text) ?? [];
    if (code !== undefined) agree(languages, code, token);
  }
  return new Map([...languages].sort(([, a], [, b]) => a - b));
}

/** The token after the last timestamp: one for each position of the encoder and one more, if no text says it. */
function timestampEndOf(
  texts: TokenTexts,
  begin: number,
  { nAudioCtx }: Pick<ModelDimensions, "nAudioCtx">,
): number {
  let count = 0;
  while (texts.get(`<|${(count * SECONDS).toFixed(2)}|>`) === begin + count) count++;
  return begin + (count > 0 ? count : nAudioCtx + 1);
}

/** Checks that the tokens are in the order of a Whisper vocabulary and inside this one. */
function checkOrder(
  tokens: Omit<SpecialTokens, "languages" | "added">,
  languages: ReadonlyMap<string, number>,
  { nVocab }: Pick<ModelDimensions, "nVocab">,
): void {
  const { eot, sot, translate, transcribe, sotLm, sotPrev, noSpeech, noTimestamps } = tokens;
  const { timestampBegin, timestampEnd } = tokens;
  const order = [eot, sot, translate, transcribe, sotLm, sotPrev, noSpeech, noTimestamps, timestampBegin];
  const isOrdered = order.every((token, i) => i === 0 || token > order[i - 1]);
  if (!isOrdered || timestampEnd > nVocab) {
    refuse(
      `the folder's files give the special tokens the numbers ${
        order.join(", ")
      } up to ${timestampEnd}, which are ` +
        `not those of a Whisper vocabulary of ${nVocab} tokens`,
    );
  }
  const taken = new Set(order);
  for (const [code, token] of languages) {
    const isFree = token > sot && token < nVocab && !taken.has(token) &&
      (token < timestampBegin || token >= timestampEnd);
    if (!isFree) {
      refuse(
        `the folder's files give the language ${quote(code)} the token ${token}, which is no place for it`,
      );
    }
    taken.add(token);
  }
}

/** The tokens of text that were added around the timestamps, as far as the model has rows for them. */
function addedTokens(
  texts: TokenTexts,
  languages: ReadonlyMap<string, number>,
  { noTimestamps, timestampBegin, timestampEnd }: Omit<SpecialTokens, "languages">,
  { nVocab }: Pick<ModelDimensions, "nVocab">,
): Map<number, string> {
  const ofLanguages = new Set(languages.values());
  const added = new Map<number, string>();
  for (const [text, token] of texts) {
    if (TEXTS.has(text) || TIMESTAMP.test(text) || ofLanguages.has(token)) continue;
    if (token <= noTimestamps || token >= nVocab) continue;
    // A tokenizer of before timestamps had texts counts from there: what the token means, nobody can tell.
    if (token >= timestampBegin && token < timestampEnd) {
      refuse(`the tokenizer's files have ${quote(text)} for the token ${token}, which is a timestamp`);
    }
    added.set(token, text);
  }
  return added;
}
