import assert from "node:assert/strict";
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, fixture, it } from "../harness.ts";
import { main } from "../../lib/cli.ts";
import { fakeTerminal } from "./commands/terminal/fake_terminal.ts";

async function run(...args: string[]) {
  const terminal = fakeTerminal();
  return { code: await main(args, terminal), ...terminal.written };
}

describe("main()", () => {
  it("prints the version", async () => {
    const { code, out } = await run("--version");
    assert.equal(code, 0);
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
  });

  it("prints the flags and the commands for --help, and a command's own help", async () => {
    const all = await run("--help");
    assert.equal(all.code, 0);
    for (const word of ["--beam_size", "--explain", "sotto models", "sotto download", "sotto verify"]) {
      assert.ok(all.out.includes(word), word);
    }
    assert.match(
      all.out,
      /--output_format .+ what to write; all is txt, vtt, srt, tsv and json \(default: all\)/,
    );
    const one = await run("download", "-h");
    assert.match(one.out, /^Usage: sotto download/);
    assert.match((await run("help", "verify")).out, /^Usage: sotto verify/);
    assert.deepEqual(await run("help"), all);
  });

  it("takes -h for help only where a flag may stand", async () => {
    assert.equal((await run("cache", "dir", "--model_dir", "-h")).out, "-h\n");
    assert.equal((await run("download", "--", "-h")).code, 2);
  });

  it("gives 2 for wrong usage, with one line that says what is wrong", async () => {
    const { code, out, err } = await run("a.wav", "--langauge", "en");
    assert.deepEqual([code, out], [2, ""]);
    assert.equal(
      err,
      "Cannot read --langauge: there is no such flag; did you mean --language?\nTry: sotto --help\n",
    );
    assert.match((await run("models", "--langauge")).err, /\nTry: sotto models --help\n$/);
    assert.equal((await run()).code, 2);
    assert.equal((await run("models", "--nonsense")).code, 2);
  });

  it("refuses threads that no machine has, before the model is looked for", async () => {
    const { code, err } = await run(
      fixture("sense.wav"),
      "--model",
      "no.pt",
      "--threads",
      "100000",
      "--output_dir",
      tmpdir(),
    );
    assert.equal(code, 2);
    assert.match(err, /^Cannot load the model: --threads is 100000, wanted a whole number from 1 to \d+/);
  });

  it("warns of a flag of several values, of which the last counts", async () => {
    const twice = await run("cache", "dir", "--model_dir", "a", "--model_dir=b");
    const warning = "Warning: --model_dir was given several values: only the last counts\n";
    assert.deepEqual(twice, { code: 0, out: "b\n", err: warning });
    assert.equal((await run("cache", "dir", "--model_dir", "a", "--model_dir", "a")).err, "");
    const formats = await run("none.wav", "-f", "txt", "--output_format", "srt");
    assert.match(formats.err, /^Warning: --output_format was given several values/);
  });

  it("refuses - for the folder of results, and says where what is heard is printed", async () => {
    const recording = fixture("sense.wav");
    const commands = [
      [recording],
      ["plot", recording],
      ["align", recording, fixture("README.md")],
      ["submit", recording, "--wait"],
      ["listen", "-f", "txt"],
    ];
    for (const words of commands) {
      for (const dash of [["-o", "-"], ["--output_dir=-"]]) {
        const { code, err } = await run(...words, ...dash, "--model", "no.pt");
        assert.equal(code, 2, words.join(" "));
        assert.match(
          err,
          /^Cannot read --output_dir: its value is "-", wanted DIR; .* printed on standard output/,
        );
      }
    }
    const named = await run(recording, "-o", fixture("README.md"), "--model", "no.pt");
    assert.match(named.err, /^Cannot write results to/);
  });

  it("calls an option that is refused as it is typed", async () => {
    const refused: readonly (readonly string[])[] = [
      ["--beam_size", "0"],
      ["--best_of", "65"],
      ["--patience", "0"],
      ["--length_penalty", "2"],
      ["--temperature", "inf"],
      ["--temperature_increment_on_fallback", "0"],
      ["--compression_ratio_threshold", "inf"],
      ["--logprob_threshold", "inf"],
      ["--no_speech_threshold", "inf"],
      ["--hallucination_silence_threshold", "inf"],
      ["--batch_size", "0"],
      ["--vad_threshold", "1", "--vad"],
      ["--vad_neg_threshold", "1", "--vad"],
      ["--vad_min_speech_duration", "-1", "--vad"],
      ["--vad_min_silence_duration", "-1", "--vad"],
      ["--vad_speech_pad", "-1", "--vad"],
      ["--vad_max_speech_duration", "0", "--vad"],
      ["--max_line_width", "-1", "--word_timestamps", "True"],
      ["--max_line_count", "-1", "--word_timestamps", "True"],
      ["--max_words_per_line", "-1", "--word_timestamps", "True"],
      ["--max_chars_per_second", "-1"],
      ["--min_gap", "-1"],
      ["--highlight_unsure", "2", "--word_timestamps", "True"],
      ["--seconds_per_row", "0"],
      ["--audio_track", "-1"],
      ["--channel", "-1"],
      ["--language", "nonsense"],
      ["--ffmpeg", ""],
      ["--boost", "a=21"],
      ["--model_dir", "", "--model", "no.pt"],
      ["--library", "", "--model", "no.pt"],
      ["--speakers", "0"],
      ["--vad_threshold", "1.5"],
      ["--vad_max_speech_duration", "0"],
      ["--vad_neg_threshold", "0.9"],
    ];
    for (const flags of refused) {
      const { code, err } = await run(fixture("sense.wav"), "--output_dir", tmpdir(), ...flags);
      assert.equal(code, 2, flags.join(" "));
      assert.match(err, new RegExp(`^Cannot [a-z ]+:? ${flags[0]}(:| is )`));
      assert.doesNotMatch(err, /[a-z][A-Z]|null/, flags[0]);
    }
    const stream = () => new ReadableStream<Uint8Array>();
    const terminal = fakeTerminal({ stdin: stream });
    assert.equal(await main(["listen", "--rate", "1"], terminal), 2);
    assert.match(terminal.written.err, /^Cannot transcribe a stream: --rate is 1, wanted/);
    const useless = [
      ["serve", "--queue_name", "jobs"],
      ["submit", fixture("sense.wav"), "--format", "srt"],
      ["submit", fixture("sense.wav"), "--max_line_width", "42"],
      ["listen", "--output_dir", tmpdir()],
    ];
    for (const words of useless) {
      const { code, err } = await run(...words);
      assert.equal(code, 2, words.join(" "));
      const flag = words.find((word) => word.startsWith("--"));
      assert.match(err, new RegExp(`^Cannot use ${flag}: it requires --`));
    }
    const commands = [
      ["align", fixture("sense.wav"), fixture("README.md"), "--max_line_width", "-1"],
      ["align", fixture("sense.wav"), fixture("README.md"), "--audio_track", "-1"],
      ["serve", "--live_sessions", "0"],
      ["serve", "--port", "65536"],
      ["serve", "--threads", "-1"],
      ["worker", "--threads", "-1", "--model", "base"],
      ["submit", fixture("sense.wav"), "--retries", "-1"],
      ["eval", fixture("README.md"), fixture("README.md"), "--confidence", "1"],
    ];
    for (const words of commands) {
      const { code, err } = await run(...words);
      assert.equal(code, 2, words.join(" "));
      assert.match(err, new RegExp(`: ${words.find((word) => word.startsWith("--"))} is `));
      assert.match(err, new RegExp(`\\nTry: sotto ${words[0]} --help\\n$`));
    }
  });

  it("gives 130 when it is interrupted", async () => {
    const terminal = fakeTerminal({ signal: AbortSignal.abort() });
    assert.equal(await main(["a.wav", "--model", "tiny.en", "--offline"], terminal), 130);
    assert.equal(terminal.written.err, "");
  });
});

