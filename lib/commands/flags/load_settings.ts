/** The flags of the commands that load a model, and how they are told to `loadModel`. */
import type { LoadModelOptions } from "../../../mod.ts";
import { PRECISIONS } from "../../loading/model_precision.ts";
import { boolean, choice, device, list, optionalInteger, text } from "./flag_kinds.ts";
import type { FlagValues } from "./parse_flags.ts";

/** The flags. */
export const LOAD_FLAGS = {
  model_dir: text("DIR", undefined, {
    help: "where models are kept; else ~/.cache/whisper",
    option: "downloadRoot",
  }),
  device: device("auto", { help: "where to run; auto is CUDA if it can be used" }),
  precision: choice(PRECISIONS, undefined, {
    help: "numbers to compute in; without it float32, on CUDA float16",
  }),
  threads: optionalInteger(0, { help: "threads of the CPU; 0 for one a physical core that may be used" }),
  library: text("PATH", undefined, { help: "ONNX Runtime's shared library" }),
  offline: boolean(false, { help: "download nothing" }),
  mirror: list("URL", { help: "get models from here; may be given several times", option: "mirrors" }),
} as const;

/** The values of these flags. */
export type LoadFlags = FlagValues<typeof LOAD_FLAGS>;

/** The options. Without `offline` and `mirror`, the environment decides. */
export function loadOptionsFrom(flags: LoadFlags): LoadModelOptions {
  return {
    device: flags.device,
    precision: flags.precision,
    downloadRoot: flags.model_dir,
    library: flags.library,
    threads: flags.threads || undefined,
    offline: flags.offline || undefined,
    mirrors: mirrorsFrom(flags),
  };
}

/** The addresses to get models from, if some were given. */
export function mirrorsFrom({ mirror }: Pick<LoadFlags, "mirror">): readonly string[] | undefined {
  return mirror.length > 0 ? mirror : undefined;
}
