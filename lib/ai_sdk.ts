/**
 * A provider for the AI SDK (`ai` on npm): its `transcribe` runs Whisper in this process.
 *
 * @example
 * ```ts ignore
 * import { experimental_transcribe as transcribe } from "npm:ai";
 * import { sotto } from "jsr:@sotto/whisper/ai-sdk";
 *
 * const { text, segments } = await transcribe({
 *   model: sotto("base"),
 *   audio: await Deno.readFile("talk.mp3"),
 *   providerOptions: { sotto: { language: "en" } },
 * });
 * ```
 *
 * @module
 */
import type { LoadModelOptions, ModelName, TranscribeOptions } from "../mod.ts";
import { type ModelSource, type ServableModel, ServedModels } from "./http/work/served_models.ts";
import { checkLoadArguments, checkLoadOptions } from "./loading/load_options.ts";
import { checkOptions, COUNT, OBJECT, type OptionRules, SECONDS } from "./options/check_options.ts";
import { transcribeSettings } from "./transcription/transcribe_settings.ts";

export type { ModelSource, ServableModel };

/** How models are loaded and kept. */
export interface SottoOptions {
  /** How models are loaded: device, precision, threads, the cache. */
  readonly load?: LoadModelOptions;
  /** How to transcribe where a call does not say it. */
  readonly transcribe?: TranscribeOptions;
  /**
   * Seconds after which a model that nobody asks for is unloaded; `null` for never.
   *
   * @default {300}
   */
  readonly idleUnload?: number | null;
  /**
   * Models that are loaded at a time. For another, the one that was not used for longest is unloaded.
   *
   * @default {2}
   */
  readonly maxModels?: number;
}

/** What the AI SDK calls a model with. */
export interface TranscriptionCall {
  /** The file, or that in base64. */
  readonly audio: Uint8Array | string;
  /** What the AI SDK takes it for; what it is, its content says. */
  readonly mediaType: string;
  /** As `sotto`: the options of `transcribe` that JSON has. */
  readonly providerOptions?: { readonly [provider: string]: { readonly [option: string]: unknown } };
  /** Stops the work within a step of the decoder. */
  readonly abortSignal?: AbortSignal;
  /** Of no use: nothing is sent. */
  readonly headers?: { readonly [name: string]: string | undefined };
}

/** Text and when it is spoken. A type, not an interface: those are no JSON to TypeScript. */
export type TranscribedSegment = {
  /** The text. */
  text: string;
  /** Seconds from the start of the audio. */
  startSecond: number;
  /** Seconds from the start of the audio. */
  endSecond: number;
};

/** What a model gives back. */
export interface TranscriptionCallResult {
  /** The whole text, without space around it. */
  text: string;
  /** Its segments. */
  segments: TranscribedSegment[];
  /** The code of the language. */
  language: string;
  /** Seconds of the recording. */
  durationInSeconds: number;
  /** What the user should know. */
  warnings: { type: "other"; message: string }[];
  /** When and by what. */
  response: { timestamp: Date; modelId: string };
  /** As `sotto`: the words, with `wordTimestamps`. */
  providerMetadata: { sotto: { words?: TranscribedSegment[] } };
}

/** A model as the AI SDK takes it: its `TranscriptionModelV3`. */
export interface SottoTranscriptionModel {
  /** The version of the AI SDK's interface. */
  readonly specificationVersion: "v3";
  /** Who provides it. */
  readonly provider: "sotto";
  /** The name of the model. */
  readonly modelId: string;
  /** Transcribes. */
  doGenerate(call: TranscriptionCall): Promise<TranscriptionCallResult>;
}

/** Gives models to the AI SDK. Whoever made it may dispose it; models that nobody uses are unloaded in time. */
export interface SottoProvider extends AsyncDisposable {
  /** Gives a model by its official name, its path, or its address. It is loaded when it is first used. */
  (model: ModelName | URL): SottoTranscriptionModel;
  /** The same. */
  transcription(model: ModelName | URL): SottoTranscriptionModel;
  /** The same, as the AI SDK's registry calls it. */
  transcriptionModel(model: ModelName | URL): SottoTranscriptionModel;
}

/** The name by which calls give options. */
const PROVIDER = "sotto";

const RULES: OptionRules<SottoOptions> = {
  load: OBJECT,
  transcribe: OBJECT,
  idleUnload: [
    "seconds from 0 up, or null for never",
    (value) => value === null || SECONDS[1](value),
  ],
  maxModels: COUNT,
};

/**
 * Makes a provider. Nothing is opened or fetched before the first transcription, whose permissions are those of
 * `loadModel`.
 *
 * @throws {TypeError | RangeError} when an option is unknown or wrong.
 */
export function createSotto(options: SottoOptions = {}): SottoProvider {
  const { load = {}, transcribe = {}, idleUnload = 300, maxModels = 2 } = checkOptions(
    "make a provider",
    options,
    RULES,
  );
  checkLoadOptions(load);
  transcribeSettings(transcribe);
  const sources = new Map<string, ModelSource>();
  const models = new ServedModels({
    models: sources,
    load,
    idleUnload,
    maxModels,
    async loadModel(source, options) {
      const { loadModel } = await import("../mod.ts");
      return await loadModel(source, options);
    },
  });
  const give = (model: ModelName | URL): SottoTranscriptionModel => {
    checkLoadArguments(model, load);
    const modelId = String(model);
    sources.set(modelId, model);
    return {
      specificationVersion: "v3",
      provider: PROVIDER,
      modelId,
      doGenerate: (call) => generate(models, modelId, transcribe, call),
    };
  };
  return Object.assign((model: ModelName | URL) => give(model), {
    transcription: give,
    transcriptionModel: give,
    [Symbol.asyncDispose]: () => models[Symbol.asyncDispose](),
  });
}

/** The provider with the defaults. */
export const sotto: SottoProvider = createSotto();

async function generate(
  models: ServedModels,
  modelId: string,
  defaults: TranscribeOptions,
  { audio, providerOptions, abortSignal }: TranscriptionCall,
): Promise<TranscriptionCallResult> {
  const timestamp = new Date();
  using lease = await models.use(modelId, abortSignal ?? new AbortController().signal);
  const warnings: TranscriptionCallResult["warnings"] = [];
  let durationInSeconds = 0;
  const given = providerOptions?.[PROVIDER] as TranscribeOptions | undefined;
  const stream = lease.model.segments(typeof audio === "string" ? fromBase64(audio) : audio, {
    ...defaults,
    ...given,
    signal: abortSignal,
    onProgress: ({ loaded, total }) => void (durationInSeconds = total ?? loaded),
    onWarning: (message) => void warnings.push({ type: "other", message }),
  });
  const segments: TranscribedSegment[] = [];
  const words: TranscribedSegment[] = [];
  for await (const segment of stream) {
    // One without text, which openai/whisper gives too, is nothing to read or to show.
    if (segment.text.trim() === "") continue;
    segments.push(spoken(segment.text, segment));
    for (const word of segment.words ?? []) words.push(spoken(word.word, word));
  }
  const [text, language] = await Promise.all([stream.text, stream.language]);
  return {
    text: text.trim(),
    segments,
    language,
    durationInSeconds,
    warnings,
    response: { timestamp, modelId },
    providerMetadata: { sotto: words.length > 0 ? { words } : {} },
  };
}

function spoken(text: string, { start, end }: { start: number; end: number }): TranscribedSegment {
  return { text: text.trim(), startSecond: start, endSecond: end };
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
