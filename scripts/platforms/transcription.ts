/** A transcription on another system, whose text must be this machine's. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { runArguments, type RuntimeName } from "./runtimes.ts";
import { run, runLong, say } from "./steps.ts";

/** How another system runs a runtime. */
export interface Trial {
  /** The folder of all that was made; the copy of the clone is `sotto` in it. */
  readonly folder: string;
  readonly runtime: RuntimeName;
  /** The command that runs it with these words after its name, in the copy. */
  readonly command: (args: readonly string[]) => string[];
  /** What the other system calls a file of the folder. */
  readonly inside: (file: string) => string;
  /** Seconds that it may take. */
  readonly limit: number;
}

/** What is transcribed, and how. */
export interface Clip {
  /** What it is, in words. */
  readonly name: string;
  /** Flags of the command line. */
  readonly flags: readonly string[];
}

const TRANSCRIBE = [
  ...["tests/fixtures/sense.wav", "--model", "tests/fixtures/tiny.en.pt", "--language", "en"],
  ...["--device", "cpu", "--output_format", "json"],
];

/** Transcribes speech with the command line, and says how that went. */
export async function tryTranscription(
  { folder, runtime, command, inside, limit }: Trial,
  { name, flags }: Clip,
): Promise<boolean> {
  const args = (output: string) => [...TRANSCRIBE, ...flags, "--output_dir", output];
  const file = name.replaceAll(" ", "-");
  // In the copy, which is made anew: what is expected is what this very tree says.
  const expected = join(folder, "sotto", `expected-${file}`), result = `text-${runtime}-${file}`;
  mkdirSync(expected, { recursive: true });
  if (!existsSync(join(expected, "sense.json"))) {
    const here = [process.execPath, "run", "-A", "--quiet", "--no-check", "lib/cli.ts", ...args(expected)];
    run(here, { cwd: join(folder, "sotto") });
  }
  const { code, seconds, output } = await runLong(
    command(runArguments(runtime, "lib/cli.ts", args(inside(result)))),
    { log: join(folder, `transcription-${runtime}-${file}.log`), limit, cwd: join(folder, "sotto") },
  );
  if (code !== 0) {
    say(`${runtime}: the transcription of ${name} failed (${code}): ${output.slice(-1000)}`);
    return false;
  }
  const [there, wanted] = [join(folder, result), expected].map(readResult);
  const sames = [["tokens and times", there.exact === wanted.exact], [
    "text",
    there.text === wanted.text,
  ]] as const;
  const same = sames.find(([, isSame]) => isSame)?.[0];
  const how = same === undefined ? "to another text than here" : `with the same ${same} as here`;
  say(`${runtime}: ${name} transcribed in ${seconds} s, ${how}`);
  return same !== undefined;
}

function readResult(folder: string): { text: string; exact: string } {
  const { text, segments } = JSON.parse(readFileSync(join(folder, "sense.json"), "utf8"));
  const exact = JSON.stringify(
    segments.map(({ start, end, tokens }: Record<string, unknown>) => [start, end, tokens]),
  );
  return { text, exact };
}
