import assert from "node:assert/strict";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { plot } from "../../../lib/commands/plot.ts";
import type { LoadTranscribingModel } from "../../../lib/commands/transcribe.ts";
import { toJson } from "../../../lib/writers/format_transcription.ts";
import { describe, fixture, it } from "../../harness.ts";
import { withFolder } from "../checkpoint/download/download_fixture.ts";
import { RESULT } from "../writers/report/report_fixture.ts";
import { fakeTerminal } from "./terminal/fake_terminal.ts";

/** A model that says what it was asked for. */
function fakeModel() {
  const asked: unknown[] = [];
  const load: LoadTranscribingModel = () =>
    Promise.resolve({
      deviceReport: [],
      isMultilingual: true,
      transcribe(_audio, { wordTimestamps, explain }) {
        asked.push({ wordTimestamps, explain });
        return Promise.resolve(RESULT);
      },
      [Symbol.dispose]() {},
    });
  return { load, asked };
}

const unused: LoadTranscribingModel = () => assert.fail("loaded");

describe("sotto plot", () => {
  it("transcribes a recording with words and windows, and draws it", () =>
    withFolder(async (folder) => {
      const talk = join(folder, "talk.wav");
      await copyFile(fixture("sense.wav"), talk);
      const { load, asked } = fakeModel();
      const args = [talk, "-o", folder, "--seconds_per_row", "9"];
      assert.equal(await plot(args, fakeTerminal(), load), 0);
      assert.deepEqual(asked, [{ wordTimestamps: true, explain: true }]);
      assert.deepEqual((await readdir(folder)).sort(), ["talk.svg", "talk.wav"]);
      const svg = await readFile(join(folder, "talk.svg"), "utf8");
      assert.match(svg, /<path class="w" d="M/);
      assert.equal(svg.split("<g transform").length - 1, 4);
    }));

  it("draws a transcription in JSON with the recording beside it, without a model", () =>
    withFolder(async (folder) => {
      await copyFile(fixture("sense.wav"), join(folder, "talk.wav"));
      await writeFile(join(folder, "talk.srt"), "");
      await writeFile(join(folder, "talk.json"), toJson(RESULT));
      const terminal = fakeTerminal();
      assert.equal(await plot([join(folder, "talk.json"), "-o", folder], terminal, unused), 0);
      assert.match(await readFile(join(folder, "talk.svg"), "utf8"), /<path class="w" d="M[^]*morning/);
      assert.equal(await plot([join(folder, "talk.json"), "-o", folder, "-f", "html"], terminal, unused), 0);
      assert.match(await readFile(join(folder, "talk.html"), "utf8"), /data-recording="talk\.wav"/);
      assert.equal(terminal.written.err, "");
    }));

  it("draws without a waveform where there is no recording, and says so", () =>
    withFolder(async (folder) => {
      const terminal = fakeTerminal();
      await writeFile(join(folder, "talk.json"), toJson(RESULT));
      assert.equal(await plot([join(folder, "talk.json"), "-o", folder], terminal, unused), 0);
      assert.match(terminal.written.err, /^Warning: There is no waveform: no recording lies beside /);
      assert.match(await readFile(join(folder, "talk.svg"), "utf8"), /<path class="w" d=""/);
    }));

  it("refuses, before it loads a model, what is no transcription and no recording, and a command line without files", () =>
    withFolder(async (folder) => {
      const path = join(folder, "data.json");
      await writeFile(path, "{}");
      await assert.rejects(
        plot([path], fakeTerminal(), unused),
        /Cannot plot .*: it has no segments|no segments/,
      );
      const missing = plot([join(folder, "none.json")], fakeTerminal(), unused);
      await assert.rejects(missing, /none\.json: there is no such file$/);
      const subtitles = join(folder, "talk.srt");
      await writeFile(subtitles, "1\n00:00:00,000 --> 00:00:02,000\nHello.\n");
      await assert.rejects(
        plot([subtitles], fakeTerminal(), unused),
        /talk\.srt": it looks like text, not audio/,
      );
      await assert.rejects(plot([], fakeTerminal(), unused), /no recording and no JSON/);
    }));
});
