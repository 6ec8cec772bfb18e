/** The flags that the cache's commands share. */
import { LOAD_FLAGS } from "./load_settings.ts";
import { describeFlags } from "./parse_flags.ts";

/** Where the cache is. */
export const CACHE_FLAGS = {
  model_dir: LOAD_FLAGS.model_dir,
} as const;

/** What `--help` says about them. */
export const CACHE_USAGE: string = describeFlags(CACHE_FLAGS);
