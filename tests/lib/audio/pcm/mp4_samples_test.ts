import assert from "node:assert/strict";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { ofBytes } from "../../../../lib/audio/input/audio_input.ts";
import { readMp4Samples } from "../../../../lib/audio/pcm/mp4_samples.ts";
import { describe, it } from "../../../harness.ts";
import { box, numbers } from "../wasm/mp4_builder.ts";
import { bytes, concat, text } from "../wav_builder.ts";
import { readDamaged } from "./damaged.ts";
import { type Entry, movie, PICTURE } from "./film_builder.ts";

/** Decodes samples in two chunks. */
async function hear(entry: Entry, data: Uint8Array, samples: number): Promise<number[]> {
  const half = data.length / 2;
  const chunks = [data.subarray(0, half), data.subarray(half)].map((data) => ({
    data,
    samples: samples / 2,
  }));
  return [...await decodeAudio(movie({ entry, chunks }), { ffmpeg: "no-such-ffmpeg" })];
}

describe("samples in a QuickTime film", () => {
  const wide = (bits: number) => (values: number[], little = false) =>
    concat(...values.map((value) => {
      const all = numbers(Math.round(value * 2 ** 31)).slice(0, bits / 8);
      return little ? all.reverse() : all;
    }));
  const float = (little = false) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat32(0, 0.5, little);
    view.setFloat32(4, -0.25, little);
    return new Uint8Array(view.buffer);
  };
  const littleEndian = box("wave", box("frma", text("in24")), box("enda", bytes(0, 1)));
  const half = [0.5, -0.25];

  it("are read as their codec stores them", async () => {
    for (
      const [entry, data] of [
        [{ codec: "twos" }, wide(16)(half)],
        [{ codec: "sowt" }, wide(16)(half, true)],
        [{ codec: "sowt", bits: 8 }, wide(8)(half)],
        [{ codec: "raw ", bits: 8 }, bytes(192, 96)],
        [{ codec: "NONE" }, wide(16)(half)],
        [{ codec: "in24" }, wide(24)(half)],
        [{ codec: "in24", version: 1, bits: 24, boxes: littleEndian }, wide(24)(half, true)],
        [{ codec: "in32", version: 1, bits: 32 }, wide(32)(half)],
        [{ codec: "fl32", version: 1, bits: 32 }, float()],
        [{ codec: "lpcm", version: 2, bits: 32, flags: 1 }, float(true)],
        [{ codec: "lpcm", version: 2, bits: 24, flags: 6 }, wide(24)(half)],
        [{ codec: "lpcm", version: 2, bits: 8 }, bytes(192, 96)],
        [{ codec: "ipcm", boxes: box("pcmC", numbers(0), bytes(1, 16)) }, wide(16)(half, true)],
        [{ codec: "fpcm", bits: 32, boxes: box("pcmC", numbers(0), bytes(0, 32)) }, float()],
      ] as const
    ) assert.deepEqual(await hear(entry, data, 2), half, JSON.stringify(entry));
    assert.deepEqual(await hear({ codec: "alaw", bits: 16 }, bytes(0xd5, 0x55), 2), [8 / 32768, -8 / 32768]);
    assert.deepEqual(await hear({ codec: "ulaw", version: 1, bits: 8 }, bytes(0xff, 0x00), 2), [
      0,
      -32124 / 32768,
    ]);
  });

  it("of more than two channels are mixed", async () => {
    // Silence in front, and half of full scale in both of those behind.
    const data = wide(16)([0, 0, 0, 0, 0.5, 0.5]);
    const chunks = [{ data, samples: 1 }];
    const [sample] = await decodeAudio(movie({ entry: { codec: "twos", channels: 6 }, chunks }));
    assert(sample > 0.1 && sample < 0.2, `${sample}`);
  });

  const chunks = [1, 2, 3].map((value) => ({ data: wide(16)([value / 8, value / 8]), samples: 2 }));
  const entry = { codec: "twos" };

  it("are those that the edit list leaves", async () => {
    const edits = box("elst", numbers(0, 1, 1, 1, 1 << 16));
    const long = Array.from(
      { length: 3 },
      (_, i) => ({ data: wide(16)(Array(8).fill((i + 1) / 8)), samples: 8 }),
    );
    const samples = await decodeAudio(movie({ entry, chunks: long, edits }));
    assert.deepEqual([...samples], [...Array(7).fill(1 / 8), ...Array(8).fill(2 / 8), 3 / 8]);
  });

  it("are heard as far as they are there, with a warning", async () => {
    const long = Array.from({ length: 3 }, () => ({ data: new Uint8Array(16000), samples: 8000 }));
    const whole = movie({ entry, chunks: long });
    // The last chunk begins where the file ends.
    const last = 12 + 8 + 3 * PICTURE.length + 2 * 16000;
    const warnings: string[] = [];
    const samples = await decodeAudio(movie({ entry, chunks: long, shift: whole.length - last }), {
      onWarning: (message) => warnings.push(message),
    });
    assert.equal(samples.length, 16000);
    assert.deepEqual(warnings, ["the audio bytes is damaged, 0.5 of the 1.5 s of its header cannot be read"]);
  });

  it("are not read where they are more than the file has", async () => {
    const again = Array.from({ length: 200 }, () => chunks[0]);
    const lying = again.map((chunk) => ({ ...chunk, samples: 2000 }));
    assert.notEqual(await readMp4Samples(ofBytes(movie({ entry, chunks: again }), "a film")), undefined);
    assert.equal(await readMp4Samples(ofBytes(movie({ entry, chunks: lying }), "a film")), undefined);
  });

  it("of another codec are left to others", async () => {
    for (const other of [{ codec: "mp4a" }, { codec: "twos", bits: 20 }, { codec: "twos", channels: 0 }]) {
      assert.equal(await readMp4Samples(ofBytes(movie({ entry: other, chunks }), "a film")), undefined);
    }
  });

  it("end for any damage", async () => {
    await readDamaged(movie({ entry, chunks }), async (file) => {
      const found = await readMp4Samples(ofBytes(file, "a film"));
      if (found === undefined) return;
      const { dataOffset, frameCount, frameSize } = found.samples;
      assert(dataOffset + frameCount * frameSize <= found.sound.size && found.sound.size <= file.length);
    });
  });
});
