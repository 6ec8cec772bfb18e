// @ts-check
/** Where somebody speaks. */

/** @typedef {{ start: number, end: number }} Span */

/** Seconds of a pause that is not shown. */
const SHORTEST_PAUSE = 0.3;

/**
 * Finds the stretches of speech: what words were heard in, or segments where words are not known.
 *
 * @param {readonly (Span & { words?: readonly Span[] })[]} segments
 * @returns {Span[]} In order, none touching another.
 */
export function speechMarks(segments) {
  const heard = segments.flatMap(({ start, end, words }) => words?.length ? words : [{ start, end }]);
  /** @type {Span[]} */
  const joined = [];
  for (const { start, end } of heard.sort((one, other) => one.start - other.start)) {
    const last = joined.at(-1);
    if (last !== undefined && start - last.end < SHORTEST_PAUSE) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}
