/** When text is decoded again, of a recording and of live sound alike: what is left out, and what it must be. */
import { BOOLEAN, isNotNegative, NUMBER_OR_NULL } from "../../options/check_options.ts";

/** The options where they are left out. */
export const FALLBACK_DEFAULTS = {
  temperature: [0, 0.2, 0.4, 0.6, 0.8, 1] as readonly number[],
  compressionRatioThreshold: 2.4,
  logprobThreshold: -1,
  noSpeechThreshold: 0.6,
  conditionOnPreviousText: true,
};

/** The rules for them. */
export const FALLBACK_RULES = {
  temperature: ["a number from 0 up, or a list of them", isTemperature],
  compressionRatioThreshold: NUMBER_OR_NULL,
  logprobThreshold: NUMBER_OR_NULL,
  noSpeechThreshold: NUMBER_OR_NULL,
  conditionOnPreviousText: BOOLEAN,
} as const;

function isTemperature(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isNotNegative) : isNotNegative(value);
}
