import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../../lib/commands/command.ts";
import { command } from "../../../lib/commands/eval.ts";
import { describe, it } from "../../harness.ts";
import { withFolder } from "../checkpoint/download/download_fixture.ts";

async function run(files: Record<string, string>, ...args: string[]): Promise<string> {
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
      /^Word error rate +14\.29 % \(95 % within .* 0 substituted, 1 deleted and 0 inserted of 7\n/,
    );
    assert.match(out, /\nCharacter error rate 15\.63 % .* 5 deleted and 0 inserted of 32\n$/);
  });

  it("shows what was said above what was heard", async () => {
    const out = await run(FILES, "said.txt", "heard.srt", "--show");
    assert.match(
      out,
      /^heard\.srt\nREF: mister gray had £20 he WENT home\nHYP: mister gray had £20 he \*{4} home\n/,
    );
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
    await assert.rejects(run(FILES, "said.txt"), UsageError);
    await assert.rejects(
      run(FILES, "said.txt", "short.txt", "--by_line"),
      /it has 1 lines, and the reference 2/,
    );
    await assert.rejects(run(FILES, "said.txt", "missing.txt"), /Cannot read missing\.txt/);
  });
});
