import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Alignment, AlignOptions } from "../../../mod.ts";
import { align } from "../../../lib/commands/align.ts";
import { describe, it } from "../../harness.ts";
import { withFolder } from "../checkpoint/download/download_fixture.ts";

/** Says that the first line is spoken from 1 to 2 s, and no other. */
function alignedFirst(lines: readonly string[]): Alignment {
  const scores = { temperature: 0, avgLogprob: 0, compressionRatio: 1, noSpeechProb: 0, seek: 0, tokens: [] };
  const segments = lines.map((line, id) => ({
    ...scores,
    id,
    start: 1,
    end: id === 0 ? 2 : 1,
    text: ` ${line}`,
    spoken: id === 0,
    confidence: 1,
    words: [{ word: ` ${line}`, start: 1, end: id === 0 ? 2 : 1, probability: 1, spoken: id === 0 }],
  }));
  const extraSpeech = [{ start: 0, end: 0.5, text: " Well.", probability: 0.9 }];
  return { text: lines.join(""), language: "en", segments, extraSpeech };
}

async function run(
  files: Record<string, string>,
  args: string[],
): Promise<{ out: string; files: string[]; options?: AlignOptions }> {
  let out = "", options: AlignOptions | undefined;
  const written: string[] = [];
  await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const terminal = {
      out: (text: string) => out += text,
      err() {},
      interactive: false,
      columns: 80,
      signal: new AbortController().signal,
    };
    const words = [...args.map((arg) => arg in files ? join(folder, arg) : arg), "-o", folder];
    const code = await align(words, terminal, () =>
      Promise.resolve({
        align(_audio, lines, given) {
          options = given;
          return Promise.resolve(alignedFirst(lines));
        },
        [Symbol.dispose]() {},
      }));
    assert.equal(code, 0);
    for (const name of ["talk.srt", "talk.json"]) {
      written.push(await readFile(join(folder, name), "utf8").catch(() => ""));
    }
  });
  return { out, files: written, options };
}

const FILES = {
  "talk.wav": "RIFF",
  "talk.vtt": "WEBVTT\n\n00:05.000 --> 00:06.000\nGood <i>day</i>\n\n00:07.000 --> 00:08.000\nNever said\n",
  "empty.txt": " \n",
};

describe("sotto align", () => {
  it("writes subtitles of the text with its new times, and says what is not spoken and not in the text", async () => {
    const { out, files: [srt] } = await run(FILES, ["talk.wav", "talk.vtt"]);
    assert.equal(srt, "1\n00:00:01,000 --> 00:00:02,000\nGood day\n\n");
    assert.equal(
      out,
      "[00:00.000 --> 00:00.500] Not in the text: Well.\n[00:01.000 --> 00:02.000]  Good day\nNot spoken: Never said\n",
    );
  });

  it("samples with the seed that is given", async () => {
    assert.equal((await run(FILES, ["talk.wav", "talk.vtt", "--seed", "7"])).options!.seed, 7);
    assert.equal((await run(FILES, ["talk.wav", "talk.vtt"])).options!.seed, undefined);
  });

  it("marks in JSON what is not spoken, and has what is not in the text", async () => {
    const { files: [, json] } = await run(FILES, [
      "talk.wav",
      "talk.vtt",
      "-f",
      "json",
      "--verbose",
      "False",
    ]);
    const { segments, extra_speech } = JSON.parse(json);
    assert.deepEqual(segments.map(({ spoken }: { spoken: boolean }) => spoken), [true, false]);
    assert.equal(segments[1].words[0].spoken, false);
    assert.deepEqual(extra_speech, [{ start: 0, end: 0.5, text: " Well.", probability: 0.9 }]);
  });

  it("wants a recording and a text that says something", async () => {
    await assert.rejects(run(FILES, ["talk.wav"]), /Cannot align 1 file: /);
    await assert.rejects(
      run(FILES, ["talk.wav", "missing.txt"]),
      /Cannot read missing\.txt: there is no such file$/,
    );
    await assert.rejects(run(FILES, ["talk.wav", "empty.txt"]), /it holds no text/);
    await assert.rejects(run(FILES, ["missing.wav", "talk.vtt"]), /Cannot align "missing\.wav"/);
  });
});
