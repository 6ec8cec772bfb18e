/** The clocks of subtitles. `format_timestamp` of openai/whisper's `utils.py`. */
import { outOfRange } from "../errors.ts";
import { roundHalfEven } from "../python/round_half_even.ts";

/** How a clock is spelt. */
export interface ClockOptions {
  /**
   * Whether hours are spelt when there are none.
   *
   * @default {false}
   */
  readonly alwaysIncludeHours?: boolean;
  /**
   * What stands before the milliseconds.
   *
   * @default {"."}
   */
  readonly decimalMarker?: string;
}

/**
 * Spells seconds as `[HH:]MM:SS.mmm`.
 *
 * @throws {RangeError} when they are negative or no number.
 */
export function formatTimestamp(seconds: number, options: ClockOptions = {}): string {
  if (!(seconds >= 0)) {
    throw outOfRange(
      "INVALID_INPUT",
      `Cannot format a timestamp: ${seconds} is not a number of seconds from 0 on`,
    );
  }
  const milliseconds = roundHalfEven(seconds * 1000);
  const hours = Math.floor(milliseconds / 3_600_000);
  const minutes = Math.floor(milliseconds / 60_000) % 60;
  const clock = [minutes, Math.floor(milliseconds / 1000) % 60];
  if (options.alwaysIncludeHours || hours > 0) clock.unshift(hours);
  const digits = clock.map((part) => String(part).padStart(2, "0")).join(":");
  return `${digits}${options.decimalMarker ?? "."}${String(milliseconds % 1000).padStart(3, "0")}`;
}

/** Spells whole seconds for people: `0:07`, `12:34`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
