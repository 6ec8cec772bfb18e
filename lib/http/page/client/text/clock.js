// @ts-check
/** Times and sizes as people read them. */

/**
 * Spells seconds as a clock: `0:07`, `12:34`, `1:02:03`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function spellClock(seconds) {
  const { hours, minutes, rest } = split(seconds);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * Spells seconds as words, for who hears them: `1 minute 3 seconds`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function spellDuration(seconds) {
  const { hours, minutes, rest } = split(seconds);
  const parts = Object.entries({ hour: hours, minute: minutes, second: rest })
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
  return parts.join(" ") || "0 seconds";
}

/** @param {number} seconds */
function split(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return { hours: Math.floor(whole / 3600), minutes: Math.floor(whole / 60) % 60, rest: whole % 60 };
}

/**
 * Spells bytes: `812 KB`, `3.4 MB`.
 *
 * @param {number} bytes
 * @returns {string}
 */
export function spellSize(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [power, unit] = bytes < 1e6 ? [1, "KB"] : bytes < 1e9 ? [2, "MB"] : [3, "GB"];
  const count = bytes / 1000 ** Number(power);
  return `${count < 10 ? count.toFixed(1) : Math.round(count)} ${unit}`;
}
