/** How many lines of the package tests run, told from a report in LCOV's format. */

/** Lines that can be run, and that were. */
export interface LineCount {
  readonly lines: number;
  readonly run: number;
}

/** What is published. */
const PACKAGE = /(?:^|[\\/])(?:mod\.ts|(?:lib|ffi)[\\/][^:]*)$/;

/**
 * Counts the lines of the package, each file once.
 *
 * @param root The folder that paths in the report may begin with.
 */
export function countLines(lcov: string, root: string): LineCount {
  let lines = 0, run = 0;
  for (const [, path, body] of lcov.matchAll(/^SF:(.*)$([\s\S]*?)^end_of_record$/gm)) {
    const inside = path.startsWith(root) ? path.slice(root.length) : path;
    if (!PACKAGE.test(inside) || /(?:^|[\\/])(?:tests|scripts)[\\/]/.test(inside)) continue;
    for (const [, count] of body.matchAll(/^DA:\d+,(\d+)/gm)) {
      lines++;
      if (count !== "0") run++;
    }
  }
  return { lines, run };
}