describe("cli.ts", () => {
  it("runs as a program and gives its exit code", async () => {
    const script = fileURLToPath(new URL("../../lib/cli.ts", import.meta.url));
    const args = "Deno" in globalThis ? ["run", "-A", "--quiet", script] : [script];
    const code = await new Promise((resolve) => {
      execFile(process.execPath, [...args, "--modle=base"], (error, _, stderr) => {
        assert.match(stderr, /did you mean --model\?/);
        resolve(error?.code);
      });
    });
    assert.equal(code, 2);
  });

  it("ends when it is interrupted, or has failed, while standard input stays open", async () => {
    const failed = start("listen", "--model", "no.pt");
    assert.equal(await endOf(failed), 2);

    const listening = start("listen", "--model", fixture("tiny.en.pt"));
    let printed = "";
    const said = new Promise((resolve) => {
      listening.stdout.on("data", (text) => {
        printed += text;
        resolve(text);
      });
    });
    const ended = endOf(listening);
    // Eight seconds, in which there is a pause.
    listening.stdin.write(readFileSync(fixture("sense.wav")).subarray(44, 44 + 8 * 32_000));
    // Whatever it prints: if it ended before, it was not interrupted.
    assert.notEqual(await Promise.race([said, ended]), 0);
    // The child's own kill() gives the signal on Deno for what ended it.
    process.kill(listening.pid!, "SIGINT");
    assert.equal(await ended, 0);
    assert.match(printed, /\w/);
  });
});

/** Begins a command line in a process of its own, whose standard input stays open. */
function start(...args: string[]) {
  const script = fileURLToPath(new URL("../../lib/cli.ts", import.meta.url));
  const run = "Deno" in globalThis ? ["run", "-A", "--quiet"] : [];
  const child = spawn(process.execPath, [...run, script, ...args]);
  child.stdin.on("error", () => {});
  return child;
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("close", resolve));
}
