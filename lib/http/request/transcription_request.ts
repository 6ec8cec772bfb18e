/**
 * What a request asks for: OpenAI's fields, and the library's own, as options of `transcribe` and a form of the answer.
 * https://platform.openai.com/docs/api-reference/audio
 */
import type { TranscribeOptions } from "../../../mod.ts";
import { transcribeSettings } from "../../transcription/transcribe_settings.ts";
import { badRequest } from "../api_error.ts";
import { LIBRARY_FIELDS, readBoolean, readLibraryField, readNumber, unknownField } from "./library_fields.ts";
import type { ReceivedRecording } from "../work/transcriber.ts";
import type { Form } from "./read_form.ts";

/** The forms of an answer. */
export const RESPONSE_FORMATS = ["json", "text", "srt", "verbose_json", "vtt"] as const;

/** A form of an answer. */
export type ResponseFormat = typeof RESPONSE_FORMATS[number];

/** What the spoken becomes. */
export type Task = "transcribe" | "translate";

/** A request that was read. */
export interface TranscriptionRequest {
  /** What the spoken becomes. */
  readonly task: Task;
  /** The recording. */
  readonly file: ReceivedRecording;
  /** The name of the model, or nothing for the one that is meant then. */
  readonly model: string | undefined;
  /** The form of the answer. */
  readonly format: ResponseFormat;
  /** Whether the answer comes as events. */
  readonly stream: boolean;
  /** Whether events tell how far the work is. */
  readonly progress: boolean;
  /** Whether `verbose_json` has segments. */
  readonly segments: boolean;
  /** Whether `verbose_json` has words. */
  readonly words: boolean;
  /** Whether the answer has log-probabilities. */
  readonly logprobs: boolean;
  /** How to transcribe. */
  readonly options: TranscribeOptions;
}

/** OpenAI's fields; `[]` after the name of a list may be left out. */
const OPENAI_FIELDS = [
  "file",
  "model",
  "language",
  "prompt",
  "response_format",
  "temperature",
  "timestamp_granularities",
  "include",
  "stream",
  "chunking_strategy",
];

/** OpenAI's fields for what Whisper does not do. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  keywords: "put them into prompt",
  languages: "leave it out, and the language is detected; or give one as language",
  known_speaker_names: "speakers are told apart by number: send speakers",
  known_speaker_references: "speakers are told apart by number: send speakers",
};

/** Our own beside the options of `transcribe`. */
const OWN_FIELDS = ["progress"];

/** The highest temperature that OpenAI takes. */
const MAX_TEMPERATURE = 1;

/**
 * Reads what a form asks for, and checks it: nothing is loaded or decoded for a request that is wrong.
 *
 * @param defaults What the server says where the request does not.
 * @throws {ApiError} when a field is unknown or wrong.
 * @throws {TypeError | RangeError} when an option of the library is.
 */
export function readTranscriptionRequest(
  form: Form,
  task: Task,
  defaults: TranscribeOptions = {},
): TranscriptionRequest {
  const fields = new FieldReader(form.fields);
  fields.assertKnown();
  if (form.file === undefined) {
    throw badRequest("The recording is missing: send it as the field file", "file", "missing_file");
  }
  if (form.file.size === 0) throw badRequest("The recording is empty", "file", "missing_file");
  const format = fields.oneOf("response_format", RESPONSE_FORMATS) ?? "json";
  const granularities = fields.listOf("timestamp_granularities", ["word", "segment"]);
  if (granularities.length > 0 && format !== "verbose_json") {
    const message =
      "timestamp_granularities needs the response_format verbose_json; for words in srt and vtt, " +
      "send wordTimestamps";
    throw badRequest(message, "timestamp_granularities");
  }
  const logprobs = fields.listOf("include", ["logprobs"]).length > 0;
  if (logprobs && format !== "json") {
    throw badRequest("include logprobs needs the response_format json", "include");
  }
  const words = granularities.includes("word");
  const own = fields.libraryOptions();
  const options: TranscribeOptions = {
    ...defaults,
    ...fields.speechOnly(),
    ...own,
    task,
    language: fields.text("language") as TranscribeOptions["language"] ?? defaults.language,
    initialPrompt: fields.text("prompt") ?? defaults.initialPrompt,
    temperature: fields.temperature() ?? defaults.temperature,
    ...((words || logprobs) && { wordTimestamps: true }),
  };
  transcribeSettings(options);
  return {
    task,
    file: form.file,
    model: fields.text("model"),
    format,
    stream: fields.boolean("stream"),
    progress: fields.boolean("progress"),
    segments: granularities.length === 0 || granularities.includes("segment"),
    words,
    logprobs,
    options,
  };
}

