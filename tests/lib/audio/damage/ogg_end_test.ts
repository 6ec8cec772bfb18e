import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { endOfOgg, isOgg } from "../../../../lib/audio/damage/ogg_end.ts";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { describe, fixture, it } from "../../../harness.ts";

const file = new Uint8Array(readFileSync(fixture("audio/formats/flac.oga")));

const endOf = (file: Uint8Array) =>
  endOfOgg((offset, length) => Promise.resolve(file.subarray(offset, offset + length)), file.length);

/** Where the pages begin, and the end. */
const BORDERS = [...file.keys(), file.length].filter((at) =>
  at === file.length || String.fromCharCode(...file.subarray(at, at + 4)) === "OggS"
);

describe("endOfOgg()", () => {
  it("is the end of a file whose last page is whole, and the beginning of one that is cut off anywhere", async () => {
    assert(BORDERS.length > 4);
    for (const [i, begin] of BORDERS.slice(1, -1).entries()) {
      const end = BORDERS[i + 2];
      assert.equal(await endOf(file.subarray(0, end)), end);
      for (const cut of [begin + 5, begin + 26, begin + 27, begin + 30, end - 1]) {
        assert.equal(await endOf(file.subarray(0, cut)), begin, `cut off at ${cut}`);
      }
    }
  });

  it("leaves a file that has no whole page as it is, and nothing", async () => {
    for (const length of [0, 3, 20, BORDERS[1] - 1]) {
      assert.equal(await endOf(file.subarray(0, length)), length);
    }
  });

  it("lets Ogg FLAC be heard to where it was cut off, with a warning", async () => {
    const whole = await decodeAudio(file, { ffmpeg: "no-such-ffmpeg" });
    for (const part of [0.6, 0.75, 0.9, 0.999]) {
      const warnings: string[] = [];
      const onWarning = (message: string) => warnings.push(message);
      const cut = file.slice(0, part * file.length);
      const heard = await decodeAudio(cut, { ffmpeg: "no-such-ffmpeg", onWarning });
      assert.deepEqual(heard, whole.subarray(0, heard.length));
      assert(heard.length > (part - 0.5) * whole.length && heard.length < whole.length, `${heard.length}`);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], /what is after [\d.]+ s cannot be read: it is cut off$/);
    }
  });
});

describe("isOgg()", () => {
  it("knows the containers that are", () => {
    assert.deepEqual(["opus", "vorbis", "oggflac", "ogg"].map(isOgg), [true, true, true, true]);
    assert.deepEqual(["flac", "webm", undefined].map(isOgg), [false, false, false]);
  });
});
