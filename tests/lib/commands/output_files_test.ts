import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "../../harness.ts";
import { outputStem, writeOutputFiles } from "../../../lib/commands/output_files.ts";

describe("outputStem()", () => {
  it("takes the folder and the last extension away", () => {
    assert.equal(outputStem("out", "talks/a.b.mp3"), join("out", "a.b"));
    assert.equal(outputStem(".", ".hidden"), ".hidden");
  });
});

describe("writeOutputFiles()", () => {
  async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "sotto-"));
    await body(folder).finally(() => rm(folder, { recursive: true }));
  }

  it("writes files over those that are there, and leaves nothing else", () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, "a.txt"), "old");
      await writeOutputFiles(new Map([[join(folder, "a.txt"), "new"], [join(folder, "a.srt"), "1\n"]]));
      assert.deepEqual((await readdir(folder)).sort(), ["a.srt", "a.txt"]);
      assert.equal(await readFile(join(folder, "a.txt"), "utf8"), "new");
    }));

  it("takes its temporary files away when one cannot be written", () =>
    inFolder(async (folder) => {
      const texts = new Map([[join(folder, "a.txt"), "new"], [join(folder, "none", "a.srt"), "1\n"]]);
      await assert.rejects(writeOutputFiles(texts));
      assert.deepEqual(await readdir(folder), []);
    }));

  it("takes them away when one cannot get its name", () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, "a.txt"));
      await assert.rejects(writeOutputFiles(new Map([[join(folder, "a.txt"), "new"]])));
      assert.deepEqual(await readdir(folder), ["a.txt"]);
    }));
});
