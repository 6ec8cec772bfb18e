#!/usr/bin/env -S deno run --allow-read --allow-ffi --allow-env --allow-sys
/**
 * Times a model on one recording, the things that are compared in turn so that a noisy machine hurts them alike:
 * transcribing with and without word timestamps, loading, the encoder, and how late a timer is meanwhile.
 *
 *     deno task bench:model [MODEL [AUDIO [ROUNDS]]]        (or: bun scripts/bench_model.ts …)
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { loadModel } from "../mod.ts";

function fixture(name: string): string {
  return fileURLToPath(new URL(`../tests/fixtures/${name}`, import.meta.url));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Milliseconds that something takes, and the most that a timer of 5 ms was late meanwhile. */
async function time(work: () => Promise<unknown>): Promise<{ took: number; late: number }> {
  const INTERVAL = 5;
  const start = performance.now();
  let last = start, late = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    late = Math.max(late, now - last - INTERVAL);
    last = now;
  }, INTERVAL);
  await work();
  clearInterval(timer);
  return { took: performance.now() - start, late };
}

async function main(name = fixture("tiny.en.pt"), audio = fixture("sense.wav"), rounds = "5"): Promise<void> {
  const loading: number[] = [],
    plain: number[] = [],
    words: number[] = [],
    encoding: number[] = [],
    late: number[] = [];
  using model = await loadModel(name);
  const { nMels, nAudioCtx } = model.dims;
  const mel = { nMels, nFrames: 2 * nAudioCtx, data: new Float32Array(nMels * 2 * nAudioCtx) };
  for (let round = 0; round < Number(rounds); round++) {
    loading.push((await time(async () => (await loadModel(name))[Symbol.dispose]())).took);
    encoding.push((await time(async () => (await model.embedAudio(mel))[Symbol.dispose]())).took);
    for (const [wordTimestamps, times] of [[false, plain], [true, words]] as const) {
      const timed = await time(() =>
        model.transcribe(audio, { temperature: 0, language: "en", wordTimestamps })
      );
      times.push(timed.took);
      late.push(timed.late);
    }
  }
  const ratios = words.map((value, i) => value / plain[i]);
  console.log(`load ${median(loading).toFixed(0)} ms, encode a window ${median(encoding).toFixed(0)} ms`);
  console.log(`transcribe ${median(plain).toFixed(0)} ms, with words ${median(words).toFixed(0)} ms`);
  console.log(
    `words cost ${((median(ratios) - 1) * 100).toFixed(0)} % (${ratios.map((r) => r.toFixed(2)).join(" ")})`,
  );
  console.log(`timer late by ${late.map(Math.round).join(" ")} ms at most, round after round`);
}

await main(...process.argv.slice(2));
