/**
 * Transcription end to end beside openai/whisper: the clips of the shared folder, and cases of our own. The
 * short ones by default; all of them with `SOTTO_TEST_FULL=1`.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { decodeAudio } from "../lib/audio/decode.ts";
import { HOP_LENGTH, logMelSpectrogram, melWindow, SAMPLE_RATE } from "../lib/audio/log_mel_spectrogram.ts";
import { loadModel } from "../lib/load_model.ts";
import type { MelSpectrogram, WhisperModel } from "../mod.ts";
import type { TranscribeOptions } from "../lib/transcription/transcribe_options.ts";
import { describe, fixture, itNeeds, shared } from "./balance.ts";
import {
  assertSameLanguages,
  assertSameRow,
  assertSameTranscription,
  readReference,
  type ReferenceDecoding,
  type ReferenceTranscription,
} from "./parity.ts";
import { missingFor, paritySamples } from "./parity_audio.ts";
import { PARITY_CASES } from "./parity_cases.ts";

type ModelName = "tiny.en" | "base";

const FULL = process.env.SOTTO_TEST_FULL === "1";
const ONLY_FULL = "SOTTO_TEST_FULL=1 is not set";

const PATHS: Record<ModelName, string> = {
  "tiny.en": fixture("tiny.en.pt"),
  "base": join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "whisper", "base.pt"),
};

/** The clips of the shared folder, and those each model gets when the run is not full. */
const CLIPS = [
  "jfk-16k",
  "sense-0870",
  "sense-0880",
  "sense-0890",
  "sense-0920",
  "sense-0930",
  "sense",
  "long",
];
const SHORT_RUN: Record<ModelName, readonly string[]> = {
  "tiny.en": ["sense"],
  "base": ["jfk-16k"],
};

/** The calls behind the results in a clip's `transcribe.json`. */
const VARIANTS: Record<string, TranscribeOptions> = {
  greedy: { temperature: 0, wordTimestamps: true },
  beam5: { temperature: 0, beamSize: 5 },
  without_timestamps: { temperature: 0, withoutTimestamps: true },
  translate: { temperature: 0, task: "translate" },
};

const loaded = new Map<ModelName, Promise<WhisperModel>>();

function model(name: ModelName): Promise<WhisperModel> {
  const loading = loaded.get(name) ?? loadModel(PATHS[name]);
  loaded.set(name, loading);
  return loading;
}

function missingModel(name: ModelName): string | undefined {
  return existsSync(PATHS[name]) ? undefined : `${PATHS[name]} is not on this machine`;
}

/** Frames of a window. */
const N_FRAMES = 3000;

async function firstWindow(path: string, nMels: number): Promise<MelSpectrogram> {
  const mel = await logMelSpectrogram(await decodeAudio(path), { nMels, padding: N_FRAMES * HOP_LENGTH });
  const data = melWindow(mel, 0, Math.min(N_FRAMES, mel.nFrames - N_FRAMES), N_FRAMES);
  return { nMels, nFrames: N_FRAMES, data };
}

function readJson<Value>(path: string): Value {
  return JSON.parse(readFileSync(path, "utf8"));
}

function describeClip(name: ModelName, clip: string): void {
  const audio = shared(`audio/${clip}.wav`);
  const reference = shared(`reference/${name}/${clip}`);
  const notNow = FULL || SHORT_RUN[name].includes(clip) ? undefined : ONLY_FULL;
  const missing = notNow ?? audio.missing ?? reference.missing ?? missingModel(name);

  for (const [variant, options] of Object.entries(VARIANTS)) {
    if (variant === "translate" && name === "tiny.en") continue;
    itNeeds(missing, `transcribe() equals openai/whisper: ${clip}, ${variant}`, async () => {
      const expected = readJson<Record<string, ReferenceTranscription>>(`${reference.path}/transcribe.json`);
      const samples = await decodeAudio(audio.path);
      const result = await (await model(name)).transcribe(audio.path, options);
      assertSameTranscription(result, expected[variant], samples.length / SAMPLE_RATE);
    });
  }
  itNeeds(missing, `encoder, greedy tokens and languages equal openai/whisper's: ${clip}`, async () => {
    const whisper = await model(name);
    using features = await whisper.embedAudio(await firstWindow(audio.path, whisper.dims.nMels));
    assertSameEncoding(
      features.toArray(),
      readFileSync(`${reference.path}/encoder.f32`),
      whisper.dims.nAudioState,
    );

    const { tokens } = readJson<ReferenceDecoding>(`${reference.path}/decode.json`);
    const ended = tokens.length < 60;
    const decoded = await whisper.decode(features, {
      language: "en",
      withoutTimestamps: true,
      suppressTokens: null,
      suppressBlank: false,
      sampleLen: tokens.length,
    });
    assert.deepEqual(decoded.tokens, ended ? tokens.slice(0, -1) : tokens);

    if (!whisper.isMultilingual) return;
    const { language_probs } = readJson<ReferenceTranscription>(`${reference.path}/transcribe.json`);
    assertSameLanguages((await whisper.detectLanguage(features)).languageProbs, language_probs!);
  });
}

/** Compares with every 50th row. */
function assertSameEncoding(actual: Float32Array, file: Uint8Array, width: number): void {
  const expected = new Float32Array(new Uint8Array(file).buffer);
  for (let i = 0; i * width < expected.length; i++) {
    const row = actual.subarray(50 * i * width, (50 * i + 1) * width);
    assertSameRow(row, expected.subarray(i * width, (i + 1) * width), `row ${50 * i}`);
  }
}

// Before the tests, which count what they leave behind.
for (const name of ["tiny.en", "base"] as const) if (missingModel(name) === undefined) await model(name);

for (const name of ["tiny.en", "base"] as const) {
  describe(`parity with ${name}`, () => {
    for (const clip of CLIPS) describeClip(name, clip);

    for (
      const { name: caseName, sound, options, long } of PARITY_CASES.filter(({ model }) => model === name)
    ) {
      const missing = long && !FULL ? ONLY_FULL : missingModel(name) ?? missingFor(sound);
      itNeeds(missing, `transcribe() equals openai/whisper: ${caseName}`, async () => {
        const samples = paritySamples(sound);
        const result = await (await model(name)).transcribe(samples, { temperature: 0, ...options });
        assertSameTranscription(result, readReference(caseName), samples.length / SAMPLE_RATE);
      });
    }
  });
}
