import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, it } from "../../harness.ts";
import { UsageError } from "../../../lib/commands/command.ts";
import {
  type LoadTranscribingModel,
  transcribeFiles,
  type TranscribingModel,
} from "../../../lib/commands/transcribe.ts";
import type { AudioSource, TranscriptionState } from "../../../mod.ts";
import { AudioDecodeError, ModelNotFoundError } from "../../../lib/errors.ts";
import type { Segment, Transcription } from "../../../lib/transcription/segments.ts";
import type { TranscribeOptions } from "../../../lib/transcription/transcribe_options.ts";
import { fakeTerminal } from "./terminal/fake_terminal.ts";

const SEGMENTS: Segment[] = [" Hello.", "", " World."].map((text, id) => ({
  id,
  seek: 0,
  start: 2 * id,
  end: 2 * id + 1.5,
  text,
  tokens: [id],
  temperature: 0,
  avgLogprob: -0.5,
  compressionRatio: 1,
  noSpeechProb: 0,
}));
const RESULT: Transcription = { text: " Hello. World.", segments: SEGMENTS, language: "en" };

const STATE: TranscriptionState = {
  language: "en",
  segments: [{ ...SEGMENTS[0], avgLogprob: NaN, noSpeechProb: -0 }],
  clip: 0,
  seek: 2000,
  lastSpeechTimestamp: 1.5,
  resetSince: 0,
  random: [1, -2, 3, 4],
};

/** A model that hears the same in every file whose name does not begin with "bad". */
class FakeModel implements TranscribingModel {
  readonly deviceReport = ["CUDA is not used: it is not there", "The CPU is used"];
  readonly isMultilingual: boolean;
  readonly heard: { audio: AudioSource; options: TranscribeOptions }[] = [];
  disposed = 0;

  readonly #state: TranscriptionState | undefined;
  readonly #onState: () => void;

  /** Gets as far as `state` before it gives any segment, if that is given. */
  constructor(
    { isMultilingual = true, state, onState = () => {} }: {
      isMultilingual?: boolean;
      state?: TranscriptionState;
      onState?: () => void;
    } = {},
  ) {
    this.isMultilingual = isMultilingual;
    this.#state = state;
    this.#onState = onState;
  }

