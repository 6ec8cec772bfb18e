/**
 * What a client asks of a live session, in both shapes that OpenAI's clients send (`session.update`, and
 * `transcription_session.update` of the beta), and what it is told is in force.
 */
import type { LiveOptions } from "../../../mod.ts";
import { type ApiError, badRequest } from "../api_error.ts";

/** How speech is told apart. */
export interface TurnDetection {
  /** The probability from which sound is speech. */
  readonly threshold: number;
  /** Seconds that are heard before and after speech. */
  readonly padding: number;
  /** Seconds of silence that end what is said. */
  readonly silence: number;
}

/** What the bytes are. */
export interface InputFormat {
  readonly format: "s16le" | "mulaw" | "alaw";
  readonly sampleRate: number;
}

/** What is in force. */
export interface SessionConfig {
  readonly input: InputFormat;
  /** The model, or nothing for the one that is meant then. */
  readonly model: string | undefined;
  /** The language spoken; else it is detected. */
  readonly language: string | undefined;
  /** Text that is given as context. */
  readonly prompt: string | undefined;
  /** Nothing: the client says where what is said ends. */
  readonly turns: TurnDetection | undefined;
  /** Whether words are told with their probabilities. */
  readonly logprobs: boolean;
}

/** What OpenAI's clients send where nothing else is said. */
const PCM_24K: InputFormat = { format: "s16le", sampleRate: 24_000 };

const TURNS: TurnDetection = { threshold: 0.5, padding: 0.3, silence: 0.6 };

/** What is in force before a client asks for anything. */
export function initialConfig(model: string | undefined): SessionConfig {
  return { input: PCM_24K, model, language: undefined, prompt: undefined, turns: TURNS, logprobs: false };
}

/** Samples a second of 16-bit samples. */
const RATES = [8_000, 48_000] as const;

/** Characters of a prompt: a model hears 224 tokens. */
const MOST_PROMPT = 1 << 14;

const LOGPROBS = "item.input_audio_transcription.logprobs";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what a client asks for. What it does not say stays as it is.
 *
 * @throws {ApiError} when it is wrong.
 */
export function updatedConfig(before: SessionConfig, session: unknown): SessionConfig {
  const fields = object("session", session);
  const { type } = fields;
  if (type !== undefined && type !== "transcription") {
    throw badRequest('session.type must be "transcription": nothing else is done here', "session.type");
  }
  const audio = object("session.audio.input", object("session.audio", fields.audio ?? {}).input ?? {});
  const either = (name: string, beta: string) => audio[name] !== undefined ? audio[name] : fields[beta];
  const transcription = either("transcription", "input_audio_transcription");
  const asked = object("transcription", transcription ?? {});
  const known = <Value>(name: string, value: Value | undefined) =>
    asked[name] === undefined ? value : textOf(`transcription.${name}`, asked[name]);
  return {
    input: formatOf(either("format", "input_audio_format"), before.input),
    model: known("model", before.model),
    language: known("language", before.language),
    prompt: known("prompt", before.prompt),
    turns: turnsOf(either("turn_detection", "turn_detection"), before.turns),
    logprobs: fields.include === undefined ? before.logprobs : includeOf(fields.include),
  };
}

function object(name: string, value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw badRequest(`${name} must be an object`, name);
}

function textOf(name: string, value: unknown): string | undefined {
  if (value === null || value === "") return undefined;
  if (typeof value === "string" && value.length <= MOST_PROMPT) return value;
  throw badRequest(`${name} must be a text of at most ${MOST_PROMPT} characters`, name);
}

function formatOf(value: unknown, before: InputFormat): InputFormat {
  if (value === undefined) return before;
  const { type, rate = PCM_24K.sampleRate } = typeof value === "string"
    ? { type: value }
    : object("format", value);
  switch (type) {
    case "pcm16":
    case "audio/pcm":
      if (!Number.isInteger(rate) || rate as number < RATES[0] || rate as number > RATES[1]) {
        throw badRequest(`format.rate must be a whole number from ${RATES[0]} to ${RATES[1]}`, "format");
      }
      return { format: "s16le", sampleRate: rate as number };
    case "g711_ulaw":
    case "audio/pcmu":
      return { format: "mulaw", sampleRate: 8_000 };
    case "g711_alaw":
    case "audio/pcma":
      return { format: "alaw", sampleRate: 8_000 };
    default:
      throw badRequest("format must be audio/pcm, audio/pcmu or audio/pcma", "format");
  }
}

