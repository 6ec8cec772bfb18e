// @ts-check
/** Server-sent events out of a text that grows. */

/**
 * Reads the events that are whole.
 *
 * @param {string} text All that has come so far.
 * @param {number} from Where the first event starts that was not read yet.
 * @returns {{ events: Record<string, any>[], to: number }} What the events say, and where the next one starts.
 */
export function readEvents(text, from) {
  const events = [];
  let to = from;
  for (;;) {
    const end = text.indexOf("\n\n", to);
    if (end < 0) return { events, to };
    const data = text.slice(to, end).split("\n")
      .filter((line) => line.startsWith("data:"))
      .map((line) => line.slice("data:".length).trimStart());
    if (data.length > 0) events.push(JSON.parse(data.join("\n")));
    to = end + 2;
  }
}
