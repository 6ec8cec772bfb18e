/** Flags that several commands have, each said once. */
import { WHISPER_FORMATS } from "../../writers/format_transcription.ts";
import { choice, optionalInteger, text } from "./flag_kinds.ts";

/** Which model hears, and in which language somebody speaks. */
export const SPOKEN_FLAGS = {
  model: text("NAME|PATH", "turbo", { help: "official model, or path of a checkpoint" }),
  language: text("LANGUAGE", undefined, { help: "language spoken, as en or English; else it is detected" }),
} as const;

/** What is written of it. */
export const TASK = choice(["transcribe", "translate"], "transcribe", {
  help: "write what is said, or that in English",
});

/** What the flag of the format is about. As with openai/whisper, `all` is not all that there are. */
export const WRITTEN = `what to write; all is ${WHISPER_FORMATS.join(", ").replace(/, (\w+)$/, " and $1")}`;

/** How a recording is opened. */
export const AUDIO_FLAGS = {
  ffmpeg: text("PATH", undefined, { help: "the program that decodes what is not decoded here" }),
  audio_track: optionalInteger(null, { help: "which of several audio tracks, from 0; else the default" }),
} as const;
