/** How the flags of the commands that load a model are told to `loadModel`. */
import type { LoadModelOptions } from "../../../mod.ts";

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
