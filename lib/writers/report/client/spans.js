// @ts-check
/** Stretches of time as the page's markup spells them. */

/**
 * Reads pairs of a start and an end, in seconds.
 *
 * @param {string | undefined} text As `12.34 15.6`, one pair after the other.
 * @returns {{ start: number, end: number }[]}
 */
export function spansIn(text) {
  const times = text ? text.split(" ").map(Number) : [];
  return Array.from(
    { length: times.length >> 1 },
    (_, i) => ({ start: times[2 * i], end: times[2 * i + 1] }),
  );
}
