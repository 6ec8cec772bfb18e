import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "../../harness.ts";
import { UsageError } from "../../../lib/commands/command.ts";
import {
  type LoadTranscribingModel,
  transcribeFiles,
  type TranscribingModel,
} from "../../../lib/commands/transcribe.ts";
import { ModelNotFoundError } from "../../../lib/errors.ts";
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

/** A model that hears the same in every file whose name does not begin with "bad". */
class FakeModel implements TranscribingModel {
  readonly deviceReport = ["CUDA is not used: it is not there", "The CPU is used"];
  readonly heard: { audio: string; options: TranscribeOptions }[] = [];
  disposed = 0;

  transcribe(audio: string, options: TranscribeOptions): Promise<Transcription> {
    this.heard.push({ audio, options });
    if (audio.startsWith("bad")) return Promise.reject(new RangeError("Cannot hear it: too quiet"));
    options.onLanguage?.("en");
    options.onProgress?.({ loaded: 3, total: 6 });
    for (const segment of SEGMENTS) options.onSegment?.(segment);
    options.signal?.throwIfAborted();
    return Promise.resolve(RESULT);
  }

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-"));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("transcribeFiles()", () => {
  it("writes every format of every file into a folder it makes", () =>
    inFolder(async (folder) => {
      const model = new FakeModel();
      const directory = join(folder, "new", "out");
      const code = await transcribeFiles(
        ["x/a.b.wav", "c.mp3", "--output_dir", directory],
        fakeTerminal(),
        () => Promise.resolve(model),
      );
      assert.equal(code, 0);
      const extensions = ["json", "srt", "tsv", "txt", "vtt"];
      assert.deepEqual(
        (await readdir(directory)).sort(),
        ["a.b", "c"].flatMap((stem) => extensions.map((extension) => `${stem}.${extension}`)),
      );
      assert.equal(await readFile(join(directory, "c.txt"), "utf8"), "Hello.\n\nWorld.\n");
      assert.deepEqual(model.heard.map(({ audio }) => audio), ["x/a.b.wav", "c.mp3"]);
      assert.equal(model.disposed, 1);
    }));

  it("prints the language and the segments as openai/whisper does", () =>
    inFolder(async (folder) => {
      const terminal = fakeTerminal();
      await transcribeFiles(["a.wav", "-o", folder], terminal, () => Promise.resolve(new FakeModel()));
      assert.equal(
        terminal.written.out,
        "Detected language: English\n" +
          "[00:00.000 --> 00:01.500]  Hello.\n[00:04.000 --> 00:05.500]  World.\n",
      );
      assert.equal(terminal.written.err, "The CPU is used\n");
    }));

  it("prints nothing with --verbose False, and no language that was given", () =>
    inFolder(async (folder) => {
      const load = () => Promise.resolve(new FakeModel());
      const quiet = fakeTerminal();
      await transcribeFiles(["a.wav", "-o", folder, "--verbose", "False"], quiet, load);
      assert.deepEqual(quiet.written, { out: "", err: "" });
      const told = fakeTerminal();
      await transcribeFiles(["a.wav", "-o", folder, "--language", "English"], told, load);
      assert.ok(!told.written.out.includes("Detected"));
    }));

  it("skips a file that fails, writes nothing of it and does the rest", () =>
    inFolder(async (folder) => {
      const terminal = fakeTerminal();
      const model = new FakeModel();
      const args = ["bad.wav", "a.wav", "-o", folder, "-f", "txt"];
      assert.equal(await transcribeFiles(args, terminal, () => Promise.resolve(model)), 1);
      assert.ok(
        terminal.written.err.includes("Skipping bad.wav due to RangeError: Cannot hear it: too quiet\n"),
      );
      assert.deepEqual(await readdir(folder), ["a.txt"]);
      assert.equal(model.disposed, 1);
    }));

  it("stops at an interruption, without a word about the file and without its results", () =>
    inFolder(async (folder) => {
      const controller = new AbortController();
      const terminal = fakeTerminal({
        signal: controller.signal,
        out: () => controller.abort(new Error("Interrupted")),
      });
      const model = new FakeModel();
      const run = transcribeFiles(["a.wav", "b.wav", "-o", folder], terminal, () => Promise.resolve(model));
      await assert.rejects(run, /Interrupted/);
      assert.ok(!terminal.written.err.includes("Skipping"));
      assert.deepEqual(await readdir(folder), []);
      assert.equal(model.heard.length, 1);
      assert.equal(model.disposed, 1);
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
    inFolder(async (folder) => {
      const args = ["a.wav", "-o", folder];
      const missing = () => Promise.reject(new ModelNotFoundError("bsae", ["base"]));
      await assert.rejects(transcribeFiles(args, fakeTerminal(), missing), UsageError);
      const broken = () => Promise.reject(new TypeError("broken"));
      await assert.rejects(transcribeFiles(args, fakeTerminal(), broken), TypeError);
    }));

  it("gives the flags to the model", () =>
    inFolder(async (folder) => {
      const model = new FakeModel();
      let loaded: unknown[] = [];
      await transcribeFiles(
        ["a.wav", "-o", folder, "--model", "base", "--device", "cpu", "--task", "translate", "--seed", "7"],
        fakeTerminal(),
        (...load) => (loaded = load, Promise.resolve(model)),
      );
      assert.equal(loaded[0], "base");
      assert.equal((loaded[1] as { device: string }).device, "cpu");
      const { task, seed, beamSize, onWindow } = model.heard[0].options;
      assert.deepEqual([task, seed, beamSize, onWindow], ["translate", 7, 5, undefined]);
    }));

  it("explains the device and the windows on request", () =>
    inFolder(async (folder) => {
      const terminal = fakeTerminal();
      const model = new FakeModel();
      await transcribeFiles(["a.wav", "-o", folder, "--explain"], terminal, () => Promise.resolve(model));
      assert.ok(terminal.written.err.startsWith("CUDA is not used: it is not there\nThe CPU is used\n"));
      assert.equal(typeof model.heard[0].options.onWindow, "function");
    }));

  it("warns when two files would write to the same results", () =>
    inFolder(async (folder) => {
      const terminal = fakeTerminal();
      const args = ["x/a.wav", "y/a.mp3", "-o", folder, "-f", "txt"];
      await transcribeFiles(args, terminal, () => Promise.resolve(new FakeModel()));
      assert.ok(terminal.written.err.includes("The results of y/a.mp3 overwrite those of x/a.wav"));
    }));

  it("keeps a progress bar below what it prints on a terminal", () =>
    inFolder(async (folder) => {
      let screen = "";
      const write = (text: string) => screen += text;
      const terminal = fakeTerminal({ interactive: true, out: write, err: write });
      await transcribeFiles(["a.wav", "-o", folder], terminal, () => Promise.resolve(new FakeModel()));
      assert.match(screen, /Transcribing a\.wav \[#+ +\] 0:03 of 0:06/);
      // A line is only written where the bar was wiped, and the bar is wiped at the end.
      assert.ok(screen.includes("\r\x1b[K[00:00.000 --> 00:01.500]  Hello.\nTranscribing"));
      assert.ok(screen.endsWith("\r\x1b[K"));
    }));
});
