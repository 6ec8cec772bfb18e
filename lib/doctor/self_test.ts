/** Whether a model loads, transcribes and gives what it should: a random one, whose tokens are known. */
import type { OrtLibrary } from "../../ffi/library.ts";
import { SAMPLE_RATE } from "../audio/log_mel_spectrogram.ts";
import { LoadedModel } from "../loaded_model.ts";
import type { SelfTestFacts } from "./facts.ts";
import { makeRandomModel } from "./random_model.ts";

/** What the random model makes of the tone: greedy decoding, so that nothing is left to chance. */
const KNOWN_TOKENS: readonly number[] = [3343, 8561, 28053, 51463, 48075, 8561, 20884, 51740];

/** Tokens that are decoded. */
const LENGTH = 12;

/** Two seconds of a tone that rises, as 16 kHz samples. */
function risingTone(): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(2 * SAMPLE_RATE);
  for (let i = 0; i < samples.length; i++) {
    const seconds = i / SAMPLE_RATE;
    samples[i] = 0.5 * Math.sin(2 * Math.PI * (200 + 300 * seconds) * seconds);
  }
  return samples;
}

/** Makes the random model, transcribes a tone with it and compares the tokens. */
export async function runSelfTest(library: OrtLibrary, threads?: number): Promise<SelfTestFacts> {
  const start = performance.now();
  const whisper = await makeRandomModel(library, threads);
  using model = new LoadedModel(whisper, { device: "cpu", deviceReport: [], precision: "float32" });
  const { segments } = await model.transcribe(risingTone(), {
    temperature: 0,
    sampleLen: LENGTH,
    withoutTimestamps: true,
    noSpeechThreshold: null,
    logprobThreshold: null,
    compressionRatioThreshold: null,
  });
  const tokens = segments.flatMap(({ tokens }) => [...tokens]);
  return {
    seconds: (performance.now() - start) / 1000,
    isRight: String(tokens) === String(KNOWN_TOKENS),
    tokens,
  };
}
