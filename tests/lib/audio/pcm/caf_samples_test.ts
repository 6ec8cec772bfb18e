import assert from "node:assert/strict";
import { ofBytes } from "../../../../lib/audio/input/audio_input.ts";
import { readCafSamples } from "../../../../lib/audio/pcm/caf_samples.ts";
import { describe, it } from "../../../harness.ts";
import { numbers } from "../wasm/mp4_builder.ts";
import { bytes, concat, text } from "../wav_builder.ts";
import { readDamaged } from "./damaged.ts";
import { hear } from "./heard.ts";

interface CafFields {
  readonly codec?: string;
  readonly flags?: number;
  readonly bits?: number;
  readonly channels?: number;
  /** Bytes of a frame. */
  readonly packetSize?: number;
  /** Which speakers there are, a bit each. */
  readonly mask?: number;
  /** The size that the data's chunk states. */
  readonly dataSize?: number;
}

function chunk(type: string, data: Uint8Array, size = data.length): Uint8Array {
  return concat(text(type), numbers(size < 0 ? 0xffffffff : 0, size), data);
}

function caf(data: Uint8Array, fields: CafFields = {}): Uint8Array<ArrayBuffer> {
  const { codec = "lpcm", flags = 0, bits = 16, channels = 1, mask } = fields;
  const { packetSize = channels * bits / 8, dataSize } = fields;
  // 16 kHz as 64-bit floating point.
  const rate = bytes(0x40, 0xcf, 0x40, 0, 0, 0, 0, 0);
  return concat(
    concat(text("caff"), bytes(0, 1, 0, 0)),
    chunk("desc", concat(rate, text(codec), numbers(flags, packetSize, 1, channels, bits))),
    mask === undefined ? bytes() : chunk("chan", numbers(0x10000, mask, 0)),
    chunk("free", new Uint8Array(7)),
    chunk("data", concat(numbers(0), data), dataSize),
  );
}

describe("samples in a Core Audio file", () => {
  it("are read as the description says", async () => {
    const half = [0.5, -0.25];
    for (
      const [fields, data] of [
        [{}, bytes(0x40, 0, 0xe0, 0)],
        [{ flags: 2 }, bytes(0, 0x40, 0, 0xe0)],
        [{ bits: 8 }, bytes(0x40, 0xe0)],
        [{ bits: 24 }, bytes(0x40, 0, 0, 0xe0, 0, 0)],
        [{ bits: 32, flags: 1 }, numbers(0x3f000000, 0xbe800000)],
      ] as const
    ) {
      assert.deepEqual(
        await hear(caf(data, fields)),
        { samples: half, warnings: [] },
        JSON.stringify(fields),
      );
    }
    const alaw = await hear(caf(bytes(0xd5, 0x55), { codec: "alaw", bits: 8 }));
    assert.deepEqual(alaw.samples, [8 / 32768, -8 / 32768]);
    const ulaw = await hear(caf(bytes(0xff, 0x00), { codec: "ulaw", bits: 8 }));
    assert.deepEqual(ulaw.samples, [0, -32124 / 32768]);
  });

  it("are mixed by the speakers that it names", async () => {
    // Left, right and low frequencies, of which the last counts nothing.
    const { samples } = await hear(caf(bytes(0x20, 0, 0x20, 0, 0x7f, 0xff), { channels: 3, mask: 0b1011 }));
    assert(Math.abs(samples[0] - 0.25) < 1e-6, `${samples[0]}`);
  });

  it("go on to the end where their size is not known", async () => {
    const { samples, warnings } = await hear(caf(bytes(0x40, 0, 0xe0, 0), { dataSize: -1 }));
    assert.deepEqual([samples, warnings], [[0.5, -0.25], []]);
  });

  it("are heard as far as they are there, with a warning", async () => {
    const { samples, warnings } = await hear(caf(new Uint8Array(32000), { dataSize: 64004 }));
    assert.equal(samples.length, 16000);
    assert.deepEqual(warnings, ["the audio bytes is damaged, 1.0 of the 2.0 s of its header cannot be read"]);
  });

  it("that are padded, or of another codec, are left to others", async () => {
    for (const fields of [{ bits: 24, packetSize: 4 }, { codec: "aac " }, { channels: 0, packetSize: 2 }]) {
      assert.equal(await readCafSamples(ofBytes(caf(new Uint8Array(100), fields), "a file")), undefined);
    }
  });

  it("end for any damage", async () => {
    await readDamaged(caf(new Uint8Array(50), { mask: 4 }), async (file) => {
      const samples = await readCafSamples(ofBytes(file, "a file"));
      if (samples === undefined) return;
      assert(samples.dataOffset + samples.frameCount * samples.frameSize <= file.length);
    });
  });
});
