import assert from "node:assert/strict";
import { readEdit } from "../../../../lib/audio/wasm/mp4_edits.ts";
import { endOfSegment, statedSize } from "../../../../lib/audio/wasm/stated_size.ts";
import { describe, it } from "../../../harness.ts";
import { readDamaged } from "../pcm/damaged.ts";
import { bytes, concat, text } from "../wav_builder.ts";
import { box, numbers as u32 } from "./mp4_builder.ts";

/** A movie whose units are milliseconds, with tracks of these handlers and edits at 44,100 units a second. */
const movie = (...tracks: { handler: string; edits?: number[][] }[]) =>
  box(
    "moov",
    box("mvhd", u32(0, 0, 0, 1000, 5000)),
    ...tracks.map(({ handler, edits }) =>
      box(
        "trak",
        ...(edits
          ? [box("edts", box("elst", u32(0, edits.length), ...edits.map((edit) => u32(...edit, 1 << 16))))]
          : []),
        box("mdia", box("mdhd", u32(0, 0, 0, 44100, 0)), box("hdlr", u32(0, 0), text(handler), u32(0, 0, 0))),
      )
    ),
  );
const edit = (file: Uint8Array, track = 0) =>
  readEdit((offset, length) => Promise.resolve(file.subarray(offset, offset + length)), file.length, track);

describe("readEdit()", () => {
  const file = (edits: number[][]) => concat(box("ftyp", text("M4A ")), movie({ handler: "soun", edits }));

  it("reads where the sound begins and how long it is", async () => {
    assert.deepEqual(await edit(file([[2990, 1024]])), { start: 1024 / 44100, duration: 2.99 });
  });

  it("passes over an empty edit, which delays the track", async () => {
    assert.deepEqual(await edit(file([[500, 0xffffffff], [2000, 2112]])), {
      start: 2112 / 44100,
      duration: 2,
    });
  });

  it("takes a length of 0, as fragmented files have it, for the whole rest", async () => {
    assert.deepEqual(await edit(file([[0, 1024]])), { start: 1024 / 44100 });
  });

  it("joins edits that follow each other, and takes no others", async () => {
    assert.deepEqual(await edit(file([[1000, 0], [1000, 44100]])), { start: 0, duration: 2 });
    assert.equal(await edit(file([[1000, 44100], [1000, 0]])), undefined);
  });

  it("counts audio tracks only", async () => {
    const film = movie(
      { handler: "vide", edits: [[1, 1]] },
      { handler: "soun" },
      { handler: "soun", edits: [[4000, 441]] },
    );
    assert.equal(await edit(film, 0), undefined);
    assert.deepEqual(await edit(film, 1), { start: 0.01, duration: 4 });
    assert.equal(await edit(film, 2), undefined);
  });

  it("ends for any damage", async () => {
    await readDamaged(file([[2990, 1024]]), (damaged) => edit(damaged));
  });
});

describe("statedSize()", () => {
  const size = (file: Uint8Array, container: string) =>
    statedSize(
      (offset, length) => Promise.resolve(file.subarray(offset, offset + length)),
      file.length,
      container,
    );

  it("is where the last box of an MP4 ends", async () => {
    const file = concat(box("ftyp", text("M4A ")), box("mdat", new Uint8Array(100)));
    assert.equal(await size(file, "mp4"), file.length);
    assert.equal(await size(file.slice(0, 40), "mp4"), file.length);
    assert.equal(await size(file.slice(0, 40), "mp3"), 40);
    assert.equal(await size(concat(box("ftyp"), u32(0), text("mdat"), bytes(1, 2, 3)), "mp4"), 19);
  });

  it("is where the form of an AIFF or WAV file ends, and the last chunk of a CAF", async () => {
    assert.equal(await size(concat(text("FORM"), u32(1000), text("AIFF")), "aiff"), 1008);
    assert.equal(await size(concat(text("RIFF"), bytes(0xe8, 3, 0, 0), text("WAVE")), "wav"), 1008);
    assert.equal(await size(concat(text("RIFF"), u32(0xffffffff), text("WAVE")), "wav"), 12);
    const caf = (length: Uint8Array) => concat(text("caff"), u32(1 << 16), text("data"), length);
    assert.equal(await size(caf(u32(0, 500)), "caf"), 520);
    assert.equal(await size(caf(u32(0xffffffff, 0xffffffff)), "caf"), 20);
  });

  it("is where the segment of a Matroska file ends, or unknown", () => {
    const head = concat(u32(0x1a45dfa3), bytes(0x83, 1, 2, 3), u32(0x18538067));
    assert.equal(endOfSegment(concat(head, bytes(0x40, 200))), head.length + 2 + 200);
    assert.equal(endOfSegment(concat(head, bytes(0x85, 0, 0, 0))), head.length + 1 + 5);
    assert.equal(endOfSegment(concat(head, bytes(0x01, ...Array(7).fill(255)))), Infinity);
    assert.equal(endOfSegment(concat(head, bytes(0x01, 0, 0))), undefined);
    assert.equal(endOfSegment(bytes(0x1a, 0x45, 0xdf, 0xa3)), undefined);
    assert.equal(endOfSegment(bytes()), undefined);
  });
});
