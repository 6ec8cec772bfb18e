/** What regrouping may be told. */
import { isNotNegative, show } from "../options/check_options.ts";
import { nearest, nearestName } from "../options/nearest.ts";

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
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return adviseRegrouping(value) === "";
}

/** Says what is wrong in a value that does not say how segments are cut, as far as that can be told. */
export function adviseRegrouping(value: unknown, limits = LIMITS): string {
  if (typeof value === "string") {
    return nearest(value, ["sentence"], 3) === undefined ? "" : 'did you mean "sentence"?';
  }
  if (Array.isArray(value)) return "";
  for (const [name, limit] of Object.entries(value ?? {})) {
    if (limit === undefined) continue;
    if (!limits.includes(name)) {
      const meant = nearestName(name, limits);
      return `"${name}" is not a limit${meant === undefined ? "" : `: did you mean "${meant}"?`}`;
    }
    if (!isNotNegative(limit) || limit === 0) return `${name} is ${show(limit)}`;
  }
  return "";
}
