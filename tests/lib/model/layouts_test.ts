/**
 * The graphs in the layouts of models too large to have here (large-v3, turbo, the English-only and the
 * multilingual vocabulary), with random weights: the numbers of openai/whisper for the same file.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLibrary } from "../../../ffi/library.ts";
import {
  HOP_LENGTH,
  logMelSpectrogram,
  melWindow,
  SAMPLE_RATE,
} from "../../../lib/audio/log_mel_spectrogram.ts";
import { openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { detectLanguage } from "../../../lib/decoding/detect_language.ts";
import { mapFiles } from "../../../lib/loading/external_data.ts";
import { loadModel } from "../../../lib/load_model.ts";
import type { AudioFeatures } from "../../../lib/model/types.ts";
import { Whisper } from "../../../lib/model/whisper.ts";
import { loadTokenizer } from "../../../lib/tokenizer/tokenizer.ts";
import { describe, it } from "../../balance.ts";
import {
  assertSameLanguages,
  assertSameRow,
  assertSameTranscription,
  readReference,
  type ReferenceDecoding,
  type ReferenceTranscription,
} from "../../parity.ts";
import { paritySamples } from "../../parity_audio.ts";
import { MICRO_CASES } from "../../parity_cases.ts";
import { MICRO_LAYOUTS, microCheckpoint, type MicroLayoutName } from "./micro_checkpoint.ts";

const checkpoints = new Map<MicroLayoutName, Uint8Array>();

function checkpointOf(layout: MicroLayoutName): Uint8Array {
  const bytes = checkpoints.get(layout) ?? microCheckpoint(MICRO_LAYOUTS[layout]);
  checkpoints.set(layout, bytes);
  return bytes;
}

async function withFile(layout: MicroLayoutName, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-"));
  try {
    const path = join(folder, "micro.pt");
    await writeFile(path, checkpointOf(layout));
    await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function openWhisper(path: string): Promise<Whisper> {
  await using opened = await openCheckpoint(path);
  const library = await openLibrary();
  const { source, options } = await mapFiles(library, opened);
  return await Whisper.create(library, source, { provider: "cpu", ...options });
}

type Rows = NonNullable<ReferenceTranscription["encoder"]>;

async function embedSense(whisper: Whisper): Promise<AudioFeatures> {
  const { nMels, windowFrames } = whisper.family;
  const mel = await logMelSpectrogram(paritySamples("sense"), { nMels, padding: windowFrames * HOP_LENGTH });
  return await whisper.embedAudio(melWindow(mel, 0, mel.nFrames - windowFrames, windowFrames));
}

function assertSameRows(
  features: AudioFeatures,
  width: number,
  rows: Rows,
): void {
  const encoded = features.toArray();
  for (const [position, row] of Object.entries(rows)) {
    const start = Number(position) * width;
    assertSameRow(encoded.subarray(start, start + width), row, `encoder row ${position}`);
  }
}

async function assertSameSteps(whisper: Whisper, features: AudioFeatures, expected: ReferenceDecoding) {
  using inference = whisper.startInference(features);
  for (const [i, { ids, logits }] of expected.steps.entries()) {
    const row = i === 0 ? { tokens: expected.prompt } : { from: 0, tokens: [expected.tokens[i - 1]] };
    const [actual] = await inference.step([{ window: 0, ...row }]);
    assert.equal(actual.indexOf(actual.reduce((a, b) => Math.max(a, b))), expected.tokens[i], `token ${i}`);
    ids.forEach((id, rank) => {
      assert.ok(
        Math.abs(actual[id] - logits[rank]) < 1e-3,
        `step ${i}: ${actual[id]}, wanted ${logits[rank]}`,
      );
    });
  }
}

for (const { name, layout, options, window } of MICRO_CASES) {
  describe(name, () => {
    it("transcribes as openai/whisper does", () =>
      withFile(layout, async (path) => {
        using model = await loadModel(path);
        const samples = paritySamples("sense");
        const result = await model.transcribe(samples, { temperature: 0, ...options });
        assertSameTranscription(result, readReference(name), samples.length / SAMPLE_RATE);
      }));

    if (!window) return;
    it("has openai/whisper's encoder rows, logits and language probabilities", () =>
      withFile(layout, async (path) => {
        const { encoder, decode, language_probs } = readReference(name);
        using whisper = await openWhisper(path);
        using features = await embedSense(whisper);
        assertSameRows(features, whisper.dims.nAudioState, encoder!);
        await assertSameSteps(whisper, features, decode!);
        if (!language_probs) return;
        const tokenizer = await loadTokenizer(whisper.family);
        const { languageProbs } = await detectLanguage(whisper, features, tokenizer);
        assert.equal(languageProbs.size, Object.keys(language_probs).length);
        assertSameLanguages(languageProbs, language_probs);
      }));
  });
}
