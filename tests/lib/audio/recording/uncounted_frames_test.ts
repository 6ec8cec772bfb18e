import assert from "node:assert/strict";
import { decodeAudio } from "../../../../lib/audio/decode.ts";
import { describe, it } from "../../../harness.ts";
import { buildWav, bytes, chunk, concat, int16, text } from "../wav_builder.ts";

async function hear(file: Uint8Array): Promise<{ length: number; warnings: string[] }> {
  const warnings: string[] = [];
  const { length } = await decodeAudio(file, { onWarning: (message) => warnings.push(message) });
  return { length, warnings };
}

describe("a WAV file that counts fewer frames than it has", () => {
  const sound = int16(...Array.from({ length: 40_000 }, (_, i) => -3000 + i % 100));

  it("is heard to its end, with a warning", async () => {
    for (const dataSize of [20_000, 20_001]) {
      const { length, warnings } = await hear(buildWav(sound, { dataSize }));
      assert.equal(length, 40_000);
      assert.deepEqual(warnings, [
        "the audio bytes goes on after the 0.6 s of its header: all 2.5 s are heard",
      ]);
    }
  });

  it("is heard as far as it counts where other things follow", async () => {
    const large = new Uint8Array(50_000).fill(0x80);
    for (
      const after of [
        chunk("LIST", large),
        // A chunk that was cut off, a byte that pads the samples, room that was laid out, a few bytes of remarks.
        concat(text("LIST"), bytes(0xff, 0xff, 0xff, 0x7f), large),
        concat(bytes(0), chunk("id3 ", large)),
        new Uint8Array(50_000),
        large.slice(0, 128),
      ]
    ) {
      assert.deepEqual(await hear(buildWav(sound, { after })), { length: 40_000, warnings: [] });
    }
  });
});