  async transcribe(audio: AudioSource, options: TranscribeOptions): Promise<Transcription> {
    await Promise.resolve();
    this.heard.push({ audio, options });
    if (basename(String(audio)).startsWith("bad")) {
      throw new RangeError("Cannot hear it: too quiet");
    }
    options.onLanguage?.("en");
    if (this.#state !== undefined) options.onState?.(this.#state);
    if (this.#state !== undefined) this.#onState();
    options.onProgress?.({ loaded: 3, total: 6 });
    for (const segment of SEGMENTS) options.onSegment?.(segment);
    options.signal?.throwIfAborted();
    return RESULT;
  }

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

/** A folder of recordings, and one for results that is not there yet. */
interface Place {
  /** Gives the path of a recording that is there. */
  audio(name: string): Promise<string>;
  readonly out: string;
}

async function inFolder(body: (place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-"));
  const audio = async (name: string) => {
    const path = join(folder, "in", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "RIFF");
    return path;
  };
  try {
    await body({ audio, out: join(folder, "new", "out") });
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("transcribeFiles()", () => {
  it("writes every format of every file into a folder it makes", () =>
    inFolder(async ({ audio, out }) => {
      const model = new FakeModel();
      const code = await transcribeFiles(
        [await audio("x/a.b.wav"), await audio("c.mp3"), "--output_dir", out],
        fakeTerminal(),
        () => Promise.resolve(model),
      );
      assert.equal(code, 0);
      const extensions = ["json", "srt", "tsv", "txt", "vtt"];
      assert.deepEqual(
        (await readdir(out)).sort(),
        ["a.b", "c"].flatMap((stem) => extensions.map((extension) => `${stem}.${extension}`)),
      );
      assert.equal(await readFile(join(out, "c.txt"), "utf8"), "Hello.\n\nWorld.\n");
      assert.deepEqual(model.heard.map(({ audio }) => audio), [
        await audio("x/a.b.wav"),
        await audio("c.mp3"),
      ]);
      assert.equal(model.disposed, 1);
    }));

  it("prints the language and the segments as openai/whisper does", () =>
    inFolder(async ({ audio, out }) => {
      const terminal = fakeTerminal();
      await transcribeFiles([await audio("a.wav"), "-o", out], terminal, () =>
        Promise.resolve(new FakeModel()));
      assert.equal(
        terminal.written.out,
        "Detected language: English\n" +
          "[00:00.000 --> 00:01.500]  Hello.\n[00:04.000 --> 00:05.500]  World.\n",
      );
      assert.equal(terminal.written.err, "The CPU is used\n");
    }));

  it("prints nothing with --verbose False, and no language that was given", () =>
    inFolder(async ({ audio, out }) => {
      const load = () => Promise.resolve(new FakeModel());
      const quiet = fakeTerminal();
      await transcribeFiles([await audio("a.wav"), "-o", out, "--verbose", "False"], quiet, load);
      assert.deepEqual(quiet.written, { out: "", err: "" });
      const told = fakeTerminal();
      await transcribeFiles([await audio("a.wav"), "-o", out, "--language", "English"], told, load);
      assert.ok(!told.written.out.includes("Detected"));
    }));

  it("skips a file that fails, writes nothing of it and does the rest", () =>
    inFolder(async ({ audio, out }) => {
      const terminal = fakeTerminal();
      const model = new FakeModel();
      const args = [await audio("bad.wav"), await audio("a.wav"), "-o", out, "-f", "txt"];
      assert.equal(await transcribeFiles(args, terminal, () => Promise.resolve(model)), 1);
      assert.ok(
        terminal.written.err.includes(`Skipping ${args[0]}: Cannot hear it: too quiet\n`),
      );
      assert.deepEqual(await readdir(out), ["a.txt"]);
      assert.equal(model.disposed, 1);
    }));

  it("stops at an interruption, without a word about the file and without results where there are none", () =>
    inFolder(async ({ audio, out }) => {
      const controller = new AbortController();
      const terminal = fakeTerminal({
        signal: controller.signal,
        out: () => controller.abort(new Error("Interrupted")),
      });
      const model = new FakeModel();
      const args = [await audio("a.wav"), await audio("b.wav"), "-o", out];
      await assert.rejects(transcribeFiles(args, terminal, () => Promise.resolve(model)), /Interrupted/);
      assert.ok(!terminal.written.err.includes("Skipping"));
      assert.deepEqual(await readdir(out), []);
      assert.equal(model.heard.length, 1);
      assert.equal(model.disposed, 1);
    }));

  it("keeps what is finished when it is interrupted, and goes on from there with --resume", () =>
    inFolder(async ({ audio, out }) => {
      const file = await audio(`${"語".repeat(83)}.wav`);
      const args = [file, "-o", out, "-f", "txt", "--temperature", "0.5"];
      const controller = new AbortController();
      const stopped = new FakeModel({
        state: STATE,
        onState: () => controller.abort(new Error("Interrupted")),
      });
      const terminal = fakeTerminal({ signal: controller.signal });
      await assert.rejects(transcribeFiles(args, terminal, () => Promise.resolve(stopped)), /Interrupted/);
      assert.match(
        terminal.written.err,
        /The first 0:20 of .*\.partial\.txt, .*\.resume; to go on, add --resume/,
      );
      const kept = await readdir(out);
      assert.equal(kept.length, 2);
      const partial = kept.find((name) => name.endsWith(".partial.txt"))!;
      assert.equal(await readFile(join(out, partial), "utf8"), "Hello.\n");

      const run = (...more: string[]) => {
        const model = new FakeModel();
        return transcribeFiles([...args, ...more], fakeTerminal(), () => Promise.resolve(model)).then(() =>
          model
        );
      };
      await assert.rejects(
        run("--resume", "--best_of", "3"),
        /^UsageError: .* made with another --best_of; give the same/,
      );
      assert.deepEqual((await run("--resume")).heard[0].options.resume, STATE);
      assert.deepEqual(await readdir(out), [`${"語".repeat(83)}.txt`]);
      assert.equal((await run("--resume")).heard[0].options.resume, undefined);
    }));

  it("does not go on with another recording or from a damaged file", () =>
    inFolder(async ({ audio, out }) => {
      const file = await audio("a.wav");
      const failing = new FakeModel({ state: STATE, onState: () => assert.fail("out of memory") });
      assert.equal(
        await transcribeFiles([file, "-o", out], fakeTerminal(), () => Promise.resolve(failing)),
        1,
      );
      const load: LoadTranscribingModel = () => assert.fail("loaded");
      const resumed = () => transcribeFiles([file, "-o", out, "--resume"], fakeTerminal(), load);
      await writeFile(file, "RIFF of another");
      await assert.rejects(resumed, /^UsageError: Cannot go on with .*a\.resume is of another recording$/);
      await writeFile(join(out, "a.resume"), "{}");
      await assert.rejects(resumed, /a\.resume is damaged/);
    }));

  it("finds wrong usage before it loads a model", async () => {
    const load: LoadTranscribingModel = () => assert.fail("loaded");
    for (
      const args of [
        [],
        ["--language", "en"],
        ["a.wav", "--language", "englsh"],
        ["a.wav", "--clip_timestamps", "soon"],
        ["a.wav", "--length_penalty", "3"],
        ["a.wav", "--word_timestamps", "--max_line_width", "-5"],
      ]
    ) {
      await assert.rejects(transcribeFiles(args, fakeTerminal(), load), UsageError, args.join(" "));
    }
  });

  it("takes a model that is not there for wrong usage, and another failure for none", () =>
    inFolder(async ({ audio, out }) => {
      const args = [await audio("a.wav"), "-o", out];
      const missing = () => Promise.reject(new ModelNotFoundError("bsae", ["base"]));
      await assert.rejects(transcribeFiles(args, fakeTerminal(), missing), UsageError);
      const broken = () => Promise.reject(new TypeError("broken"));
      await assert.rejects(transcribeFiles(args, fakeTerminal(), broken), TypeError);
    }));

  it("gives the flags to the model", () =>
    inFolder(async ({ audio, out }) => {
      const model = new FakeModel();
      let loaded: unknown[] = [];
      await transcribeFiles(
        [
          await audio("a.wav"),
          "-o",
          out,
          "--model",
          "base",
          "--device",
          "cpu",
          "--task",
          "translate",
          "--seed",
          "7",
        ],
        fakeTerminal(),
        (...load) => (loaded = load, Promise.resolve(model)),
      );
      assert.equal(loaded[0], "base");
      assert.equal((loaded[1] as { device: string }).device, "cpu");
      const { task, seed, beamSize, onWindow } = model.heard[0].options;
      assert.deepEqual([task, seed, beamSize, onWindow], ["translate", 7, 5, undefined]);
    }));

  it("explains the device and the windows on request", () =>
    inFolder(async ({ audio, out }) => {
      const terminal = fakeTerminal();
      const model = new FakeModel();
      await transcribeFiles([await audio("a.wav"), "-o", out, "--explain"], terminal, () =>
        Promise.resolve(model));
      assert.ok(terminal.written.err.startsWith("CUDA is not used: it is not there\nThe CPU is used\n"));
      assert.equal(typeof model.heard[0].options.onWindow, "function");
    }));

  it("gives two files of one name results of their own, and says so", () =>
    inFolder(async ({ audio, out }) => {
      const terminal = fakeTerminal();
      const [first, second] = [await audio("x/a.wav"), await audio("y/A.mp3")];
      const args = [first, second, first, "-o", out, "-f", "txt"];
      const model = new FakeModel();
      assert.equal(await transcribeFiles(args, terminal, () => Promise.resolve(model)), 0);
      assert.equal(model.heard.length, 2);
      assert.ok(terminal.written.err.includes(`The results of ${second} are called A-2\n`));
      assert.deepEqual((await readdir(out)).sort(), ["A-2.txt", "a.txt"]);
    }));

  it("does not load a model for words that are no files, and says what they may have meant", () =>
    inFolder(async ({ audio, out }) => {
      const load: LoadTranscribingModel = () => assert.fail("loaded");
      const run = (...words: string[]) => transcribeFiles([...words, "-o", out], fakeTerminal(), load);
      await assert.rejects(
        run("list"),
        /^UsageError: .*no such file; did you mean the command sotto models\?$/,
      );
      await assert.rejects(run("verfy"), /did you mean the command sotto verify\?/);
      await assert.rejects(run("doctr"), /did you mean the command sotto doctor\?/);
      await assert.rejects(
        run("trancribe", await audio("a.wav")),
        /did you mean the command sotto transcribe\?/,
      );
      await assert.rejects(run("tiny.en"), /is a model: write sotto AUDIO --model tiny\.en/);
      await assert.rejects(
        run("tlak.wav", pathToFileURL(join(out, "none.wav")).href),
        /tlak.wav": there is no such file\n.*none\.wav"/,
      );
      await assert.rejects(run(dirname(await audio("a.wav"))), /it is a folder, not a file/);
      const notes = await audio("notes.srt");
      await writeFile(notes, "1\n00:00:00,000 --> 00:00:02,000\nHello.\n");
      await assert.rejects(run(notes), /notes\.srt": it looks like text, not audio$/);
      await writeFile(notes, "");
      await assert.rejects(run(notes), /notes\.srt": it is empty$/);
      await assert.rejects(run("rtsp://host/a.wav"), /wanted http:\/\/, https:\/\/ or file:\/\//);
      await assert.rejects(readdir(out));
    }));

  it("tells of a file that is missing at once, and transcribes the others", () =>
    inFolder(async ({ audio, out }) => {
      const terminal = fakeTerminal();
      const load = () => {
        assert.equal(terminal.written.err, "Skipping none.wav: there is no such file\n");
        return Promise.resolve(new FakeModel());
      };
      const args = ["none.wav", await audio("a.wav"), "-o", out, "-f", "txt"];
      assert.equal(await transcribeFiles(args, terminal, load), 1);
      assert.deepEqual(await readdir(out), ["a.txt"]);
    }));

  it("tries the place of the results before it loads a model", () =>
    inFolder(async ({ audio, out }) => {
      const load: LoadTranscribingModel = () => assert.fail("loaded");
      const file = await audio("a.wav");
      const run = transcribeFiles([file, "-o", join(file, "out")], fakeTerminal(), load);
      await assert.rejects(run, /^OutputError: Cannot write results to .*: a part of the path is a file/);
      await mkdir(join(out, "a.srt"), { recursive: true });
      const blocked = transcribeFiles([file, "-o", out], fakeTerminal(), load);
      await assert.rejects(blocked, /a\.srt": it is a folder, not a file/);
      assert.deepEqual(await readdir(out), ["a.srt"]);
    }));

  it("reads standard input for -, and addresses", () =>
    inFolder(async ({ audio, out }) => {
      const model = new FakeModel();
      const stdin = () => new Blob(["RIFF"]).stream();
      const terminal = fakeTerminal({ stdin });
      const address = "http://host/talks/one%20two.mp3?token=secret";
      const file = await audio("here #1.wav");
      const args = ["-", address, pathToFileURL(file).href, "-o", out, "-f", "txt"];
      assert.equal(await transcribeFiles(args, terminal, () => Promise.resolve(model)), 0);
      assert.deepEqual((await readdir(out)).sort(), ["here #1.txt", "one two.txt", "stdin.txt"]);
      const [bytes, url, path] = model.heard.map(({ audio }) => audio);
      assert.ok(bytes instanceof ReadableStream);
      assert.equal(String(url), address);
      assert.equal(path, file);
      const load: LoadTranscribingModel = () => assert.fail("loaded");
      await assert.rejects(transcribeFiles(["-"], fakeTerminal(), load), /Cannot read standard input/);
    }));

  it("says what hears the raw samples that standard input may be", () =>
    inFolder(async ({ audio, out }) => {
      const error = new AudioDecodeError("Cannot decode it: its format is not known", { isUnknown: true });
      const model = Object.assign(new FakeModel(), { transcribe: () => Promise.reject(error) });
      const terminal = fakeTerminal({ stdin: () => new Blob(["..."]).stream() });
      const path = await audio("a.wav");
      const args = ["-", path, "-o", out, "--verbose", "no"];
      assert.equal(await transcribeFiles(args, terminal, () => Promise.resolve(model)), 1);
      assert.equal(
        terminal.written.err,
        `Skipping -: ${error.message}; raw samples are heard by: sotto listen --format s16le --rate 16000\n` +
          `Skipping ${path}: ${error.message}\n`,
      );
    }));

  it("does not say that English was detected by a model that knows no other language", () =>
    inFolder(async ({ audio, out }) => {
      const terminal = fakeTerminal();
      const model = new FakeModel({ isMultilingual: false });
      await transcribeFiles([await audio("a.wav"), "-o", out], terminal, () => Promise.resolve(model));
      assert.ok(terminal.written.out.startsWith("[00:00.000"));
    }));

  it("keeps a progress bar below what it prints on a terminal", () =>
    inFolder(async ({ audio, out }) => {
      let screen = "";
      const write = (text: string) => screen += text;
      const terminal = fakeTerminal({ interactive: true, out: write, err: write });
      await transcribeFiles([await audio("a.wav"), "-o", out], terminal, () =>
        Promise.resolve(new FakeModel()));
      assert.match(screen, /Transcribing a\.wav \[#+ +\] 0:03 of 0:06/);
      // A line is only written where the bar was wiped, and the bar is wiped at the end.
      assert.ok(screen.includes("\r\x1b[K[00:00.000 --> 00:01.500]  Hello.\nTranscribing"));
      assert.ok(screen.endsWith("\r\x1b[K"));
    }));
});
