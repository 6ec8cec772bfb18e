/** What a run of tests came to, read from the JUnit report that both runtimes write, and from what they print. */

/** A test that failed. */
export interface FailedTest {
  /** The file, with `/` between its folders, from `tests/` on, if it is known. */
  readonly file: string;
  /** The group and the test, as far as the runtime tells. */
  readonly name: string;
  readonly message: string;
}

/** What a run of tests came to. */
export interface TestReport {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: readonly FailedTest[];
}

/** What a platform that only pretends to be another does wrong by itself. */
export interface KnownFailure {
  /** What the test is called, or a part of that. Default: any. */
  readonly test?: string;
  /** A part of what it says. Default: anything. */
  readonly message?: string;
  readonly reason: string;
}

/** Reads a report. Groups, which Deno counts as tests, are left out. */
export function readReport(xml: string): TestReport {
  const isDeno = xml.includes('<testsuites name="deno test"');
  let passed = 0, skipped = 0;
  const failed: FailedTest[] = [];
  const cases = xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  for (const [, attributes, body = ""] of cases) {
    const name = unescape(attribute(attributes, "name"));
    const failure = /<(?:failure|error)\b([^>]*)>([\s\S]*?)<\/(?:failure|error)>/.exec(body) ??
      /<(?:failure|error)\b([^>]*)\/>/.exec(body);
    const message = failure && unescape(attribute(failure[1], "message") || failure[2] || "").trim();
    if (/^\d+ test steps? failed/.test(message ?? "")) continue;
    if (message !== null) {
      const stack = /tests[\\/][\w\\/]+_test\.ts/.exec(unescape(failure?.[2] ?? ""))?.[0];
      failed.push({ file: fromTests(attribute(attributes, "file") || (stack ?? "")), name, message });
    } else if (isDeno && !name.includes(" > ")) continue;
    else if (body.includes("<skipped")) skipped++;
    else passed++;
  }
  return { passed, skipped, failed };
}

/** The headings of files in what Deno and Bun print. */
const FILE_HEADING = /^(?:running \d+ tests? from )?(\S*tests[\\/]\S+_test\.ts):?$/gm;

/** The file that came last in what a run printed. */
export function lastFile(output: string): string | undefined {
  const last = [...output.matchAll(FILE_HEADING)].at(-1);
  return last && fromTests(last[1]);
}

/** The files that Bun could not load, of which its report says nothing, told from what it printed. */
export function readNotLoaded(output: string): FailedTest[] {
  const errors = output.matchAll(/^# Unhandled error between tests\s+-+\s+([^]*?)^-{9,}$/gm);
  return [...errors].map(({ index, 1: message }) => ({
    file: lastFile(output.slice(0, index)) ?? "",
    name: "all",
    message: message.trim(),
  }));
}

function attribute(text: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "";
}

function fromTests(path: string): string {
  return unescape(path).replaceAll("\\", "/").replace(/^.*?(?=tests\/)/, "");
}

function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/<!\[CDATA\[|\]\]>/g, "").replace(
    /&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi,
    (whole, decimal, hex, name) =>
      decimal || hex
        ? String.fromCodePoint(decimal ? +decimal : parseInt(hex, 16))
        : characters[name] ?? whole,
  );
}

/** Tells the failures that are known from the others. */
export function sortFailures(
  failed: readonly FailedTest[],
  known: readonly KnownFailure[],
): { excused: { test: FailedTest; reason: string }[]; unknown: FailedTest[] } {
  const excused: { test: FailedTest; reason: string }[] = [], unknown: FailedTest[] = [];
  for (const test of failed) {
    const reason = known.find(({ test: name = "", message = "" }) =>
      test.name.includes(name) && test.message.includes(message)
    )?.reason;
    if (reason === undefined) unknown.push(test);
    else excused.push({ test, reason });
  }
  return { excused, unknown };
}
