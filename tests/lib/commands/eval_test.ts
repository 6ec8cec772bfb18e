import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command } from "../../../lib/commands/eval.ts";
import { describe, it } from "../../harness.ts";
import { withFolder } from "../checkpoint/download/download_fixture.ts";

async function run(files: Record<string, string | Uint8Array>, ...args: string[]): Promise<string> {
  let out = "";
  await withFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const code = await command.run(args.map((arg) => arg in files ? join(folder, arg) : arg), {
      out: (text) => out += text,
      err() {},
      interactive: false,
      columns: 80,
      signal: new AbortController().signal,
    });
    assert.equal(code, 0);
  });
  return out;
}

const FILES = {
  "said.txt": "Mr. Grey had twenty pounds.\nHe went home.\n",
  "heard.srt":
    "1\n00:00:00,000 --> 00:00:02,000\nMister Gray had £20.\n\n2\n00:00:02,000 --> 00:00:03,000\nHe home.\n",
  "short.txt": "Mister Gray\n",
};

describe("sotto eval", () => {
  it("tells the word and character error rate of subtitles beside a text", async () => {
    const out = await run(FILES, "said.txt", "heard.srt");
    assert.match(
      out,
      /^Word error rate +14\.29 %: 0 substituted, 1 deleted and 0 inserted of 7\n/,
    );
    assert.match(out, /\nCharacter error rate 15\.63 %: .* 5 deleted and 0 inserted of 32\n$/);
  });

  it("shows what was said above what was heard", async () => {
    const out = await run(FILES, "said.txt", "heard.srt", "--show");
    assert.match(
      out,
      /^heard\.srt\nREF: mister gray had £20 he WENT home\nHYP: mister gray had £20 he \*{4} home\n/,
    );
  });

  it("tells where the rates lie with other recordings, where there are several", async () => {
    const out = await run(FILES, "said.txt", "heard.srt", "--by_line");
    assert.match(out, /^Word error rate +14\.29 % \(95 % within 0\.00 % to 33\.33 %\): 0 subst/);
    const { wordErrorInterval } = JSON.parse(await run(FILES, "said.txt", "heard.srt", "--json"));
    assert.equal(wordErrorInterval, null);
  });

  it("says that there is no rate where nothing was said", async () => {
    const out = await run({ ...FILES, "nothing.txt": "" }, "nothing.txt", "short.txt");
    assert.equal(out, "There is no error rate: the reference has no words (2 inserted)\n");
  });

  it("reads the JSON of Python, which has numbers that JSON has not", async () => {
    const json = '{"text": " Mister Gray", "segments": [{"avg_logprob": NaN, "text": " Mister Gray"}]}';
    assert.match(
      await run({ ...FILES, "a.json": json }, "short.txt", "a.json"),
      /^Word error rate +0\.00 %: .* of 2\n/,
    );
  });

  it("refuses files that are no text, and JSON that is no transcription", async () => {
    const wav = new TextEncoder().encode("RIFF\x24\0\0\0WAVEfmt ");
    const refused: [name: string, content: string | Uint8Array, reason: RegExp][] = [
      ["talk.wav", wav, /talk\.wav: it looks like a WAV file, not text/],
      ["nul.txt", "a\0b", /nul\.txt: it is no text in UTF-8$/],
      ["latin.txt", Uint8Array.of(0x61, 0xe9, 0x20), /latin\.txt: it is no text in UTF-8$/],
      ["broken.json", '{"segments": [', /broken\.json: it is not the JSON of a transcription$/],
      ["list.json", "[1, 2]", /list\.json: it is not the JSON of a transcription$/],
      ["other.txt", '{"a": 1}', /other\.txt: it is not the JSON of a transcription$/],
    ];
    for (const [name, content, message] of refused) {
      const found = run({ ...FILES, [name]: content }, "said.txt", name);
      await assert.rejects(found, { name: "UsageError", message });
    }
  });

  it("pairs files line by line, and prints figures as JSON", async () => {
    const found = JSON.parse(await run(FILES, "said.txt", "heard.srt", "--by_line", "--json"));
    assert.equal(found.wordErrorRate, 1 / 7);
    assert.deepEqual(found.utterances.map(({ words }: { words: { deletions: number } }) => words.deletions), [
      0,
      1,
    ]);
  });

  it("refuses files that make no pairs", async () => {
    await assert.rejects(run(FILES, "said.txt"), /Cannot compare 1 file: /);
    await assert.rejects(
      run(FILES, "said.txt", "short.txt", "--by_line"),
      /it has 1 lines, and the reference 2/,
    );
    await assert.rejects(
      run(FILES, "said.txt", "missing.txt"),
      /Cannot read missing\.txt: there is no such file$/,
    );
  });
});
