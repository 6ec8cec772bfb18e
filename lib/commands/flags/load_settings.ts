/** The flags of the commands that load a model, and how they are told to `loadModel`. */
import type { LoadModelOptions } from "../../../mod.ts";
import { PRECISIONS } from "../../loading/model_precision.ts";
import { boolean, choice, device, optionalInteger, text } from "./flag_kinds.ts";

/** The flags. */
export const LOAD_FLAGS = {
  model_dir: text("DIR", undefined, { help: "where models are kept; else ~/.cache/whisper" }),
  device: device("auto", { help: "where to run; auto is CUDA if it can be used" }),
  precision: choice(PRECISIONS, undefined, {
    help: "numbers to compute in; without it float32, on CUDA float16",
  }),
  threads: optionalInteger(0, { help: "threads of the CPU; 0 for one a physical core that may be used" }),
  library: text("PATH", undefined, { help: "ONNX Runtime's shared library" }),
  offline: boolean(false, { help: "download nothing" }),
} as const;

/** The values of these flags. */
export interface LoadFlags {
  readonly device: LoadModelOptions["device"];
  readonly precision: LoadModelOptions["precision"];
  /** 0 for the default. */
  readonly threads: number | null;
  readonly model_dir?: string;
  readonly library?: string;
  readonly offline: boolean;
  readonly mirror?: readonly string[];
}

/** The options. Without `offline` and `mirror`, the environment decides. */
export function loadOptionsFrom(flags: LoadFlags): LoadModelOptions {
  return {
    device: flags.device,
    precision: flags.precision,
    downloadRoot: flags.model_dir,
    library: flags.library,
    threads: flags.threads || undefined,
    offline: flags.offline || undefined,
    mirrors: flags.mirror?.length ? flags.mirror : undefined,
  };
}