/** Reads the fields of a form. */
class FieldReader {
  readonly #fields = new Map<string, readonly string[]>();

  constructor(fields: Form["fields"]) {
    for (const [name, values] of fields) {
      const listed = name.replace(/\[\]$/, "");
      this.#fields.set(listed, [...this.#fields.get(listed) ?? [], ...values]);
    }
  }

  /** @throws {ApiError} when there is a field that nothing is known of: left aside, it would be a wrong result. */
  assertKnown(): void {
    const known = [...OPENAI_FIELDS, ...OWN_FIELDS];
    for (const name of this.#fields.keys()) {
      if (Object.hasOwn(UNSUPPORTED, name)) {
        throw badRequest(`${name} is not supported: ${UNSUPPORTED[name]}`, name, "unsupported_parameter");
      }
      if (!known.includes(name) && !Object.hasOwn(LIBRARY_FIELDS, name)) throw unknownField(name, known);
    }
  }

  /** The text of a field; an empty one was not given. */
  text(name: string): string | undefined {
    const values = this.#fields.get(name);
    if (values === undefined) return undefined;
    if (values.length > 1) throw badRequest(`${name} is given ${values.length} times`, name);
    return values[0] === "" ? undefined : values[0];
  }

  boolean(name: string): boolean {
    const text = this.text(name);
    return text === undefined ? false : readBoolean(name, text);
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    return findWord(name, text, words);
  }

  listOf<Word extends string>(name: string, words: readonly Word[]): Word[] {
    return (this.#fields.get(name) ?? []).map((text) => findWord(name, text, words));
  }

  /** Gives one temperature, or nothing for all of them, one after the other, which is what 0 means. */
  temperature(): number | undefined {
    const text = this.text("temperature");
    if (text === undefined) return undefined;
    const value = readNumber("temperature", text);
    if (value < 0 || value > MAX_TEMPERATURE) {
      throw badRequest(`temperature must be from 0 to ${MAX_TEMPERATURE}`, "temperature");
    }
    return value === 0 ? undefined : value;
  }

  /** OpenAI's way to say `vad`. */
  speechOnly(): Pick<TranscribeOptions, "vad"> {
    const text = this.text("chunking_strategy");
    if (text === undefined) return {};
    if (text === "auto") return { vad: true };
    const strategy = parseObject(text);
    if (strategy?.type !== "server_vad") {
      throw badRequest(
        'chunking_strategy must be "auto" or an object of the type server_vad',
        "chunking_strategy",
      );
    }
    const seconds = (name: string) => {
      const value = strategy[name];
      return value === undefined ? undefined : Number(value) / 1000;
    };
    return {
      vad: {
        threshold: strategy.threshold as number | undefined,
        minSilenceDuration: seconds("silence_duration_ms"),
        speechPad: seconds("prefix_padding_ms"),
      },
    };
  }

  libraryOptions(): TranscribeOptions {
    const names = Object.keys(LIBRARY_FIELDS).filter((name) => this.text(name) !== undefined);
    return Object.fromEntries(names.map((name) => [name, readLibraryField(name, this.text(name)!)]));
  }
}

function findWord<Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw badRequest(`${name} must be ${words.join(", ").replace(/, ([^,]*)$/, " or $1")}`, name);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
