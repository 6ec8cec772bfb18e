import assert from "node:assert/strict";
import { describe, it } from "../../../harness.ts";
import { HelpRequest, UsageError } from "../../../../lib/commands/command.ts";
import {
  boolean,
  choice,
  list,
  number,
  optionalInteger,
  optionalNumber,
  text,
  weights,
} from "../../../../lib/commands/flags/flag_kinds.ts";
import { describeFlags, parseFlags } from "../../../../lib/commands/flags/parse_flags.ts";

const TABLE = {
  output_dir: text("DIR", ".", { short: "o", help: "where to write" }),
  output_format: choice(["txt", "srt"], "txt", { short: "f", help: "what to write" }),
  language: text("LANGUAGE", undefined, { help: "language spoken" }),
  verbose: boolean(true, { help: "say more" }),
  words: boolean(false, { help: "give words" }),
  suppress_tokens: text("IDS", "-1", { help: "tokens never written" }),
  temperature: number(0, { help: "temperature" }),
  threshold: optionalNumber(-1, { help: "threshold" }),
  beam_size: optionalInteger(5, { help: "beams" }),
  mirror: list("URL", { help: "mirror" }),
} as const;

function parse(...args: string[]) {
  return parseFlags(args, TABLE);
}

describe("parseFlags() of flags that say nothing without another", () => {
  const table = {
    find: boolean(false, { help: "find" }),
    find_above: number(1, { help: "above", turnsOn: "find" }),
    queue: text("URL", undefined, { help: "queue" }),
    queue_name: text("NAME", "jobs", { help: "name", requires: "queue" }),
  } as const;
  const parse = (...args: string[]) => parseFlags(args, table).values;

  it("turns the other one on", () => {
    assert.equal(parse().find, false);
    assert.deepEqual([parse("--find_above", "2").find, parse("--find_above", "2").find_above], [true, 2]);
    assert.equal(parse("--find_above=1").find, true, "its default, too, was given");
    const message = "Cannot use --find_above: it requires --find, which is False";
    assert.throws(() => parse("--find_above", "2", "--find", "no"), { name: "UsageError", message });
  });

  it("refuses one where the other must be said", () => {
    assert.equal(parse("--queue_name", "a", "--queue", "b").queue_name, "a");
    const message = "Cannot use --queue_name: it requires --queue";
    assert.throws(() => parse("--queue_name", "a"), { name: "UsageError", message });
  });
});

