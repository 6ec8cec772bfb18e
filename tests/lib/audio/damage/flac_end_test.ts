import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { endOfFlac } from "../../../../lib/audio/damage/flac_end.ts";
import { describe, fixture, it } from "../../../harness.ts";
import { seededNormal } from "../../../seeded_random.ts";
import { bytes, concat, text } from "../wav_builder.ts";

const NAMES = ["mono-16000.flac", "unknown-length.flac"];

const read = (name: string) => new Uint8Array(readFileSync(fixture(`audio/formats/${name}`)));

const endOf = (file: Uint8Array) =>
  endOfFlac((offset, length) => Promise.resolve(file.subarray(offset, offset + length)), file.length);

const normal = seededNormal(7);

/** What is found behind the sound of files: tags, the end of a line, anything. */
const TAILS: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  "a tag of ID3v1": concat(text("TAG".padEnd(128, "x"))),
  "a tag of APE": concat(text("APETAGEX"), bytes(0xd0, 7, 0, 0, 64, 0, 0, 0), text("Title=Emma".repeat(5))),
  "the end of a line": concat(bytes(13, 10)),
  "zeros and a letter": concat(new Uint8Array(64), text("x")),
  "anything": Uint8Array.from({ length: 5000 }, () => 256 * normal()),
};

describe("endOfFlac()", () => {
  for (const name of NAMES) {
    it(`is the end of a file that ends with its last frame, ${name}`, async () => {
      const file = read(name);
      assert.equal(await endOf(file), file.length);
    });

    it(`leaves out what stands behind the last frame, ${name}`, async () => {
      const file = read(name);
      const whole = await decodeAudio(file, { ffmpeg: "no-such-ffmpeg" });
      for (const [what, tail] of Object.entries(TAILS)) {
        const more = concat(file, tail);
        const end = await endOf(more);
        assert(end >= file.length && end < more.length, `${what}: ${end} of ${file.length}`);
        const onWarning = (message: string) => assert.fail(`${what}: ${message}`);
        const heard = await decodeAudio(more, { ffmpeg: "no-such-ffmpeg", onWarning });
        assert.deepEqual(heard, whole, what);
      }
    });
  }

  it("leaves a file whole that was cut off, is no FLAC, or is nothing", async () => {
    const file = read("mono-16000.flac");
    for (const part of [file.subarray(0, -100), file.subarray(0, 42), read("adts.aac"), new Uint8Array(0)]) {
      assert.equal(await endOf(part), part.length);
    }
  });
});
