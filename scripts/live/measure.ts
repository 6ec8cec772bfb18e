#!/usr/bin/env -S deno run --allow-read --allow-ffi --allow-env --allow-sys
/**
 * Measures live transcription: how long after it was spoken a word is final, and how many words are wrong beside an
 * offline transcript. `measure.ts WAV [MODEL [CLOCK]]`, CLOCK being `real` for pieces of 0.1 s at the pace of the sound;
 * `wall`, the same without waiting: what the work takes counts as time that passes; or `cpu`: the time of the processor
 * counts, as if one core did all the work.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { decodeAudio, type LiveOptions, type LiveSegment, loadModel } from "../../mod.ts";
import { openLibrary } from "../../ffi/library.ts";
import { wordErrorRate } from "../../lib/eval/evaluate.ts";
import type { Backlog } from "../../lib/live/sound_backlog.ts";
import { liveSettings } from "../../lib/live/live_options.ts";
import { transcribeLive } from "../../lib/live/transcribe_live.ts";
import { SpeechModel } from "../../lib/vad/silero/speech_model.ts";
import { modelBehind } from "../bench/internals.ts";
import { quantile } from "../bench/statistics.ts";

const SAMPLE_RATE = 16000;
const PIECE = SAMPLE_RATE / 10;

const [path, name = "tests/fixtures/tiny.en.pt", clockName = "wall", given = "{}"] = process.argv.slice(2);
const samples = await decodeAudio(path);
using model = await loadModel(name);

/** Seconds that have passed, and how one waits for a time. */
interface Clock {
  now(): number;
  wait(until: number): Promise<void>;
}

/** A clock that only work moves, and waiting. */
function workClock(spent: () => number): Clock {
  let skipped = -spent();
  return {
    now: () => spent() + skipped,
    wait(until) {
      skipped += Math.max(0, until - (spent() + skipped));
      return Promise.resolve();
    },
  };
}

function makeClock(): Clock {
  const seconds = () => performance.now() / 1000;
  if (clockName === "wall") return workClock(seconds);
  if (clockName === "cpu") {
    return workClock(() => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }
  const start = seconds();
  const now = () => seconds() - start;
  return { now, wait: (until) => setTimeout(Math.max(0, (until - now()) * 1000)) };
}

const clock = makeClock();

/** Where sound arrives piece by piece, each when it has sounded. */
class ClockBacklog implements Backlog {
  #taken = 0;

  get isEmpty(): boolean {
    return this.#arrived() === this.#taken;
  }

  async take(): Promise<Float32Array | undefined> {
    if (this.#taken === samples.length) return undefined;
    const end = Math.max(this.#arrived(), Math.min(samples.length, this.#taken + PIECE));
    await clock.wait(end / SAMPLE_RATE);
    const piece = samples.subarray(this.#taken, end);
    this.#taken = end;
    return piece;
  }

  #arrived(): number {
    return Math.min(samples.length, Math.floor(clock.now() * SAMPLE_RATE / PIECE) * PIECE);
  }
}

/** The pieces at the pace of the sound, for the public interface. */
async function* sound(): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += PIECE) {
    await clock.wait(Math.min(samples.length, at + PIECE) / SAMPLE_RATE);
    yield samples.subarray(at, at + PIECE);
  }
}

async function* segments(options: LiveOptions): AsyncGenerator<LiveSegment> {
  if (clockName === "real") return yield* model.stream(sound(), options);
  using speech = await SpeechModel.open(await openLibrary({}));
  using listener = speech.listen();
  yield* transcribeLive(await modelBehind(model), listener, new ClockBacklog(), liveSettings(options));
}

/** When each word of the segments so far became final. */
const finalAt: { word: string; end: number; at: number }[] = [];
let texts = "", partials = 0, changed = 0;
let shown: LiveSegment | undefined;
const options: LiveOptions = { language: "en", ...JSON.parse(given) };
const before = process.cpuUsage(), started = performance.now();
for await (const segment of segments(options)) {
  const now = clock.now();
  const known = shown?.id === segment.id ? shown.stableWords : 0;
  if (shown?.id === segment.id && !segment.text.startsWith(shown.stableText)) changed++;
  for (const { word, end } of segment.words.slice(known, segment.stableWords)) {
    finalAt.push({ word, end, at: now });
  }
  if (segment.isFinal) texts += segment.text;
  else partials++;
  shown = segment;
  if (process.env.VERBOSE) {
    process.stdout.write(
      `${now.toFixed(2)} ${segment.isFinal ? "=" : "~"}${segment.stableText}|${
        segment.text.slice(segment.stableText.length)
      }\n`,
    );
  }
}
const { user, system } = process.cpuUsage(before);
const wall = (performance.now() - started) / 1000;
const delays = finalAt.map(({ end, at }) => at - end);
const delay = (share: number) => quantile(delays, share).toFixed(2);
const length = samples.length / SAMPLE_RATE;
process.stdout.write(
  `${clockName} clock: ${delays.length} words, final after ${delay(0.5)} s (median), ${
    delay(0.9)
  } s (90 %), ` +
    `${delay(1)} s (all); ${partials} partials, ${changed} changed; ` +
    `${wall.toFixed(1)} s of work and ${((user + system) / 1e6).toFixed(1)} s of processor time for ${
      length.toFixed(1)
    } s\n`,
);
process.stdout.write(`${texts}\n`);
if (process.env.TRUTH) {
  const truth = readFileSync(process.env.TRUTH, "utf8");
  const rate = (text: string) => (100 * wordErrorRate(truth, text)).toFixed(2);
  process.stdout.write(`live ${rate(texts)} %`);
  if (process.env.OFFLINE) {
    const { text } = await model.transcribe(samples, { language: "en" });
    process.stdout.write(`, offline ${rate(text)} %\n${text}`);
  }
  process.stdout.write("\n");
}
