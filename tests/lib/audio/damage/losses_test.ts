import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { findLosses } from "../../../../lib/audio/damage/losses.ts";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { describe, fixture, it } from "../../../harness.ts";
import { readDamaged } from "../pcm/damaged.ts";
import { bytes, concat, text } from "../wav_builder.ts";

const read = (name: string) => new Uint8Array(readFileSync(fixture(`audio/formats/${name}`)));

/** Decodes a file here, and gives its seconds and what was said of it. */
async function hear(file: Uint8Array<ArrayBuffer>) {
  const warnings: string[] = [];
  const samples = await decodeAudio(file, {
    ffmpeg: "no-such-ffmpeg",
    onWarning: (message) => warnings.push(message.replace("the audio bytes is damaged, ", "")),
  });
  return { seconds: samples.length / 16000, warnings };
}

/** Where the pages of an Ogg file begin. */
function pagesOf(file: Uint8Array): number[] {
  return [...file.keys()].filter((at) => String.fromCharCode(...file.subarray(at, at + 4)) === "OggS");
}

const withoutBytes = (file: Uint8Array, from: number, to: number) =>
  concat(file.subarray(0, from), file.subarray(to));

const lossesOf = (container: string, file: Uint8Array, seconds = 0) =>
  findLosses(
    container,
    (offset, length) => Promise.resolve(file.subarray(offset, offset + length)),
    file.length,
    { track: 0, seconds },
  );

/** The seconds that a warning says are missing. */
function missingOf(warnings: readonly string[]): number {
  assert.equal(warnings.length, 1, warnings.join("\n"));
  const missing = /^about ([\d.]+) s of it are missing$/.exec(warnings[0])?.[1];
  assert(missing !== undefined, warnings[0]);
  return Number(missing);
}

describe("findLosses() of an Ogg file", () => {
  it("tells about how long the pages were that are damaged or cut out", async () => {
    for (const name of ["stereo.opus", "stereo-44100.ogg"]) {
      const whole = read(name), [from, to] = pagesOf(whole).slice(3);
      for (
        const damaged of [
          whole.slice().fill(0x55, from + 300, from + 320),
          whole.slice().fill(0, from, to),
          withoutBytes(whole, from, to),
          withoutBytes(whole, from + 1000, to),
        ]
      ) {
        const { seconds, warnings } = await hear(damaged);
        assert(seconds < 2.1, `${name}: ${seconds}`);
        assert.equal(warnings.length, 1, warnings.join("\n"));
        const { seconds: missing } = (await lossesOf("ogg", damaged))!;
        assert(Math.abs(seconds + missing - 3) < 0.2, `${name}: ${seconds} + ${missing}`);
      }
    }
  });

  it("finds nothing missing of what begins in the middle, as of a radio, or is chained", async () => {
    for (const name of ["stereo.opus", "stereo-44100.ogg"]) {
      const whole = read(name), [from, to] = pagesOf(whole).slice(2);
      assert.deepEqual(await lossesOf("ogg", withoutBytes(whole, from, to)), { seconds: 0, bytes: 0 });
      assert.deepEqual((await hear(concat(whole, read("stereo.opus"), whole))).warnings, []);
    }
  });

  it("counts what belongs to nothing in bytes: a first page that is damaged, the end of a file that does not end", async () => {
    const whole = read("stereo.opus"), last = pagesOf(whole).at(-1)!;
    assert.deepEqual(await lossesOf("opus", concat(whole, new Uint8Array(3000))), { seconds: 0, bytes: 0 });
    const open = concat(whole.subarray(0, last), new Uint8Array(3000));
    assert.deepEqual(await lossesOf("opus", open), { seconds: 0, bytes: 3000 });
    const second = read("stereo-44100.ogg").fill(0, 30, 34), [, page] = pagesOf(second);
    assert.deepEqual(await lossesOf("opus", concat(whole, second)), { seconds: 0, bytes: page });
  });
});

