import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { openRecording } from "../../../../lib/audio/recording/open_recording.ts";
import { mendMatroska } from "../../../../lib/audio/wasm/matroska_damage.ts";
import { withPatches } from "../../../../lib/audio/wasm/patched_input.ts";
import { describe, fixture, it } from "../../../harness.ts";
import { readDamaged } from "../pcm/damaged.ts";
import { bytes, concat } from "../wav_builder.ts";
import { numbers } from "./mp4_builder.ts";

const UNKNOWN = bytes(0x01, 255, 255, 255, 255, 255, 255, 255);

function element(id: readonly number[], content: Uint8Array, length?: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(bytes(...id), length ?? bytes(0x40 | content.length >> 8, content.length & 255), content);
}

const block = (fill: number) => element([0xa3], new Uint8Array(60).fill(fill));
/** A cluster of five blocks, each of 63 bytes. */
const cluster = (time: number, length?: Uint8Array) =>
  element(
    [0x1f, 0x43, 0xb6, 0x75],
    concat(element([0xe7], bytes(time)), ...[1, 2, 3, 4, 5].map(block)),
    length,
  );
const file = (length?: Uint8Array) => {
  const segment = concat(
    element([0x15, 0x49, 0xa9, 0x66], new Uint8Array(20)),
    ...[0, 1, 2].map((time) => cluster(time, length)),
  );
  return concat(
    numbers(0x1a45dfa3),
    bytes(0x80),
    numbers(0x18538067),
    length ?? bytes(0x40 | segment.length >> 8, segment.length & 255),
    segment,
  );
};

/** Mends a file until there is nothing more to mend, and gives it with what was passed over. */
async function mend(damaged: Uint8Array<ArrayBuffer>) {
  const mended = await mendMatroska(readerOf(damaged), damaged.length);
  const source = {
    size: damaged.length,
    readSync: (offset: number, into: Uint8Array) => {
      into.set(damaged.subarray(offset, offset + into.length));
      return into.length;
    },
  };
  const whole = new Uint8Array(damaged.length);
  withPatches(source, mended.patches).readSync(0, whole);
  assert.deepEqual(await mendMatroska(readerOf(whole), whole.length), { patches: [], lost: 0 });
  return { lost: mended.lost, whole };
}

function readerOf(whole: Uint8Array) {
  return (offset: number, length: number) => Promise.resolve(whole.subarray(offset, offset + length));
}

/** Where the second cluster begins, and where it ends. */
function secondCluster(whole: Uint8Array): [number, number] {
  const starts = [...whole.keys()].filter((at) =>
    whole[at] === 0x1f && whole[at + 1] === 0x43 && whole[at + 2] === 0xb6
  );
  return [starts[1], starts[2]];
}

describe("mendMatroska()", () => {
  it("finds nothing in a whole file, with lengths or without, or in one that was cut off", async () => {
    for (const whole of [file(), file(UNKNOWN), file().slice(0, -100), file(UNKNOWN).slice(0, -100)]) {
      assert.equal((await mend(whole)).lost, 0);
    }
  });

  it("passes over what lies between damage and the next cluster", async () => {
    for (const length of [undefined, UNKNOWN]) {
      const whole = file(length), [, end] = secondCluster(whole);
      for (const blocks of [1, 2, 3]) {
        const damaged = whole.slice();
        damaged.set([0, 0, 0], end - blocks * 63);
        const mended = await mend(damaged);
        assert.equal(mended.lost, blocks * 63);
        assert.deepEqual(mended.whole.slice(0, end - blocks * 63), whole.slice(0, end - blocks * 63));
        assert.deepEqual(mended.whole.slice(end), whole.slice(end));
      }
    }
  });

  it("passes over a block whose length leads out of its cluster, and a cluster whose name is none", async () => {
    const whole = file(), [start, end] = secondCluster(whole);
    const long = whole.slice();
    long.set([0x7f, 0xff], end - 62);
    assert.equal((await mend(long)).lost, 63);
    const nameless = whole.slice();
    nameless[start] = 0;
    assert.equal((await mend(nameless)).lost, end - start);
  });

  it("ends a cluster where the next begins, whatever length it says", async () => {
    const whole = file(), [start, end] = secondCluster(whole);
    const long = whole.slice();
    long[start + 5] += 90;
    const mended = await mend(long);
    assert.equal(mended.lost, 0);
    assert.deepEqual(mended.whole, whole);
    const short = whole.slice();
    short[start + 5] -= 70;
    assert((await mend(short)).lost <= end - start);
  });

  it("leaves an element alone that it does not know but what follows bears out", async () => {
    const stranger = element([0x2a, 0xd7, 0xb1], new Uint8Array(9));
    const whole = file(UNKNOWN), [start] = secondCluster(whole);
    const joined = concat(whole.subarray(0, start), stranger, whole.subarray(start));
    assert.equal((await mend(joined)).lost, 0);
  });

  it("ends for any damage", async () => {
    for (const whole of [file(), file(UNKNOWN)]) {
      await readDamaged(whole, async (damaged) => {
        const { lost } = await mendMatroska(readerOf(damaged), damaged.length);
        assert(lost <= damaged.length);
      });
    }
  });
});

describe("decodeAudio() of a WebM file damaged between its blocks", () => {
  it("takes up the sound again with the next cluster, and says what it passed over", async () => {
    const whole = new Uint8Array(readFileSync(fixture("audio/formats/clusters.webm")));
    for (const at of [2000, 3000, 4000, 5000]) {
      const damaged = whole.slice().fill(0, at, at + 120);
      const warnings: string[] = [];
      const samples = await decodeAudio(damaged, {
        ffmpeg: "no-such-ffmpeg",
        onWarning: (message) => warnings.push(message),
      });
      assert(samples.length > 2.3 * 16000 && samples.length < 3.1 * 16000, `${at}: ${samples.length}`);
      assert.match(warnings.join("\n"), /^the audio bytes is damaged, \d+ bytes of it are passed over$/m);
    }
  });

  it("passes over nothing that the tracks are lost with", async () => {
    const whole = new Uint8Array(readFileSync(fixture("audio/formats/recorder.webm")));
    const { length } = await decodeAudio(whole, { ffmpeg: "no-such-ffmpeg" });
    for (const at of [52, 213, 239]) {
      const damaged = whole.with(at, 0xff);
      assert.equal((await decodeAudio(damaged, { ffmpeg: "no-such-ffmpeg" })).length, length, `${at}`);
    }
  });

  it("gives the same in every pass, in one that began before it was known too", async () => {
    const damaged = new Uint8Array(readFileSync(fixture("audio/formats/clusters.webm"))).fill(0, 3000, 3120);
    await using recording = await openRecording(damaged, { ffmpeg: "no-such-ffmpeg" });
    const pass = async () => {
      const samples: number[] = [];
      for await (const piece of recording.pieces("mix")) samples.push(...piece);
      return samples;
    };
    const [first, beside] = await Promise.all([pass(), pass()]);
    assert(first.length > 2.3 * 16000, `${first.length}`);
    assert.deepEqual(beside, first);
    assert.equal((await pass()).length, first.length);
  });
});
