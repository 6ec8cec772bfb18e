import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { transcribeFiles } from "../../../lib/commands/transcribe.ts";
import { expandWildcards } from "../../../lib/commands/wildcards.ts";
import { describe, it, itNeeds } from "../../harness.ts";
import { withFolder } from "../checkpoint/download/download_fixture.ts";
import { fakeTerminal } from "./terminal/fake_terminal.ts";

/** Calls `use` with the beginning of paths in a folder with some files and a folder. */
async function inFolder(use: (start: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    for (const name of ["b.wav", "a (1).WAV", "a.mp3", "été.wav"]) await writeFile(join(folder, name), "");
    await mkdir(join(folder, "c.wav"));
    await use(`${folder}/`);
  });
}

describe("expandWildcards()", () => {
  it("puts files in the place of a word on Windows, in the order of their names", () =>
    inFolder(async (start) => {
      const files = await expandWildcards(["first.wav", `${start}*.wav`, `${start}?.mp3`], "win32");
      const wanted = ["a (1).WAV", "b.wav", "été.wav", "a.mp3"].map((name) => start + name);
      assert.deepEqual(files, ["first.wav", ...wanted]);
      assert.deepEqual(await expandWildcards([`${start}A (*`], "win32"), [`${start}a (1).WAV`]);
    }));

  it("leaves alone what means no file, addresses, and every word on other systems", () =>
    inFolder(async (start) => {
      const words = [`${start}*.flac`, `${start}none/*.wav`, "http://127.0.0.1/talk.wav?v=*", "-"];
      assert.deepEqual(await expandWildcards(words, "win32"), words);
      assert.deepEqual(await expandWildcards([`${start}*.wav`], "linux"), [`${start}*.wav`]);
    }));

  const elsewhere = process.platform === "win32" ? undefined : "elsewhere the shell does it";
  itNeeds(elsewhere, "is what transcribing does first on Windows", () =>
    inFolder(async (start) => {
      const terminal = fakeTerminal();
      const load = () => Promise.reject(new Error("asked for a model"));
      const args = [`${start}?.*`, "--output_dir", start];
      await assert.rejects(transcribeFiles(args, terminal, load), /asked for a model/);
      assert.equal(terminal.written.err, "");
    }));
});
