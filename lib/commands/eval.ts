/** `sotto eval REF… HYP…`: how many words and characters of transcripts are wrong. */
import { basename } from "node:path";
import {
  type ErrorCounts,
  evaluate,
  type Evaluation,
  formatAligned,
  type Interval,
  NORMALISERS,
} from "../eval/evaluate.ts";
import { checkUsage, type Command, type Terminal, UsageError } from "./command.ts";
import { boolean, choice, number, optionalInteger } from "./flags/flag_kinds.ts";
import { describeFlags, type FlagValues, parseFlags } from "./flags/parse_flags.ts";
import { formatCount } from "./terminal/quantities.ts";
import { readLines } from "./text_file.ts";

const FLAGS = {
  normaliser: choice(NORMALISERS, "english", {
    help: "how texts are made comparable; english and basic (any language) are openai/whisper's",
  }),
  split_letters: boolean(false, {
    help: "count every letter as a word, with basic: for Chinese, Japanese, Thai",
  }),
  by_line: boolean(false, { help: "pair the files line by line" }),
  show: boolean(false, { help: "print what was said above what was heard" }),
  json: boolean(false, { help: "print the figures as JSON" }),
  resamples: optionalInteger(1000, { help: "draws of the bootstrap that the intervals come from" }),
  confidence: number(0.95, { help: "share of the draws that lies in an interval" }),
} as const;

/** The command. */
export const command: Command = {
  name: "eval",
  summary: "Count the wrong words and characters of transcripts",
  usage: `Usage: sotto eval REF... HYP... [FLAG]...

Compares what was said (REF) with transcripts (HYP): as many files of each, in the same order. They are text,
subtitles (srt, vtt) or a transcription's JSON.

  sotto eval talk.txt talk.srt --show

${describeFlags(FLAGS)}`,
  flags: FLAGS,
  async run(args, terminal) {
    const { values: flags, positionals: paths } = parseFlags(args, FLAGS);
    if (paths.length === 0 || paths.length % 2 === 1) {
      throw new UsageError(
        `Cannot compare ${formatCount(paths.length, "file")}: wanted as many references as transcripts: ` +
          "sotto eval REF... HYP...",
      );
    }
    const half = paths.length / 2;
    const pairs: { name: string; reference: string; hypothesis: string }[] = [];
    for (let i = 0; i < half; i++) {
      const [reference, hypothesis] = [await readLines(paths[i]), await readLines(paths[half + i])];
      const name = basename(paths[half + i]);
      pairs.push(
        ...flags.by_line ? byLine(name, reference, hypothesis) : [{
          name,
          reference: reference.join("\n"),
          hypothesis: hypothesis.join("\n"),
        }],
      );
    }
    report(pairs.map(({ name }) => name), compare(pairs, flags), flags, terminal);
    return 0;
  },
};

function byLine(name: string, reference: readonly string[], hypothesis: readonly string[]) {
  if (reference.length !== hypothesis.length) {
    throw new UsageError(
      `Cannot compare ${name} line by line: it has ${hypothesis.length} lines, and the reference ${reference.length}`,
    );
  }
  return reference.map((line, i) => ({
    name: `${name}:${i + 1}`,
    reference: line,
    hypothesis: hypothesis[i],
  }));
}

function compare(
  pairs: readonly { reference: string; hypothesis: string }[],
  { normaliser, split_letters, resamples, confidence }: FlagValues<typeof FLAGS>,
): Evaluation {
  return checkUsage(() =>
    evaluate(pairs, {
      normaliser,
      splitLetters: split_letters,
      resamples: resamples ?? undefined,
      confidence,
    })
  );
}

function report(
  names: readonly string[],
  found: Evaluation,
  { show, json, confidence }: FlagValues<typeof FLAGS>,
  terminal: Terminal,
): void {
  if (json) {
    const { utterances, ...figures } = found;
    const each = utterances.map(({ words }, i) => ({ name: names[i], words }));
    terminal.out(`${JSON.stringify({ ...figures, utterances: each }, undefined, 2)}\n`);
    return;
  }
  for (const [i, utterance] of found.utterances.entries()) {
    if (!show) continue;
    const columns = Math.max(40, terminal.columns);
    terminal.out(`${names[i]}\n${formatAligned(utterance, { columns })}\n`);
  }
  const inserted = found.words.insertions;
  if (found.words.total === 0) {
    terminal.out(`There is no error rate: the reference has no words (${inserted} inserted)\n`);
    return;
  }
  const share = `${+(100 * confidence).toFixed(1)} %`;
  const within = (interval: Interval | null) =>
    interval && ` (${share} within ${percent(interval[0])} to ${percent(interval[1])})`;
  const line = (name: string, rate: number, interval: Interval | null, counts: ErrorCounts) =>
    `${name} ${percent(rate)}${within(interval) ?? ""}: ${counts.substitutions} substituted, ` +
    `${counts.deletions} deleted and ${counts.insertions} inserted of ${counts.total}\n`;
  terminal.out(
    line("Word error rate     ", found.wordErrorRate, found.wordErrorInterval, found.words) +
      line("Character error rate", found.characterErrorRate, found.characterErrorInterval, found.characters),
  );
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(2)} %`;
}
