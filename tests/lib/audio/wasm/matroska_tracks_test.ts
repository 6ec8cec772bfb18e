import assert from "node:assert/strict";
import { readAudioTracks } from "../../../../lib/audio/wasm/matroska_tracks.ts";
import { describe, it } from "../../../harness.ts";
import { bytes, concat } from "../wav_builder.ts";

const element = (id: string, ...parts: Uint8Array[]) => {
  const content = concat(...parts);
  return concat(Uint8Array.fromHex(id), bytes(0x40 | content.length >> 8, content.length & 255), content);
};
const VIDEO = 1, AUDIO = 2;
/** A track; what it says of being a default, if it does. */
const track = (type: number, isDefault?: number) =>
  element(
    "ae",
    element("83", bytes(type)),
    ...(isDefault === undefined ? [] : [element("88", isDefault === 1 ? bytes(0, 1) : bytes(isDefault))]),
  );
const file = (...tracks: Uint8Array[]) =>
  concat(
    element("1a45dfa3", bytes(0x42, 0x86, 0x81, 1)),
    element("18538067", element("1549a966", bytes(0)), element("1654ae6b", ...tracks)),
  );
const read = (file: Uint8Array) =>
  readAudioTracks((offset, length) => Promise.resolve(file.subarray(offset, offset + length)), file.length);

describe("readAudioTracks()", () => {
  it("takes the first audio track of which it is not said that it is no default", async () => {
    assert.deepEqual(await read(file(track(VIDEO), track(AUDIO, 0), track(AUDIO))), { count: 2, default: 1 });
    assert.deepEqual(await read(file(track(AUDIO, 0), track(AUDIO, 1), track(AUDIO))), {
      count: 3,
      default: 1,
    });
    assert.deepEqual(await read(file(track(AUDIO), track(AUDIO))), { count: 2, default: 0 });
    assert.deepEqual(await read(file(track(AUDIO, 0))), { count: 1, default: undefined });
    assert.deepEqual(await read(file()), { count: 0, default: undefined });
  });

  it("gives nothing of a file that does not say it before its sound, or is cut off", async () => {
    const whole = file(track(AUDIO, 0), track(AUDIO));
    assert.deepEqual(await read(whole), { count: 2, default: 1 });
    assert.equal(await read(bytes(1, 2, 3)), undefined);
    const cluster = concat(
      element("1a45dfa3"),
      element("18538067", element("1f43b675", bytes(0)), element("1654ae6b", track(AUDIO))),
    );
    assert.equal(await read(cluster), undefined);
    for (let length = 0; length < whole.length; length++) {
      const { count = 0 } = await read(whole.subarray(0, length)) ?? {};
      assert(count < 2, `${length} bytes`);
    }
  });
});
