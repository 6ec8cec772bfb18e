/** Bytes, seconds and stretches of time as people read them. */
import { formatTimestamp } from "../../writers/timestamp.ts";

/** Writes a number of bytes with three digits or so, in units of 1000: `75.6 MB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1000 ** unit;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** Writes how many there are: `1 file`, `2 files`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Writes a duration in seconds: `0:07`, `12:30`, `1:02:03`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, "0")}:${String(rest).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

/** Writes how far something is, `12 MB of 76 MB`, or how much of it is done where the whole is not known. */
export function formatReached(
  done: number,
  total: number | undefined,
  format: (amount: number) => string,
): string {
  return total === undefined ? format(done) : `${format(done)} of ${format(total)}`;
}

/** Writes a stretch of a recording as openai/whisper does: `[00:00.000 --> 00:07.500]`. */
export function formatSpan({ start, end }: { readonly start: number; readonly end: number }): string {
  return `[${formatTimestamp(start)} --> ${formatTimestamp(end)}]`;
}
