import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { CompressedRecording, OpenError } from "../../../../lib/audio/wasm/compressed_recording.ts";
import { DECODERS_BASE64, DECODERS_SHA256 } from "../../../../lib/audio/wasm/decoders.ts";
import { describe, fixture, it } from "../../../harness.ts";

function inputOf(bytes: Uint8Array) {
  return {
    size: bytes.length,
    readSync(offset: number, into: Uint8Array) {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
  };
}

describe("CompressedRecording", () => {
  const file = (name: string) => inputOf(readFileSync(fixture(`audio/formats/${name}`)));

  it("runs the WebAssembly file whose SHA-256 is beside it, with nothing of the system in its reach", () => {
    const bytes = Uint8Array.from(inflateRawSync(Buffer.from(DECODERS_BASE64, "base64")));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), DECODERS_SHA256);
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
    assert.deepEqual(imports.map(({ module, name }) => `${module}.${name}`), ["audio.read"]);
  });

  it("tells the shape of a recording, and the tracks there are", async () => {
    const recording = await CompressedRecording.open(file("six-channels.ogg"));
    assert.equal(recording.next().kind, "samples");
    assert.deepEqual(
      [
        recording.sampleRate,
        recording.channels,
        recording.channelMask,
        recording.track,
        recording.trackCount,
      ],
      [48000, 6, 0x3f, 0, 1],
    );
  });

  it("refuses a track that is not there, and what it does not know", async () => {
    await assert.rejects(
      CompressedRecording.open(file("stereo-44100.m4a"), { track: 1 }),
      (error: OpenError) => error.failure === "no track" && /1 audio track$/.test(error.message),
    );
    await assert.rejects(
      CompressedRecording.open(inputOf(new Uint8Array(10000))),
      (error: OpenError) => error.failure === "unknown format",
    );
  });

  it("gives up a file that leads in a circle", async () => {
    let reads = 0;
    const { size, readSync } = file("stereo-44100.m4a");
    const circling = {
      size,
      readSync(offset: number, into: Uint8Array) {
        if (reads++ > 100_000) throw new Error("it reads on and on");
        return readSync(offset % 100, into);
      },
    };
    await CompressedRecording.open(circling).catch((error) =>
      assert(error instanceof OpenError, String(error))
    );
  });
});
