/** Tables as the README takes them, in columns that line up in a terminal too. */

/** What a cell holds; nothing is a dash. */
export type Cell = string | number | undefined;

/**
 * Formats a table in Markdown. Columns of numbers stand to the right.
 *
 * @param rows Each as long as `header`.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map((cell) => cell === undefined ? "–" : String(cell)));
  const widths = header.map((name, i) => Math.max(3, name.length, ...texts.map((row) => row[i].length)));
  const right = header.map((_, i) => i > 0 && texts.every((row) => /^[-–\d]/.test(row[i])));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])).join(" | ")} |`;
  const rule = widths.map((width, i) => right[i] ? "-".repeat(width - 1) + ":" : "-".repeat(width));
  return [line(header), line(rule), ...texts.map(line)].join("\n");
}

/** Seconds in three digits or so: 0.012, 1.23, 29.1. */
export function seconds(value: number | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value.toFixed(value < 0.1 ? 3 : value < 10 ? 2 : 1);
}

/** Bytes as whole megabytes (10⁶). */
export function megabytes(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : (bytes / 1e6).toFixed(0);
}
