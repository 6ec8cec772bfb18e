/** What parts of a suite came to, kept in a file, so that a run can be taken up where another stopped. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** How many tests did what. */
export interface PartCounts {
  readonly passed: number;
  readonly failed: number;
  /** Failed or left out for a fault of the pretended system. */
  readonly excused: number;
  /** Skipped by the tests themselves. */
  readonly skipped: number;
}

/** Files of tests that ran in one process. */
export interface EndedPart extends PartCounts {
  /** The state of the clone that they were of. */
  readonly tree: string;
  readonly files: readonly string[];
}

/** The parts in a file in which nothing failed: those of these files alone, and those of none of them. */
export function readEndedParts(
  path: string,
  files: readonly string[],
): { within: EndedPart[]; beside: EndedPart[] } {
  const parts: EndedPart[] = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
  const well = parts.filter((part) => part.failed === 0);
  return {
    within: well.filter((part) => part.files.every((file) => files.includes(file))),
    beside: well.filter((part) => !part.files.some((file) => files.includes(file))),
  };
}

/** Keeps the parts that have ended so far. */
export function keepEndedParts(path: string, parts: readonly EndedPart[]): void {
  writeFileSync(path, JSON.stringify(parts));
}

/** The files that none of the parts ran. */
export function filesLeft(files: readonly string[], parts: readonly EndedPart[]): string[] {
  const ended = new Set(parts.flatMap((part) => part.files));
  return files.filter((file) => !ended.has(file));
}

/** Says how many files ran on which state of the clone, if not all on this one: `"271 of them on 470b0ba"`. */
export function sayOtherTrees(parts: readonly EndedPart[], tree: string): string {
  const counts = new Map<string, number>();
  for (const part of parts) counts.set(part.tree, (counts.get(part.tree) ?? 0) + part.files.length);
  counts.delete(tree);
  const others = [...counts].map(([tree, count]) => `${count} of them on ${tree}`);
  return others.length === 0 ? "" : ` (${others.join(", ")})`;
}
