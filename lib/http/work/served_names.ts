/** The names of models that requests use, and which model each means. */
import { meantModel } from "../../checkpoint/model_names.ts";
import { ApiError } from "../api_error.ts";

/** What OpenAI calls its Whisper. */
export const WHISPER_1 = "whisper-1";

/** Characters of a name that are read, and shown. */
export const LONGEST_NAME = 64;

/** Gives the names that requests may use, where these models are served. */
export function requestNames(models: readonly string[]): string[] {
  return models.includes(WHISPER_1) ? [...models] : [WHISPER_1, ...models];
}

/**
 * Finds the name that a model is served by.
 *
 * @param asked What a request calls it. The first is meant by `whisper-1`, and where no model is named.
 * @throws {ApiError} when there is none: no request names a path or an address.
 */
export function servedName(asked: string | undefined, models: readonly string[]): string {
  if (asked === undefined || (asked === WHISPER_1 && !models.includes(WHISPER_1))) return models[0];
  for (const name of [asked, asked.toLowerCase(), meantModel(asked.slice(0, LONGEST_NAME))?.name]) {
    if (name !== undefined && models.includes(name)) return name;
  }
  throw notServed(asked, requestNames(models));
}

/** Makes the error of a model that is not served. */
export function notServed(asked: string, names: readonly string[] = []): ApiError {
  const wanted = names.length > 0 ? `; wanted ${names.join(", ")}` : "";
  return new ApiError(
    `The model ${JSON.stringify(asked.slice(0, LONGEST_NAME))} is not served here${wanted}`,
    { status: 404, code: "model_not_found", param: "model" },
  );
}
