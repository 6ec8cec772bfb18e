/** The flags that the cache's commands share. */
import { text } from "./flag_kinds.ts";
import { describeFlags } from "./parse_flags.ts";

/** Where the cache is. */
export const CACHE_FLAGS = {
  model_dir: text("DIR", undefined, { help: "the folder of the cache; else ~/.cache/whisper" }),
} as const;

/** What `--help` says about them. */
export const CACHE_USAGE: string = describeFlags(CACHE_FLAGS);
