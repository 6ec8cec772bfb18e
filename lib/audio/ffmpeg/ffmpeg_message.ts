/** What the `ffmpeg` program says when it fails: many lines, of which one says why. */

/** Lines that only tell which file it is, or that follow from another. */
const EMPTY_WORDS =
  /^(?:Error opening (?:input|output) files?\b|Conversion failed!|Last message repeated|Nothing was written)/;

/** Lines about what is written: of samples whose times were mended on the way, which are all there. */
const ABOUT_OUTPUT =
  /^(?:Application provided invalid, non monotonically increasing dts to muxer|Last message repeated)/;

/**
 * Gives the line that says what is wrong with a file of which something could be read.
 *
 * @param stderr All that it printed.
 * @returns Nothing where it complained of nothing.
 */
export function complaint(stderr: string): string | undefined {
  const lines = stderr.split(/\r?\n/).filter((line) => !ABOUT_OUTPUT.test(withoutPrefix(line)));
  return relevantLine(lines.join("\n"));
}

/**
 * Gives the line that says why, without the part of the program and the address in memory that stand before it.
 *
 * @param stderr All that it printed.
 * @returns Nothing where it printed nothing.
 */
export function relevantLine(stderr: string): string | undefined {
  const lines = stderr.split(/\r?\n/).map(withoutPrefix).filter((line) => line !== "");
  return lines.find((line) => !EMPTY_WORDS.test(line)) ?? lines.at(-1);
}

function withoutPrefix(line: string): string {
  return line.replace(/^(?:\[[^\]]* @ (?:0x)?[\da-f]+\]\s*)+/i, "").replace(
    /^(?:file|pipe):[^\n]*?: (?=[A-Z])/,
    "",
  ).trim();
}
