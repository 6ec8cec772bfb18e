/**
 * The text that each window is given as context: what the user said, and what was transcribed before. After
 * the `all_tokens` and `prompt_reset_since` of openai/whisper's `transcribe.py`.
 */
import type { EncoderDecoder } from "../../model/types.ts";
import { strip } from "../../python/python_text.ts";
import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import type { TranscribeSettings } from "../transcribe_settings.ts";

/** A temperature above this makes text that is no good as context. */
const HIGHEST_CONTEXT_TEMPERATURE = 0.5;

/** Whether text that was decoded at a temperature is context for what follows. */
export function isContext(
  temperature: number,
  { conditionOnPreviousText }: Pick<TranscribeSettings, "conditionOnPreviousText">,
): boolean {
  return conditionOnPreviousText && temperature <= HIGHEST_CONTEXT_TEMPERATURE;
}

/** How a `PromptHistory` starts. */
export interface PromptOptions {
  /** The tokens of the initial prompt. */
  readonly initial: readonly number[];
  /** Whether the initial prompt goes before every window, not only the first ones. */
  readonly carryInitialPrompt: boolean;
  /** Positions of the decoder; the prompt gets less than half of them. */
  readonly nTextCtx: number;
  /** Whether to repeat what openai/whisper gets wrong. */
  readonly strictParity: boolean;
  /** The tokens of what was transcribed before, and how many of all are no context any more. */
  readonly resumed?: { readonly tokens: readonly number[]; readonly resetSince: number };
}

/** The tokens transcribed so far, and which of them are context. */
export class PromptHistory {
  readonly #options: PromptOptions;
  readonly #tokens: number[];
  #resetSince = 0;

  constructor(options: PromptOptions) {
    this.#options = options;
    const { initial, resumed } = options;
    this.#tokens = resumed === undefined ? [...initial] : [...initial, ...resumed.tokens];
    this.#resetSince = resumed?.resetSince ?? 0;
  }

  /** How many tokens, those of the initial prompt included, are no context any more. */
  get resetSince(): number {
    return this.#resetSince;
  }

  /** The tokens of the initial prompt. */
  get initial(): readonly number[] {
    return this.#options.initial;
  }

  /** All tokens transcribed. */
  get transcribed(): number[] {
    return this.#tokens.slice(this.#options.initial.length);
  }

  /** The prompt of the next window; the decoder keeps its last 223 tokens. */
  next(): number[] {
    const { initial, carryInitialPrompt, nTextCtx, strictParity } = this.#options;
    if (!carryInitialPrompt) return this.#tokens.slice(this.#resetSince);
    const recent = this.#tokens.slice(Math.max(initial.length, this.#resetSince));
    const room = (nTextCtx >> 1) - 1 - initial.length;
    // Differs from whisper: an initial prompt that fills the context leaves no room; there, all recent text
    // is appended, and the initial prompt is what gets cut.
    return [...initial, ...(room > 0 || strictParity ? recent.slice(-room) : [])];
  }

  /** Adds what a window gave. */
  add(tokens: readonly number[]): void {
    for (const token of tokens) this.#tokens.push(token);
  }

  /** Forgets the text so far as context. */
  reset(): void {
    this.#resetSince = this.#tokens.length;
  }
}

/** The settings that say what the model is given as context. */
type PromptSettings = Pick<
  TranscribeSettings,
  "initialPrompt" | "carryInitialPrompt" | "strictParity" | "resume"
>;

/** What the settings say that the first windows are given, and what was transcribed before. */
export function promptHistory(
  { dims: { nTextCtx } }: EncoderDecoder,
  tokenizer: Tokenizer,
  settings: PromptSettings,
): PromptHistory {
  const { initialPrompt, carryInitialPrompt, strictParity, resume } = settings;
  const text = strip(initialPrompt ?? "");
  // Differs from whisper: a blank prompt is none; there it is a space.
  const isNone = initialPrompt === undefined || (text === "" && !strictParity);
  const initial = isNone ? [] : tokenizer.encode(` ${text}`);
  const resumed = resume &&
    { tokens: resume.segments.flatMap(({ tokens }) => tokens), resetSince: resume.resetSince };
  return new PromptHistory({
    initial,
    carryInitialPrompt,
    nTextCtx,
    strictParity,
    ...(resumed && { resumed }),
  });
}
