#!/usr/bin/env -S deno run --allow-run --allow-env
/**
 * Prints the notes of a release: the titles of the commits since the last tag, or since the one that is named, by the part
 * of the library they changed.
 *
 *     deno run --allow-run --allow-env scripts/release/notes.ts [SINCE]
 */
import { execFileSync } from "node:child_process";
import process from "node:process";
import config from "../../deno.json" with { type: "json" };
import { type Commit, releaseNotes } from "./notes_of_titles.ts";

function git(args: readonly string[]): string {
  return execFileSync("git", [...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** The last tag, or nothing where there is none: the first release has all commits. */
function lastTag(): string | undefined {
  const tags = git(["tag", "--sort=-creatordate", "--merged"]).split("\n");
  return tags[0] || undefined;
}

function commitsSince(since: string | undefined): Commit[] {
  const range = since === undefined ? "HEAD" : `${since}..HEAD`;
  const log = git(["log", "--reverse", "--no-merges", "--name-only", "--format=%x00%s", range]);
  return log.split("\0").slice(1).map((entry) => {
    const [title, ...files] = entry.split("\n").filter((line) => line !== "");
    return { title, files };
  });
}

console.log(releaseNotes(config.version, commitsSince(process.argv[2] ?? lastTag())));
