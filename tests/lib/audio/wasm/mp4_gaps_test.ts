import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { missingSeconds } from "../../../../lib/audio/wasm/mp4_gaps.ts";
import { describe, fixture, it } from "../../../harness.ts";
import { readDamaged } from "../pcm/damaged.ts";
import { bytes, concat, text } from "../wav_builder.ts";
import { box, numbers } from "./mp4_builder.ts";

/** Units a second, and of a sample where nothing else is said. */
const SCALE = 1000, SAMPLE = 20;

/** A movie with a picture's track, 1, and a track of sound, 2, in fragments. */
const head = concat(
  box("ftyp", text("iso5")),
  box(
    "moov",
    ...["vide", "soun"].map((handler, i) =>
      box(
        "trak",
        box("tkhd", numbers(0, 0, 0, i + 1)),
        box("mdia", box("mdhd", numbers(0, 0, 0, SCALE, 0)), box("hdlr", numbers(0, 0), text(handler))),
      )
    ),
    box("mvex", box("trex", numbers(0, 2, 1, SAMPLE, 0, 0))),
  ),
);

/** A fragment of 50 samples of sound, a second, and of a picture. */
function fragment(start: number, { own = numbers(0x20000, 2), run = numbers(0, 50) } = {}) {
  return concat(
    box(
      "moof",
      box("traf", box("tfhd", numbers(0, 1)), box("tfdt", numbers(0, 77)), box("trun", numbers(0, 1))),
      box("traf", box("tfhd", own), box("tfdt", numbers(0, start)), box("trun", run)),
    ),
    box("mdat", new Uint8Array(50)),
  );
}

const missing = (...fragments: Uint8Array[]) => missingOf(concat(head, ...fragments));
const missingOf = (file: Uint8Array) =>
  missingSeconds((offset, length) => Promise.resolve(file.subarray(offset, offset + length)), file.length, 0);

describe("missingSeconds() of a fragmented MP4", () => {
  it("is what lacks between a fragment's end and the next one's beginning", async () => {
    assert.equal(await missing(), 0);
    assert.equal(await missing(fragment(0), fragment(1000), fragment(2000)), 0);
    assert.equal(await missing(fragment(0), fragment(3000), fragment(4000), fragment(6000)), 3);
  });

  it("is what damage covers and all that stands behind it, which is not heard", async () => {
    const [first, second, third, fourth] = [0, 1000, 2000, 3000].map((start) => fragment(start));
    for (const hole of [new Uint8Array(second.length), second.map((byte) => byte ^ 0x5a)]) {
      assert.equal(await missing(first, hole, third, fourth), 3);
      // One that is cut off behind it, and the word alone, are no fragments.
      assert.equal(await missing(first, hole, third, fourth.subarray(0, 30)), 2);
      assert.equal(await missing(first, hole, text("moof moof")), 0);
    }
    // Whole fragments are missing nowhere else: a file that is cut off ends there.
    assert.equal(await missing(first, second, third.subarray(0, -20)), 0);
  });

  it("takes neither what is ahead of the first for missing, nor a clock that is not quite even", async () => {
    assert.equal(await missing(fragment(900_000), fragment(901_030), fragment(901_990)), 0);
  });

  it("counts samples by the fragment, by each sample, or by the movie, and long times", async () => {
    assert.equal(await missing(fragment(0, { own: numbers(0x20008, 2, 40) }), fragment(2000)), 0);
    const each = { run: concat(numbers(0x305, 2, 99, 99), numbers(1500, 7, 500, 7)) };
    assert.equal(await missing(fragment(0, each), fragment(2000)), 0);
    const later = (time: Uint8Array) =>
      box(
        "moof",
        box("traf", box("tfhd", numbers(0x20000, 2)), box("tfdt", time), box("trun", numbers(0, 50))),
      );
    assert.equal(await missing(fragment(0), later(numbers(1 << 24, 0, 3000))), 2);
  });

  it("is nothing of a file without fragments, or of one that is not read", async () => {
    assert.equal(await missingOf(concat(box("ftyp"), box("moov"))), 0);
    assert.equal(await missingOf(bytes(1, 2, 3)), 0);
  });

  it("ends for any damage", async () => {
    await readDamaged(concat(head, fragment(0), fragment(3000)), async (file) => {
      assert(await missingOf(file) >= 0);
    });
  });
});

describe("decodeAudio() of a fragmented MP4", () => {
  it("says nothing of a whole one", async () => {
    const whole = new Uint8Array(readFileSync(fixture("audio/formats/fragments.mp4")));
    await decodeAudio(whole, { ffmpeg: "no-such-ffmpeg", onWarning: (message) => assert.fail(message) });
  });

  it("says what lacks between its fragments", async () => {
    const whole = readFileSync(fixture("audio/formats/fragments.mp4"));
    const moof = whole.indexOf("moof") - 4;
    // The same again, ten seconds later: where its samples are is counted from the fragment on.
    const again = whole.subarray(
      moof,
      whole.indexOf("mdat", moof) - 4 + whole.readUInt32BE(whole.indexOf("mdat", moof) - 4),
    );
    const warnings: string[] = [];
    const later = Uint8Array.from(again);
    const time = again.indexOf("tfdt") + 4;
    const view = new DataView(later.buffer, time);
    if (view.getUint8(0) === 1) view.setUint32(8, view.getUint32(8) + 160_000);
    else view.setUint32(4, view.getUint32(4) + 160_000);
    const twice = concat(whole.subarray(0, moof), again, later);
    await decodeAudio(twice, { ffmpeg: "no-such-ffmpeg", onWarning: (message) => warnings.push(message) });
    assert.match(
      warnings.join("\n"),
      /^the audio bytes is damaged, fragments of it with [67]\.\d s are missing$/m,
    );
  });
});
