import assert from "node:assert/strict";
import process from "node:process";
import { HOP_LENGTH, logMelSpectrogram, melWindow } from "../../../../lib/audio/log_mel_spectrogram.ts";
import { StreamedMel } from "../../../../lib/audio/mel/streamed_mel.ts";
import type { Recording } from "../../../../lib/audio/recording/recording.ts";
import { samplesRecording } from "../../../../lib/audio/recording/samples_recording.ts";
import { AudioDecodeError } from "../../../../lib/errors.ts";
import { openRecording } from "../../../../lib/audio/recording/open_recording.ts";
import { describe, fixture, isEmulated, it, itNeeds } from "../../../harness.ts";
import { inPieces, noise } from "../pieces.ts";

const WINDOW = 3000;

/** Samples of the recordings that are long. */
const LONG = isEmulated ? [] : [79_999, 1_000_003];
const LOUD = isEmulated ? 120_000 : 400_000;

describe("StreamedMel", () => {
  it("gives the frames of the whole recording's spectrogram, to the last bit, wherever a window lies", async () => {
    for (const length of [1, 159, 160, 199, 201, 399, 401, 5000, ...LONG]) {
      const samples = noise(length, length);
      const whole = await logMelSpectrogram(samples, { nMels: 80, padding: WINDOW * HOP_LENGTH });
      await using source = await StreamedMel.open(inPieces(samples), { nMels: 80, keptSamples: 0 });
      assert.equal(source.length, whole.nFrames - WINDOW);
      for (const [start, size] of [[0, WINDOW], [17, 301], [source.length - 5, 700], [source.length, 100]]) {
        if (start < 0) continue;
        const { data } = await source.frames(start, size);
        assert.deepEqual(data, melWindow(whole, start, size, size), `${length} samples, frame ${start}`);
      }
    }
  });

  it("finds the loudest value whatever is loud", async () => {
    const samples = noise(LOUD, 3);
    // A click has all bands; a tone has one.
    samples[5 * LOUD / 8 + 1] = 1;
    for (let i = 0; i < 4000; i++) samples[LOUD / 4 + i] = 0.3 * Math.sin(i * 0.7);
    for (const part of [samples, samples.subarray(0, LOUD / 2), samples.map((value) => value * 1e-6)]) {
      for (const nMels of [80, 128]) {
        const whole = await logMelSpectrogram(part, { nMels, padding: WINDOW * HOP_LENGTH });
        await using source = await StreamedMel.open(inPieces(part), { nMels });
        assert.deepEqual((await source.frames(0, 1000)).data, melWindow(whole, 0, 1000, 1000));
      }
    }
  });

  it("goes through a long recording twice, and again for a part that lies behind", async () => {
    const samples = noise(500_000, 5);
    const recording = inPieces(samples);
    await using source = await StreamedMel.open(recording, { nMels: 80, keptSamples: 400_000 });
    assert.equal(recording.passes, 1);
    const first = await source.frames(0, 500);
    await source.frames(400, 500);
    await source.frames(2500, 600);
    assert.equal(recording.passes, 2);
    assert.deepEqual((await source.frames(0, 500)).data, first.data);
    assert.equal(recording.passes, 3);
  });

  it("goes through a short one once", async () => {
    const recording = inPieces(noise(300_000, 5));
    await using source = await StreamedMel.open(recording, { nMels: 80, keptSamples: 400_000 });
    await source.frames(1000, 500);
    await source.frames(0, 500);
    assert.equal(recording.passes, 1);
  });

  it("gives windows that are asked for at once as if they were asked for in turn", async () => {
    const samples = noise(500_000, 8);
    await using source = await StreamedMel.open(inPieces(samples), { nMels: 80, keptSamples: 0 });
    const places = [0, 300, 2000, 100];
    const inTurn = [];
    for (const place of places) inTurn.push(await source.frames(place, 400));
    assert.deepEqual(await Promise.all(places.map((place) => source.frames(place, 400))), inTurn);
  });

  it("says so when a file has become shorter", async () => {
    let samples = noise(500_000, 5);
    const recording: Recording = {
      ...samplesRecording(samples),
      pieces: (hearing) => samplesRecording(samples).pieces(hearing),
    };
    await using source = await StreamedMel.open(recording, { nMels: 80, keptSamples: 0 });
    samples = samples.subarray(0, 100_000);
    await source.frames(0, 500);
    await assert.rejects(
      source.frames(600, 500),
      (error) => error instanceof AudioDecodeError && /has become shorter while/.test(error.message),
    );
  });

  const slow = isEmulated ? "the processor is emulated" : undefined;
  itNeeds(slow, "holds no more of half an hour than its windows need", async () => {
    const piece = noise(16_000, 2);
    const recording: Recording = {
      ...samplesRecording(piece),
      async *pieces() {
        for (let second = 0; second < 1800; second++) yield await Promise.resolve(piece);
      },
    };
    const held = () => process.memoryUsage().arrayBuffers;
    const before = held();
    await using source = await StreamedMel.open(recording, { nMels: 80 });
    let most = 0;
    for (let start = 0; start < source.length; start += 20_000) {
      await source.frames(start, 100);
      most = Math.max(most, held() - before);
    }
    // All of its samples are 115 MB.
    assert(most < 40e6, `${most} bytes`);
  });

  it("stops in the first pass when its signal is aborted", async () => {
    const path = fixture("audio/formats/mono-16000.mp3");
    const stop = new AbortController();
    const reason = new Error("no longer wanted");
    const recording = await openRecording(path);
    let pieces = 0;
    const watched: Recording = {
      ...recording,
      async *pieces(hearing, options) {
        for await (const piece of recording.pieces(hearing, options)) {
          if (++pieces === 2) stop.abort(reason);
          yield piece;
        }
      },
    };
    await assert.rejects(
      StreamedMel.open(watched, { nMels: 80, signal: stop.signal }),
      (error) => error === reason,
    );
    assert.equal(pieces, 2);
  });

  it("disposes the recording, and stops a pass that is under way", async () => {
    const recording = inPieces(noise(100_000, 5));
    const source = await StreamedMel.open(recording, { nMels: 80, keptSamples: 0 });
    await source.frames(0, 100);
    await source[Symbol.asyncDispose]();
    assert(recording.disposed);
    const silent = inPieces(new Float32Array(0));
    await assert.rejects(StreamedMel.open(silent, { nMels: 80 }), /it holds no samples/);
    assert(silent.disposed);
  });
});
