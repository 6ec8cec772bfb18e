import assert from "node:assert/strict";
import { PCM_FORMATS, type PcmFormat, type PcmPiece, PcmReader } from "../../../lib/live/pcm_samples.ts";
import { describe, it } from "../../harness.ts";

const shape = { sampleRate: 16000, channels: 1, format: "s16le" } as const;

/** Reads pieces to the end. */
function read(
  pieces: readonly PcmPiece[],
  options: Partial<ConstructorParameters<typeof PcmReader>[0]> = {},
): number[] {
  const reader = new PcmReader({ ...shape, ...options });
  return [...pieces, new Uint8Array(0)].flatMap((piece) => [...reader.push(piece)]).concat(
    ...reader.finish(),
  );
}

/** Writes a value in every format. */
function written(format: PcmFormat, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  const bytes = (count: number) => new Uint8Array(view.buffer, 0, count);
  switch (format) {
    case "s16le":
      view.setInt16(0, value * 32768, true);
      return bytes(2);
    case "s16be":
      view.setInt16(0, value * 32768);
      return bytes(2);
    case "s24le":
      view.setInt32(0, value * 8388608, true);
      return bytes(3);
    case "s32le":
      view.setInt32(0, value * 2147483648, true);
      return bytes(4);
    case "f32le":
      view.setFloat32(0, value, true);
      return bytes(4);
    case "f64le":
      view.setFloat64(0, value, true);
      return bytes(8);
    case "u8":
      return Uint8Array.of(128 + value * 128);
    default:
      throw new Error(format);
  }
}

describe("PcmReader", () => {
  for (const format of PCM_FORMATS.filter((format) => !["alaw", "mulaw"].includes(format))) {
    it(`reads ${format}`, () => assert.deepEqual(read([written(format, -0.25)], { format }), [-0.25]));
  }

  it("reads what telephones send", () => {
    assert.deepEqual(read([Uint8Array.of(0xff, 0x7f)], { format: "mulaw" }).map(Math.abs), [0, 0]);
    assert.ok(Math.abs(read([Uint8Array.of(0x55)], { format: "alaw" })[0]) < 0.001);
  });

  it("takes samples of either scale as they are", () => {
    assert.deepEqual(read([Float32Array.of(0.5, NaN), Int16Array.of(-16384)]), [0.5, 0, -0.5]);
  });

  it("gives every piece in memory of its own, at any rate", () => {
    const piece = Float32Array.from({ length: 2400 }, (_, i) => Math.sin(i / 20));
    for (const sampleRate of [16000, 24000]) {
      const reader = new PcmReader({ ...shape, sampleRate });
      const first = reader.push(piece), before = [...first];
      reader.push(piece.map((value) => -value));
      reader.finish();
      assert.deepEqual([...first], before);
    }
  });

  it("gives the same whatever the pieces are", () => {
    const bytes = Uint8Array.from({ length: 3000 }, (_, i) => (i * 37) % 251);
    for (const options of [{}, { channels: 3 }, { sampleRate: 44100, format: "s24le" as const }]) {
      const whole = read([bytes], options);
      assert.ok(whole.length > 300);
      for (const size of [1, 7, 1000]) {
        const pieces = Array.from(
          { length: Math.ceil(3000 / size) },
          (_, i) => bytes.subarray(i * size, (i + 1) * size),
        );
        assert.deepEqual(read(pieces, options), whole, `${size}`);
      }
    }
  });

  it("mixes channels, also where a piece ends between them", () => {
    assert.deepEqual(read([Float32Array.of(0.5, 0.25, 1), Float32Array.of(0)], { channels: 2 }), [
      0.375,
      0.5,
    ]);
  });

  it("brings the sound to 16 kHz", () => {
    const tone = Float32Array.from({ length: 48000 }, (_, i) => Math.sin(2 * Math.PI * 440 * i / 48000));
    const samples = read([tone], { sampleRate: 48000 });
    assert.equal(samples.length, 16000);
    assert.ok(
      samples.every((value, i) =>
        i < 200 || i > 15800 || Math.abs(value - Math.sin(2 * Math.PI * 440 * i / 16000)) < 1e-3
      ),
    );
  });

  it("refuses what is no sound", () => {
    assert.throws(() => read(["sound" as never]), /it is String, wanted a Uint8Array/);
    assert.throws(() => read([new Float64Array(2) as never]), { code: "INVALID_INPUT" });
  });
});
