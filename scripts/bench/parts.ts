/** The parts of a transcription, each runtime in a process of its own. */
import { execFileSync } from "node:child_process";
import { median } from "./statistics.ts";
import { runnerPath, runtimeCommand } from "./systems.ts";
import { formatTable } from "./table.ts";

/** What `runners/run_parts.ts` is asked. */
export interface PartsTask {
  readonly model: string;
  /** A recording of one window at most. */
  readonly audio: string;
  readonly rounds: number;
  readonly threads: number;
}

/** By part: each round's value, in milliseconds or per cent. */
export type PartTimes = Readonly<
  Record<string, { readonly unit: string; readonly values: readonly number[] }>
>;

/** The parts on one runtime, or why there are none. */
export interface RuntimeParts {
  readonly runtime: string;
  readonly parts: PartTimes;
}

/**
 * Measures.
 *
 * @throws when a process fails.
 */
export function benchParts(runtimes: readonly string[], task: PartsTask): RuntimeParts[] {
  return runtimes.map((runtime) => {
    const { program, arguments: args } = runtimeCommand(runtime, runnerPath("run_parts.ts"));
    const output = execFileSync(program, [...args, JSON.stringify(task)], { encoding: "utf8" });
    return { runtime, parts: JSON.parse(output.trim().split("\n").at(-1)!).parts };
  });
}

/** A line a part; for each runtime the lowest and the median. */
export function formatParts(results: readonly RuntimeParts[]): string {
  const names = new Set(results.flatMap(({ parts }) => Object.keys(parts)));
  const header = ["part", "unit", ...results.map(({ runtime }) => `${runtime}, min/median`)];
  return formatTable(
    header,
    [...names].map((name) => [
      name,
      results.find(({ parts }) => name in parts)?.parts[name].unit,
      ...results.map(({ parts }) => {
        const values = parts[name]?.values;
        return values && `${precise(Math.min(...values))}/${precise(median(values))}`;
      }),
    ]),
  );
}

function precise(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
