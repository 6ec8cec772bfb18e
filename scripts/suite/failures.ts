/** What failed in a run of tests, told from what Deno and Bun print. */

/** A line that leads to others: a file, a group, or a test that has not ended. */
interface Heading {
  /** How far in it stands; a file stands further out than everything else. */
  readonly depth: number;
  readonly line: string;
}

const FILE = /^(?:running \d+ tests? from .*|.*_test\.ts:)$/;
const GROUP = /^( *)\S.* \.\.\.$/;

/** A test or a group that passed or was skipped. */
const UNEVENTFUL = /^\((?:pass|skip)\) |^( *)(?:\S.* \.\.\.)? (?:ok|ignored) \(|^\d+ tests? skipped:$/;

/** What stands behind all files. */
const SUMMARY = /^ (?:ERRORS|FAILURES) $|^(?:ok|FAILED) \| |^\d+ tests? (?:skipped|failed):$|^ *\d+ pass$/;

/**
 * What is left of the output of Deno or Bun, which has no colours, without the tests that passed or were skipped, and
 * without the files and groups where nothing else happened. The last heading stays if nothing follows: where a process
 * crashed.
 */
export function whatFailed(output: string): string {
  const kept: string[] = [];
  let open: Heading[] = [];
  for (const line of output.split("\n")) {
    const heading = FILE.test(line) ? -1 : GROUP.exec(line)?.[1].length;
    const ended = UNEVENTFUL.exec(line);
    if (SUMMARY.test(line)) open = [];
    if (heading !== undefined) open = [...outside(open, heading), { depth: heading, line }];
    else if (ended !== null) open = outside(open, ended[1]?.length ?? Infinity);
    else if (line.trim() !== "") {
      kept.push(...open.map((heading) => heading.line), line);
      open = [];
    } else if (open.length === 0 && kept.at(-1)) kept.push("");
  }
  return [...kept, ...open.map((heading) => heading.line)].join("\n").trimEnd();
}

/** The headings that something at a depth stands under. */
function outside(open: readonly Heading[], depth: number): Heading[] {
  return open.filter((heading) => heading.depth < depth);
}
