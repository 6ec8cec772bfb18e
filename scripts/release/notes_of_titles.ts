/** Notes of a release out of the titles of its commits. */

/** A commit, as far as notes tell of it. */
export interface Commit {
  readonly title: string;
  /** The files it changed. */
  readonly files: readonly string[];
}

/** The parts of a release, and what a file in them begins with. The first that fits counts. */
const PARTS: readonly (readonly [heading: string, beginnings: readonly string[]])[] = [
  ["Server and queue", ["lib/server.ts", "lib/http/", "lib/queue.ts", "lib/queue/", "scripts/deploy/"]],
  ["Command line", ["lib/cli.ts", "lib/commands/", "lib/doctor/"]],
  ["Audio and speech", ["lib/audio/", "lib/vad/", "lib/speakers/"]],
  ["Subtitles and other results", ["lib/writers/", "lib/regroup/", "lib/eval/", "lib/text/"]],
  ["Checkpoints and loading", ["lib/checkpoint/", "lib/loading/", "lib/cache.ts", "lib/load_model.ts"]],
  ["Native calls and devices", ["ffi/"]],
  ["Transcription", ["lib/", "mod.ts"]],
  ["For contributors", [""]],
];

/** What changes nothing for those who use the package. */
const CONTRIBUTORS = ["tests/", "scripts/", ".ci/"];

/** Titles under the part that most of the changed files belong to, oldest first, as Markdown. */
export function releaseNotes(version: string, commits: readonly Commit[]): string {
  const parts = new Map<string, string[]>(PARTS.map(([heading]) => [heading, []]));
  for (const { title, files } of commits) {
    const titles = parts.get(partOf(files))!;
    if (!titles.includes(title)) titles.push(title);
  }
  const sections = [...parts].filter(([, titles]) => titles.length > 0)
    .map(([heading, titles]) => `## ${heading}\n\n${titles.map((title) => `- ${title}`).join("\n")}\n`);
  return [`# ${version}\n`, ...sections].join("\n");
}

/** Tests, scripts and pages go with what they tell of: they count where nothing else was changed. */
function partOf(files: readonly string[]): string {
  const told = files.filter((file) =>
    !file.endsWith(".md") && !CONTRIBUTORS.some((folder) => file.startsWith(folder))
  );
  const counts = new Map<string, number>();
  for (const file of told) {
    const [heading] = PARTS.find(([, beginnings]) => beginnings.some((start) => file.startsWith(start)))!;
    counts.set(heading, (counts.get(heading) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? PARTS.at(-1)![0];
}
