/** Which rows run together. */

/** What decides it. */
export interface PartRow {
  /** How many tokens it holds. */
  readonly past: number;
  /** Its new tokens. */
  readonly tokens: readonly number[];
  /** What it hears: the same thing for rows of one window. */
  readonly window: unknown;
}

/**
 * Prompts are filled up to the longest of a run as long as this share of it at least is their own: the weights that are
 * read once, not several times, then outweigh what is computed for nothing.
 */
const FILLED = 0.75;

/** Rows, as the decoder takes them: see `decoder_graph.ts`. */
export function partition<Row extends PartRow>(rows: readonly Row[]): (readonly Row[])[] {
  if (rows.length === 1) return [rows];
  const steps = rows.filter(({ tokens }) => tokens.length === 1);
  const longer = rows.filter(({ tokens }) => tokens.length > 1);
  const prompts = longer.filter(({ past }) => past === 0);
  const continued = longer.filter(({ past }) => past > 0);
  return [...alikePrompts(prompts), ...continued.map((row) => [row]), ...byRowsOfWindow(steps)];
}

/** Parts of prompts that are about as long as each other. */
function alikePrompts<Row extends PartRow>(prompts: readonly Row[]): Row[][] {
  const parts: Row[][] = [];
  let own = 0;
  for (const prompt of prompts.toSorted((a, b) => b.tokens.length - a.tokens.length)) {
    const part = parts.at(-1);
    const { length } = prompt.tokens;
    if (part !== undefined && own + length >= FILLED * (part.length + 1) * part[0].tokens.length) {
      part.push(prompt);
      own += length;
    } else {
      parts.push([prompt]);
      own = length;
    }
  }
  return parts.flatMap(byRowsOfWindow);
}

/**
 * Parts of windows with as many rows each: a window with fewer would be heard for nothing, and the product of one row
 * with its keys and values is a good deal faster than that of several.
 */
function byRowsOfWindow<Row extends PartRow>(rows: readonly Row[]): Row[][] {
  const windows = [...Map.groupBy(rows, ({ window }) => window).values()];
  return [...Map.groupBy(windows, ({ length }) => length).values()].map((alike) => alike.flat());
}