describe("findLosses() of a FLAC file of unknown length", () => {
  it("tells how long the frames were that are damaged or cut out", async () => {
    const whole = read("unknown-length.flac");
    assert.deepEqual((await hear(whole)).warnings, []);
    for (
      const damaged of [
        whole.slice().fill(0x55, 20_000, 20_400),
        whole.slice().fill(0, 20_000, 30_000),
        withoutBytes(whole, 20_000, 30_000),
      ]
    ) {
      const { seconds, warnings } = await hear(damaged);
      const missing = missingOf(warnings);
      assert(Math.abs(seconds + missing - 3) < 0.06, `${seconds} + ${missing}`);
    }
  });

  it("tells of a last frame that is cut off", async () => {
    const { warnings } = await hear(read("unknown-length.flac").slice(0, 30_000));
    assert(missingOf(warnings) > 0);
  });
});

describe("findLosses() of MPEG audio that does not count its frames", () => {
  it("tells how many bytes are no frames", async () => {
    const whole = read("stereo-48000.mp2");
    assert.deepEqual(await lossesOf("mp3", whole), { seconds: 0, bytes: 0, tags: 0 });
    const zeros = await lossesOf("mp3", whole.slice().fill(0, 10_000, 14_000));
    assert(zeros!.bytes >= 3600 && zeros!.bytes < 4800, `${zeros?.bytes}`);
    const hole = await lossesOf("mp3", withoutBytes(whole, 10_000, 14_000));
    assert(hole!.bytes > 0 && hole!.bytes < 1200, `${hole?.bytes}`);
    assert.deepEqual(await lossesOf("mp3", whole.slice(0, -100)), { seconds: 0, bytes: 92, tags: 0 });
  });

  it("passes over tags, before, between and behind the frames", async () => {
    const whole = read("stereo-48000.mp2");
    const id3 = concat(text("ID3"), bytes(4, 0, 0, 0, 0, 1, 0), new Uint8Array(128).fill(0xff));
    const id3v1 = concat(text("TAG"), new Uint8Array(125).fill(0x20));
    const ape = concat(
      text("APETAGEX"),
      bytes(208, 7, 0, 0, 132, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 160),
      new Uint8Array(8),
    );
    const foot = ape.with(23, 128), item = new Uint8Array(100).fill(0xff);
    const tagged = concat(id3, whole, ape, item, foot, id3v1);
    assert.deepEqual(await lossesOf("mp3", tagged), { seconds: 0, bytes: 0, tags: 0 });
    assert.equal((await lossesOf("mp3", concat(tagged, tagged)))!.bytes, 0);
  });

  it("says nothing of a decoder that took a tag between joined files for frames of another layer", async () => {
    const whole = read("mono-16000.mp3");
    assert.deepEqual((await hear(concat(whole, read("cover.mp3")))).warnings, []);
  });
});

describe("findLosses()", () => {
  it("ends for any damage, and finds no more than there could be", async () => {
    const files = { opus: "stereo.opus", flac: "unknown-length.flac", mp3: "mono-8000.mp3" };
    for (const [container, name] of Object.entries(files)) {
      await readDamaged(read(name).slice(0, 12_000), async (damaged) => {
        const losses = await lossesOf(container, damaged);
        assert(losses && losses.bytes <= damaged.length && losses.seconds >= 0, name);
      });
    }
  });

  it("looks at a page within a page within a page no longer than at some", async () => {
    const page = concat(text("OggS"), new Uint8Array(22), bytes(255), new Uint8Array(255).fill(255));
    const nested = new Uint8Array(3_000_000);
    for (let at = 0; at + page.length < nested.length; at += 300) nested.set(page, at);
    assert.equal((await lossesOf("opus", nested))?.seconds, 0);
  });
});

describe("decodeAudio()", () => {
  it("tells what an Opus track of a Core Audio file lacks of its header's length", async () => {
    const damaged = read("opus.caf").fill(0, 3000, 5000);
    const { warnings } = await hear(damaged);
    assert.match(warnings[0] ?? "", /^\d\.\d of the 3\.0 s of its header cannot be read$/);
  });

  it("names the codec of an AIFC file that it leaves to ffmpeg", async () => {
    const whole = read("float.aifc");
    whole.set(text("ima4"), 50);
    await assert.rejects(
      hear(whole),
      /looks like an AIFF file whose codec is IMA ADPCM, which needs the program/,
    );
  });
});
