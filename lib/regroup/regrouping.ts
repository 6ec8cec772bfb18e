/** What regrouping may be told. */
import { isNotNegative } from "../options/check_options.ts";

/** How long segments may be. What is not given is no limit. */
export interface RegroupLimits {
  /** The most characters. */
  readonly maxChars?: number;
  /** The most seconds. */
  readonly maxDuration?: number;
  /** The most seconds of silence inside. */
  readonly maxGap?: number;
}

/** How segments are cut: at the ends of sentences, or so that they are not too long. */
export type Regrouping = "sentence" | RegroupLimits;

/** The names of the limits. */
export const LIMITS: readonly string[] = ["maxChars", "maxDuration", "maxGap"];

/** Whether a value says how segments are cut. */
export function isRegrouping(value: unknown): value is Regrouping {
  if (value === "sentence") return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).every(([name, limit]) =>
    limit === undefined || LIMITS.includes(name) && isNotNegative(limit) && limit as number > 0
  );
}
