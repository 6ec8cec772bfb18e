import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { AudioDecodeError } from "../../../lib/errors.ts";
import { type AudioSource, decodeAudio } from "../../../lib/audio/decode.ts";
import { describe, fixture, it } from "../../harness.ts";
import { buildWav, bytes, chunk, float32, int16, text } from "./wav_builder.ts";

async function refuses(source: AudioSource, message: RegExp): Promise<void> {
  await assert.rejects(decodeAudio(source), (error: Error) => {
    assert(error instanceof AudioDecodeError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

describe("decodeAudio()", () => {
  const path = fixture("sense.wav");
  const file = new Uint8Array(readFileSync(path));
  const expected = Float32Array.from(new Int16Array(file.slice(44).buffer), (value) => value / 32768);

  it("gives the samples of a 16 kHz mono 16-bit file as they are, whatever it comes as", async () => {
    const sources: AudioSource[] = [
      path,
      pathToFileURL(path),
      file,
      file.buffer,
      new Blob([file]),
      new Blob([file]).stream(),
      new Response(file),
      createReadStream(path),
      Int16Array.from(expected, (value) => value * 32768),
    ];
    for (const source of sources) assert.deepEqual(await decodeAudio(source), expected);
  });

  it("takes a view into a larger buffer as what it shows", async () => {
    const wav = buildWav(int16(16384, -16384));
    const larger = new Uint8Array(wav.length + 9);
    larger.set(wav, 5);
    assert.deepEqual([...await decodeAudio(larger.subarray(5, 5 + wav.length))], [0.5, -0.5]);
  });

  it("takes a Float32Array as samples at 16 kHz, and silences what is not finite in a copy", async () => {
    const samples = Float32Array.of(0.5, 2, -0.25);
    assert.deepEqual(await decodeAudio(samples), samples);
    const damaged = Float32Array.of(0.5, NaN, -Infinity, 0.25);
    const warnings: string[] = [];
    const onWarning = (warning: string) => void warnings.push(warning);
    assert.deepEqual([...await decodeAudio(damaged, { onWarning })], [0.5, 0, 0, 0.25]);
    assert.match(warnings.join(), /^2 of 4 audio samples are no finite numbers/);
    assert(Number.isNaN(damaged[1]));
  });

  it("copies samples before it returns, so that they may be written to meanwhile", async () => {
    for (
      const [samples, half] of [[new Float32Array(600_000), 0.5], [new Int16Array(600_000), 16384]] as const
    ) {
      for (const channel of ["mix", 0] as const) {
        samples.fill(half);
        const decoding = decodeAudio(samples, { channel });
        samples.fill(0);
        assert((await decoding).every((value) => value === 0.5));
      }
    }
  });

  it("takes an Int16Array as samples of 16 bits", async () => {
    assert.deepEqual([...await decodeAudio(Int16Array.of(-32768, 0, 16384, 32767))], [
      -1,
      0,
      0.5,
      32767 / 32768,
    ]);
    await refuses(new Int16Array(0), /there are none/);
  });

  it("scales floating point that holds integers, and says so", async () => {
    for (const [scale, bits] of [[2 ** 15, 16], [2 ** 23, 24], [2 ** 31, 32]]) {
      const warnings: string[] = [];
      const samples = Float32Array.of(0.5 * scale, -0.25 * scale, NaN);
      const decoded = await decodeAudio(samples, { onWarning: (message) => warnings.push(message) });
      assert.deepEqual([...decoded], [0.5, -0.25, 0]);
      assert.equal(samples[0], 0.5 * scale);
      const said = `The audio samples reach ${
        scale / 2
      }: they are taken for ${bits}-bit ones and divided by ${scale}`;
      assert(warnings.at(-1)!.startsWith(said), warnings.join());
    }
    const loud = Float32Array.of(32, -31);
    assert.deepEqual(await decodeAudio(loud, { onWarning: (message) => assert.fail(message) }), loud);
  });

  it("mixes, resamples and keeps the duration", async () => {
    const frames = Array.from({ length: 44100 }, (_, i) => [Math.sin(i / 16) / 2, Math.sin(i / 16) / 4]);
    const wav = buildWav(float32(...frames.flat()), {
      channels: 2,
      bits: 32,
      formatTag: 3,
      sampleRate: 44100,
    });
    const samples = await decodeAudio(wav);
    assert.equal(samples.length, 16000);
    for (let i = 200; i < 15800; i++) {
      assert(Math.abs(samples[i] - Math.sin(i * 44100 / 16000 / 16) * 0.375) < 1e-4);
    }
  });

  it("clips to full scale, as whisper's 16-bit samples are", async () => {
    const loud = buildWav(float32(3e38, -3e38, 0.5), { bits: 32, formatTag: 3 });
    assert.deepEqual([...await decodeAudio(loud)], [1, -1, 0.5]);
    const resampled = buildWav(float32(...Array(500).fill(3e38)), {
      bits: 32,
      formatTag: 3,
      sampleRate: 8000,
    });
    assert((await decodeAudio(resampled)).every((value) => Math.abs(value) <= 1));
  });

  it("gives what is there behind a header of ten hours", async () => {
    const second = int16(...Array(8000).fill(100));
    const samples = await decodeAudio(buildWav(second, { sampleRate: 8000, dataSize: 36000 * 16000 }));
    assert.equal(samples.length, 16000);
  });

  it("says of a WAV file that was cut off how much of it is there, and nothing of one that was piped", async () => {
    const warningsOf = async (dataSize: number) => {
      const warnings: string[] = [];
      const file = buildWav(int16(...Array(8000).fill(100)), { dataSize });
      await decodeAudio(file, { onWarning: (message) => warnings.push(message) });
      return warnings;
    };
    assert.deepEqual(await warningsOf(32000), [
      "the audio bytes is damaged, 0.5 of the 1.0 s of its header cannot be read",
    ]);
    for (const size of [16000, 0, 0x7fffffff, 0x7ffff000, 0xffffffff]) {
      assert.deepEqual(await warningsOf(size), [], String(size));
    }
  });

  it("refuses unknown and wrong options", async () => {
    const wrong = (options: unknown) => decodeAudio(new Float32Array(1), options as { signal?: AbortSignal });
    await assert.rejects(wrong({ foo: 1 }), { name: "TypeError", code: "UNKNOWN_OPTION" });
    for (const options of [{ signal: 1 }, { audioTrack: -1 }, null, 3, "x"]) {
      await assert.rejects(wrong(options), { code: "INVALID_OPTION" });
    }
    await assert.rejects(decodeAudio(null as unknown as Float32Array), {
      name: "TypeError",
      code: "INVALID_INPUT",
    });
  });

  it("refuses audio of more than a day", async () => {
    const size = 1000 * (24 * 3600 + 1);
    await refuses(buildWav(new Uint8Array(size), { bits: 8, sampleRate: 1000 }), /longer than 24 hours/);
  });

  it("refuses what is empty, and says so", async () => {
    for (const source of [bytes(), new ArrayBuffer(0), new Blob([]), new Blob([]).stream()]) {
      await refuses(source, /^Cannot decode the audio \w+: it is empty$/);
    }
    await refuses(new Float32Array(0), /there are none/);
    await refuses(buildWav(bytes(), { after: chunk("LIST", text("INFO")) }), /it holds no samples/);
  });

  it("refuses what is not audio, and says what it looks like", async () => {
    await refuses(text("<!doctype html><title>404</title>"), /it looks like an HTML page, not audio$/);
    await refuses(text("interview\n/etc/hostname\n"), /it looks like text, not audio$/);
    await refuses(text("PK\x03\x04\x14\0\0\0"), /it looks like a zip archive, not audio$/);
  });

  it("follows no list of files or addresses, and says so", async () => {
    for (
      const list of [
        "#EXTM3U\n/etc/hostname\n",
        "\xef\xbb\xbf#EXTM3U\n/etc/hostname\n",
        "ffconcat version 1.0\nfile /etc/hostname\n",
        "[playlist]\nFile1=http://a.example/\n",
        '<?xml version="1.0"?>\n<MPD type="static">',
        "<smil><body><audio src='x'/></body></smil>",
        "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
      ]
    ) {
      await refuses(
        text(list),
        /it looks like a playlist, .*; such files are not followed, pass the sound itself$/,
      );
    }
  });

  it("hears one channel of stereo whose channels cancel each other out, and says so", async () => {
    const wave = Array.from({ length: 8000 }, (_, i) => Math.round(8000 * Math.sin(i / 5)) + 0);
    const stereo = (other: (value: number) => number) =>
      buildWav(int16(...wave.flatMap((value) => [value, other(value)])), { channels: 2 });
    for (const damping of [1, 0.99, 0.95]) {
      const warnings: string[] = [];
      const samples = await decodeAudio(stereo((value) => Math.round(-damping * value)), {
        onWarning: (message) => warnings.push(message),
      });
      assert.deepEqual([...samples], wave.map((value) => value / 32768 + 0), `damped by ${damping}`);
      assert.match(warnings.join(), /^The two channels of the audio bytes cancel each other out: the first/);
    }
  });

  it("mixes stereo that is quiet, silent, or has one silent channel, without a word", async () => {
    const wave = Array.from({ length: 8000 }, (_, i) => Math.round(20 * Math.sin(i / 5)));
    const onWarning = (message: string) => assert.fail(message);
    for (const factors of [[1, 1], [0, 1], [1, 0], [0, 0]]) {
      const data = int16(...wave.flatMap((value) => factors.map((factor) => factor * value)));
      const samples = await decodeAudio(buildWav(data, { channels: 2 }), { onWarning });
      const mean = (factors[0] + factors[1]) / 2;
      assert.deepEqual([...samples], wave.map((value) => value * mean / 32768 + 0), `factors ${factors}`);
    }
  });

  it("refuses a WAV file whose header lies", async () => {
    await refuses(
      buildWav(int16(1), { channels: 0 }),
      /^Cannot decode the audio bytes: it looks like a WAV file, but its header says 0 channels; /,
    );
    await refuses(text("RIFF"), /RIFF header is cut short/);
  });

  it("stops when its signal is aborted", async () => {
    const reason = new Error("no longer wanted");
    const signal = AbortSignal.abort(reason);
    for (const source of [file, expected, path]) {
      await assert.rejects(decodeAudio(source, { signal }), reason);
    }
  });

  it("lets timers run while it works on a long file", async () => {
    const wav = buildWav(new Uint8Array(4 * 44100 * 60), { channels: 2, sampleRate: 44100 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await decodeAudio(wav);
    clearInterval(timer);
    assert(ticks >= 3, `${ticks} ticks`);
  });
});