describe("parseFlags()", () => {
  it("gives the defaults when nothing is given", () => {
    assert.deepEqual(parse(), {
      values: {
        output_dir: ".",
        output_format: "txt",
        language: undefined,
        verbose: true,
        words: false,
        suppress_tokens: "-1",
        temperature: 0,
        threshold: -1,
        beam_size: 5,
        mirror: [],
      },
      positionals: [],
      overruled: [],
    });
  });

  it("takes the last of several values, and says of which flags", () => {
    const { values, overruled } = parse("-f", "txt", "--words", "-f", "srt", "--lang=en", "--words", "no");
    assert.deepEqual([values.output_format, values.words], ["srt", false]);
    assert.deepEqual(overruled, ["output_format", "words"]);
    for (const args of [["-ftxt", "-f", "txt"], ["--words", "--words"], ["--mirror", "a", "--mirror", "b"]]) {
      assert.deepEqual(parse(...args).overruled, [], args.join(" "));
    }
    const table = { boost: weights("PHRASE=WEIGHT", { help: "more probable" }) } as const;
    const boosted = parseFlags(["--boost", "a=1", "--boost", "b=2"], table);
    assert.deepEqual([boosted.values.boost, boosted.overruled], [{ a: 1, b: 2 }, []]);
  });

  it("reads --flag value, --flag=value, -f value, -fvalue and -f=value", () => {
    assert.equal(parse("--output_dir", "a").values.output_dir, "a");
    assert.equal(parse("--output_dir=a=b").values.output_dir, "a=b");
    assert.equal(parse("--output_dir=").values.output_dir, "");
    for (const args of [["-f", "srt"], ["-fsrt"], ["-f=srt"]]) {
      assert.equal(parse(...args).values.output_format, "srt");
    }
  });

  it("keeps what is no flag in order, and everything after --", () => {
    assert.deepEqual(parse("a.wav", "--language", "en", "-", "--", "--words").positionals, [
      "a.wav",
      "-",
      "--words",
    ]);
  });

  it("takes what people write for True and False, in any case", () => {
    for (const word of ["True", "true", "YES", "1", "on", "y", "T"]) {
      assert.equal(parse("--words", word).values.words, true, word);
      assert.equal(parse(`--words=${word}`).values.words, true, word);
    }
    for (const word of ["False", "false", "No", "0", "off", "N", "f"]) {
      const { values, positionals } = parse("--verbose", word, "a.wav");
      assert.deepEqual([values.verbose, positionals], [false, ["a.wav"]], word);
      assert.equal(parse(`--verbose=${word}`).values.verbose, false, word);
    }
  });

  it("takes a boolean alone for True where what follows can only be a flag or a file", () => {
    for (
      const [args, positionals] of [
        [["--words"], []],
        [["--words", "talk.wav"], ["talk.wav"]],
        [["--words", "talks/one"], ["talks/one"]],
        [["--words", "C:\\talks\\one"], ["C:\\talks\\one"]],
        [["--words", "https://host/talk"], ["https://host/talk"]],
        [["--words", "-"], ["-"]],
        [["--words", "-fsrt", "a.wav"], ["a.wav"]],
        [["--words", "--", "talk"], ["talk"]],
      ] as const
    ) {
      assert.deepEqual([parse(...args).values.words, parse(...args).positionals], [true, positionals]);
    }
  });

  it("refuses any other word after a boolean", () => {
    for (const word of ["Flase", "talk", "2", "0.5", "-1", "None", ""]) {
      assert.throws(() => parse("--words", word), /--words: its value is .*, wanted True\|False/, word);
    }
    assert.throws(() => parse("--words", "talk"), /if that is a file, write --words True talk/);
  });

  it("asks for help where a flag may stand, and not where a value or a file does", () => {
    for (const args of [["-h"], ["a.wav", "--help"], ["--words", "-h"]]) {
      assert.throws(() => parse(...args), HelpRequest);
    }
    assert.equal(parse("--language", "-h").values.language, "-h");
    assert.equal(parse("--language=--help").values.language, "--help");
    assert.deepEqual(parse("--", "-h", "--help").positionals, ["-h", "--help"]);
  });

  it("takes negative numbers and texts with spaces for values", () => {
    assert.equal(parse("--suppress_tokens", "-1,50").values.suppress_tokens, "-1,50");
    assert.equal(parse("--threshold", "-.5e0").values.threshold, -0.5);
    assert.equal(parse("--language", "--as it is").values.language, "--as it is");
  });

  it("takes inf for a number without end, as Python does", () => {
    assert.equal(parse("--temperature", "inf").values.temperature, Infinity);
    assert.equal(parse("--threshold=-Infinity").values.threshold, -Infinity);
    assert.throws(() => parse("--temperature", "info"), UsageError);
  });

  it("takes None for an optional number", () => {
    assert.equal(parse("--threshold", "None").values.threshold, null);
    assert.equal(parse("--beam_size", "None").values.beam_size, null);
    assert.throws(() => parse("--temperature", "None"), UsageError);
  });

  it("collects a flag that may be given several times", () => {
    assert.deepEqual(parse("--mirror", "a", "--mirror=b").values.mirror, ["a", "b"]);
  });

  it("takes the beginning of one name, and dashes for underscores", () => {
    assert.equal(parse("--lang", "en").values.language, "en");
    assert.equal(parse("--output-dir", "a").values.output_dir, "a");
    assert.throws(() => parse("--output", "a"), /may be --output_dir or --output_format/);
  });

  it("names the nearest flag when there is none of a name", () => {
    assert.throws(() => parse("--langauge", "en"), /no such flag; did you mean --language\?/);
    assert.throws(() => parse("-x"), /^UsageError: Cannot read -x: there is no such flag$/);
    assert.throws(() => parse("--=3"), UsageError);
  });

  it("names the flag that a letter may be meant for, and the version", () => {
    for (const word of ["-v", "-V"]) {
      assert.throws(() => parse(word), /no such flag; did you mean --verbose or sotto --version\?$/);
    }
    assert.throws(() => parse("-l", "en"), /did you mean --language\?$/);
    assert.throws(() => parseFlags(["-v"], {}), /did you mean sotto --version\?$/);
  });

  it("says what a value must be", () => {
    assert.throws(() => parse("--beam_size", "2.5"), /--beam_size: its value is "2.5", wanted INTEGER\|None/);
    assert.throws(() => parse("--temperature", "warm"), /wanted NUMBER/);
    assert.throws(() => parse("--temperature", ""), UsageError);
    assert.throws(() => parse("--output_format", "doc"), /wanted txt\|srt$/);
    assert.throws(() => parse("--output_format", "str"), /wanted txt\|srt; did you mean srt\?$/);
    assert.throws(() => parse("--verbose=maybe"), /wanted True\|False/);
  });

  it("says when a value is missing", () => {
    assert.throws(() => parse("--language"), /--language: wanted LANGUAGE after it/);
    assert.throws(() => parse("--language", "--words"), /wanted LANGUAGE after it/);
  });
});

describe("describeFlags()", () => {
  it("says how a flag is called, what it does and what it is", () => {
    const [directory, , language, verbose] = describeFlags(TABLE).split("\n");
    assert.match(directory, /^ {2}-o, --output_dir DIR +where to write \(default: \.\)$/);
    assert.match(language, /^ {2}--language LANGUAGE +language spoken$/);
    assert.match(verbose, /\(default: True\)$/);
  });
});
