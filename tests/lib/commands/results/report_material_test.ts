import assert from "node:assert/strict";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { addressFrom, reportMaterial } from "../../../../lib/commands/results/report_material.ts";
import { describe, fixture, it } from "../../../harness.ts";
import { withFolder } from "../../checkpoint/download/download_fixture.ts";

describe("reportMaterial()", () => {
  it("measures a file and finds the way to it, for formats that show it alone", () =>
    withFolder(async (folder) => {
      const path = join(folder, "in", "a talk #1.wav");
      await mkdir(join(folder, "in"));
      await copyFile(fixture("sense.wav"), path);
      const results = join(folder, "out", "talk");
      const { waveform, recording } = await reportMaterial(path, { formats: ["txt", "html"], results });
      assert.equal(recording, "../in/a%20talk%20%231.wav");
      assert.equal(Math.round(waveform!.duration), 27);
      assert.deepEqual(await reportMaterial(path, { formats: ["txt", "json"], results }), {});
      const stream = new Blob().stream();
      assert.deepEqual(await reportMaterial(stream, { formats: ["html"], results }), {});
    }));

  it("says so where a recording cannot be gone through again, and does without", () =>
    withFolder(async (folder) => {
      const path = join(folder, "talk.wav");
      await writeFile(path, "RIFF");
      const warnings: string[] = [];
      const onWarning = (message: string) => warnings.push(message);
      const options = { formats: ["html"], results: join(folder, "talk"), onWarning };
      assert.deepEqual(await reportMaterial(path, options), { recording: "talk.wav" });
      assert.match(warnings.join(), /^There is no waveform: Cannot decode /);
    }));

  it("names a file beside the page by its name", () => {
    assert.equal(addressFrom(join("a", "b"), join("a", "b", "javascript:x.mp3")), "javascript%3Ax.mp3");
  });
});