function turnsOf(value: unknown, before: TurnDetection | undefined): TurnDetection | undefined {
  if (value === undefined) return before;
  if (value === null) return undefined;
  const { type = "server_vad", threshold, prefix_padding_ms, silence_duration_ms } = object(
    "turn_detection",
    value,
  );
  if (type !== "server_vad") throw badRequest('turn_detection.type must be "server_vad"', "turn_detection");
  const within = (name: string, value: unknown, most: number, fallback: number) => {
    if (value === undefined || value === null) return fallback;
    if (typeof value === "number" && value >= 0 && value <= most) return value;
    throw badRequest(`turn_detection.${name} must be a number from 0 to ${most}`, "turn_detection");
  };
  return {
    threshold: within("threshold", threshold, 1, TURNS.threshold),
    padding: within("prefix_padding_ms", prefix_padding_ms, 5000, 1000 * TURNS.padding) / 1000,
    silence: within("silence_duration_ms", silence_duration_ms, 10_000, 1000 * TURNS.silence) / 1000,
  };
}

function includeOf(value: unknown): boolean {
  if (value === null) return false;
  if (!Array.isArray(value) || value.some((word) => word !== LOGPROBS)) {
    throw badRequest(`include must be a list of ${LOGPROBS}`, "include");
  }
  return value.length > 0;
}

/** The options of the library. */
export function liveOptionsOf(config: SessionConfig): LiveOptions {
  const { input, language, prompt, turns = TURNS } = config;
  return {
    ...input,
    language: language as LiveOptions["language"],
    initialPrompt: prompt,
    vad: {
      threshold: turns.threshold,
      minSilenceDuration: Math.max(0.05, turns.silence),
      speechPad: turns.padding,
    },
  };
}

/** How a session calls itself. */
export interface SessionName {
  readonly id: string;
  /** Whether the client speaks the beta. */
  readonly isBeta: boolean;
}

/** What a client is told is in force. Noise is never reduced, whatever it asked for. */
export function describeSession(config: SessionConfig, model: string, { id, isBeta }: SessionName): Fields {
  const { input, language = null, prompt = "", turns, logprobs } = config;
  const transcription = { model, language, prompt };
  const turn_detection = turns === undefined ? null : {
    type: "server_vad",
    threshold: turns.threshold,
    prefix_padding_ms: 1000 * turns.padding,
    silence_duration_ms: 1000 * turns.silence,
  };
  const common = {
    id,
    object: "realtime.transcription_session",
    include: logprobs ? [LOGPROBS] : [],
  };
  if (isBeta) {
    return {
      ...common,
      input_audio_format: { s16le: "pcm16", mulaw: "g711_ulaw", alaw: "g711_alaw" }[input.format],
      input_audio_transcription: transcription,
      input_audio_noise_reduction: null,
      turn_detection,
    };
  }
  const types = { s16le: "audio/pcm", mulaw: "audio/pcmu", alaw: "audio/pcma" };
  const format = {
    type: types[input.format],
    ...(input.format === "s16le" && { rate: input.sampleRate }),
  };
  return {
    ...common,
    type: "transcription",
    audio: { input: { format, transcription, noise_reduction: null, turn_detection } },
  };
}

/** @throws {ApiError} with what is unknown of an event. */
export function unknownEvent(type: unknown): ApiError {
  const shown = typeof type === "string" ? JSON.stringify(type.slice(0, 64)) : "none";
  return badRequest(
    `The type of the event is ${shown}; known are session.update, transcription_session.update and ` +
      "input_audio_buffer.append, .commit and .clear",
    "type",
  );
}
