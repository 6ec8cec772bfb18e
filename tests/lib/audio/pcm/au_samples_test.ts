import assert from "node:assert/strict";
import { ofBytes } from "../../../../lib/audio/input/audio_input.ts";
import { readAuSamples } from "../../../../lib/audio/pcm/au_samples.ts";
import { describe, it } from "../../../harness.ts";
import { numbers } from "../wasm/mp4_builder.ts";
import { bytes, concat, text } from "../wav_builder.ts";
import { readDamaged } from "./damaged.ts";
import { hear } from "./heard.ts";

/** A file with a remark ahead of its samples. */
function au(encoding: number, data: Uint8Array, { size = data.length, channels = 1 } = {}) {
  return concat(text(".snd"), numbers(32, size, encoding, 16000, channels), text("a remark"), data);
}

describe("samples in an AU file", () => {
  it("are read as their encoding says", async () => {
    const half = { samples: [0.5, -0.25], warnings: [] };
    assert.deepEqual(await hear(au(2, bytes(0x40, 0xe0))), half);
    assert.deepEqual(await hear(au(3, bytes(0x40, 0, 0xe0, 0))), half);
    assert.deepEqual(await hear(au(6, numbers(0x3f000000, 0xbe800000))), half);
    assert.deepEqual((await hear(au(1, bytes(0xff, 0x00)))).samples, [0, -32124 / 32768]);
    assert.deepEqual((await hear(au(27, bytes(0xd5, 0x55)))).samples, [8 / 32768, -8 / 32768]);
  });

  it("go on to the end where their size is not known, and are heard as far as they are there", async () => {
    const sound = new Uint8Array(32000);
    assert.deepEqual((await hear(au(3, sound, { size: 0xffffffff }))).warnings, []);
    const { samples, warnings } = await hear(au(3, sound, { size: 64000 }));
    assert.equal(samples.length, 16000);
    assert.deepEqual(warnings, ["the audio bytes is damaged, 1.0 of the 2.0 s of its header cannot be read"]);
  });

  it("of another encoding are left to others", async () => {
    assert.equal(await readAuSamples(ofBytes(au(23, new Uint8Array(100)), "a file")), undefined);
    assert.equal(
      await readAuSamples(ofBytes(au(3, new Uint8Array(100), { channels: 0 }), "a file")),
      undefined,
    );
    await assert.rejects(
      hear(au(23, new Uint8Array(100))),
      /it looks like an AU file, which needs the program/,
    );
  });

  it("end for any damage", async () => {
    await readDamaged(au(3, new Uint8Array(50)), async (file) => {
      const samples = await readAuSamples(ofBytes(file, "a file"));
      if (samples === undefined) return;
      assert(samples.dataOffset + samples.frameCount * samples.frameSize <= file.length);
    });
  });
});
