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

  it("keeps the six channels of Vorbis apart, which it holds as sums and differences", async () => {
    const recording = await CompressedRecording.open(file("../speakers.ogg"));
    const heard = [300, 410, 530, 60, 670, 790].map((frequency) => ({ frequency, re: 0, im: 0, power: 0 }));
    let at = 0;
    for (let step = recording.next(); step.kind === "samples"; step = recording.next()) {
      for (let i = 0; i < step.samples.length; i += heard.length, at++) {
        for (const [channel, tone] of heard.entries()) {
          const value = step.samples[i + channel], angle = 2 * Math.PI * tone.frequency * at / 48000;
          tone.re += value * Math.cos(angle);
          tone.im += value * Math.sin(angle);
          tone.power += value * value;
        }
      }
    }
    assert.ok(at > 47000, `${at} frames`);
    for (const { frequency, re, im, power } of heard) {
      // The part of a channel's power that is its tone's.
      const part = 2 * (re * re + im * im) / (at * power);
      assert.ok(part > 0.9, `${frequency} Hz: ${part.toFixed(2)}`);
    }
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
