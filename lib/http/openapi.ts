/** The description of the server for programs: OpenAPI 3.1. */
import { LIBRARY_FIELDS } from "./request/library_fields.ts";
import { RESPONSE_FORMATS } from "./request/transcription_request.ts";

/** What is said of one value. */
type Schema = Readonly<Record<string, unknown>>;

const STRING = { type: "string" };
const NUMBER = { type: "number" };
const INTEGER = { type: "integer" };
const BOOLEAN = { type: "boolean" };

function object(
  properties: Record<string, Schema>,
  required: readonly string[] = Object.keys(properties),
): Schema {
  return { type: "object", properties, required };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

function named(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

const USAGE = object({ type: { const: "duration" }, seconds: INTEGER });

const WORD = object({ word: STRING, start: NUMBER, end: NUMBER });

const SEGMENT = object({
  id: INTEGER,
  seek: INTEGER,
  start: NUMBER,
  end: NUMBER,
  text: STRING,
  tokens: list(INTEGER),
  temperature: NUMBER,
  avg_logprob: NUMBER,
  compression_ratio: NUMBER,
  no_speech_prob: NUMBER,
});

const LOGPROB = object({ token: STRING, bytes: list(INTEGER), logprob: NUMBER });

const SCHEMAS: Readonly<Record<string, Schema>> = {
  Error: object({
    error: object({
      message: STRING,
      type: STRING,
      param: { type: ["string", "null"] },
      code: STRING,
    }),
  }),
  Model: object({ id: STRING, object: { const: "model" }, created: INTEGER, owned_by: STRING }),
  Word: WORD,
  Segment: SEGMENT,
  Transcription: object({ text: STRING, logprobs: list(LOGPROB), usage: USAGE }, ["text", "usage"]),
  VerboseTranscription: object({
    task: { enum: ["transcribe", "translate"] },
    language: { ...STRING, description: "The language's full English name." },
    duration: NUMBER,
    text: STRING,
    segments: list(named("Segment")),
    words: list(named("Word")),
    usage: USAGE,
  }, ["task", "language", "duration", "text", "usage"]),
};

/** How fields of the library's own are written in a form. */
const KINDS: Readonly<Record<string, Schema>> = {
  number: NUMBER,
  boolean: BOOLEAN,
  text: STRING,
  word: { type: ["string", "integer"] },
  json: { ...STRING, contentMediaType: "application/json" },
};

function formFields(models: readonly string[]): Schema {
  const own = Object.entries(LIBRARY_FIELDS).map(([name, kind]) =>
    [name, { ...KINDS[kind], description: "The option of this name of the library's transcribe()." }] as const
  );
  return object({
    file: { ...STRING, contentMediaType: "application/octet-stream", description: "The recording." },
    model: { enum: models },
    language: { ...STRING, description: "The language spoken; else it is detected." },
    prompt: { ...STRING, description: "Text given as context to the first window." },
    response_format: { enum: RESPONSE_FORMATS, default: "json" },
    temperature: { ...NUMBER, minimum: 0, maximum: 1, default: 0, description: "0 raises it as need be." },
    "timestamp_granularities[]": list({ enum: ["word", "segment"] }),
    "include[]": list({ enum: ["logprobs"] }),
    stream: { ...BOOLEAN, default: false },
    chunking_strategy: { ...STRING, description: '"auto", or an object of the type server_vad as JSON.' },
    progress: { ...BOOLEAN, description: "With stream: events tell how far the work is." },
    ...Object.fromEntries(own),
  }, ["file"]);
}

function answer(description: string, content: Readonly<Record<string, Schema>>): Schema {
  const schemas = Object.entries(content).map(([type, schema]) => [type, { schema }]);
  return { description, content: Object.fromEntries(schemas) };
}

const FAILED = answer("What is wrong.", { "application/json": named("Error") });

function transcription(summary: string, operationId: string, models: readonly string[]): Schema {
  return {
    post: {
      summary,
      operationId,
      requestBody: {
        required: true,
        content: { "multipart/form-data": { schema: formFields(models) } },
      },
      responses: {
        200: answer("The text.", {
          "application/json": { anyOf: [named("Transcription"), named("VerboseTranscription")] },
          "text/plain": STRING,
          "text/vtt": STRING,
          "application/x-subrip": STRING,
          "text/event-stream": STRING,
        }),
        default: FAILED,
      },
    },
  };
}

function read(summary: string, operationId: string, content: Readonly<Record<string, Schema>>): Schema {
  return { get: { summary, operationId, responses: { 200: answer(summary, content), default: FAILED } } };
}

function open(path: Schema): Schema {
  return { get: { ...path.get as Schema, security: [] } };
}

const STATUS = { "application/json": object({ status: STRING }) };

/**
 * Describes a server.
 *
 * @param models The names that requests may use.
 * @param hasKeys Whether requests need a key.
 * @param hasPage Whether there is a page for people.
 */
export function openApiDocument(models: readonly string[], hasKeys: boolean, hasPage: boolean): Schema {
  return {
    openapi: "3.1.0",
    info: { title: "Sotto", summary: "OpenAI's transcription API over Whisper", version: "1" },
    paths: {
      "/v1/audio/transcriptions": transcription("Transcribe a recording", "createTranscription", models),
      "/v1/audio/translations": transcription(
        "Translate a recording into English",
        "createTranslation",
        models,
      ),
      "/v1/realtime": {
        get: {
          summary:
            "A live session over a WebSocket, in the shape of OpenAI's realtime transcription sessions",
          operationId: "realtime",
          parameters: [
            { name: "model", in: "query", schema: { enum: models } },
            { name: "intent", in: "query", schema: { const: "transcription" } },
          ],
          responses: { 101: { description: "A WebSocket." }, default: FAILED },
        },
      },
      "/v1/models": read("The models", "listModels", {
        "application/json": object({ object: { const: "list" }, data: list(named("Model")) }),
      }),
      "/v1/models/{model}": {
        parameters: [{ name: "model", in: "path", required: true, schema: STRING }],
        ...read("One model", "retrieveModel", { "application/json": named("Model") }),
      },
      "/health": open(read("Whether the server lives", "health", STATUS)),
      "/ready": open(read("Whether it takes requests", "ready", STATUS)),
      "/metrics": read("Figures for Prometheus", "metrics", { "text/plain": STRING }),
      ...(hasPage && { "/": open(read("A page for people", "page", { "text/html": STRING })) }),
    },
    components: {
      schemas: SCHEMAS,
      ...(hasKeys && { securitySchemes: { key: { type: "http", scheme: "bearer" } } }),
    },
    ...(hasKeys && { security: [{ key: [] }] }),
  };
}
