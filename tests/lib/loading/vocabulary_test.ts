/**
 * Models in Hugging Face's layout whose vocabulary is not an official one: rows nobody has a token for, and tokens
 * that were added. They must transcribe as the model they were made from.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { CheckpointFormatError } from "../../../lib/errors.ts";
import { loadModel } from "../../../lib/load_model.ts";
import type { ModelFamily } from "../../../lib/model/types.ts";
import { describe, fixture, it } from "../../harness.ts";
import { paritySamples } from "../../parity_audio.ts";
import { generationConfig, specialTexts } from "../checkpoint/corpus/hugging_face.ts";
import { huggingFaceFiles } from "./hugging_face_files.ts";
import { ENGLISH, MULTILINGUAL } from "../model/families.ts";
import { MICRO_LAYOUTS, microCheckpoint } from "../model/micro_checkpoint.ts";

/** " the", " of" and " and" of the English-only vocabulary. */
const COMMON_WORDS = [262, 286, 290];

/** A token that the micro model often says of the recording. */
const FREQUENT = [33641];

async function withFolder<T>(
  files: Record<string, Uint8Array | object>,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(`${tmpdir()}/sotto-`);
  try {
    for (const [name, content] of Object.entries(files)) {
      await writeFile(`${folder}/${name}`, content instanceof Uint8Array ? content : JSON.stringify(content));
    }
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function transcribe(path: string): Promise<{ text: string; language: string; tokens: number[] }> {
  using model = await loadModel(path, { device: "cpu" });
  // Some words tell whether two models are alike.
  const options = { temperature: 0, clipTimestamps: [0, 9], sampleLen: 64 };
  const { text, language, segments } = await model.transcribe(paritySamples("sense"), options);
  return { text, language, tokens: segments.flatMap((segment) => [...segment.tokens]) };
}

/** The files that say which token is which, with tokens added. */
function tokenFiles(family: ModelFamily, added: Record<string, number> = {}): Record<string, object> {
  return {
    "added_tokens.json": { ...specialTexts(family), ...added },
    "generation_config.json": generationConfig(family),
  };
}

describe("loadModel() of a model with another vocabulary", () => {
  it("tiny.en with 40 rows more than it has tokens transcribes as it does without", async () => {
    const files = await huggingFaceFiles(fixture("tiny.en.pt"), 40, COMMON_WORDS);
    const expected = await transcribe(fixture("tiny.en.pt"));
    const padded = await withFolder({ ...files, ...tokenFiles(ENGLISH) }, transcribe);
    assert.match(padded.text, /John Dashwood had then leisure/);
    assert.deepEqual(padded, expected);
  });

  it("a multilingual model with 5 rows more finds its language, its text and its timestamps", async () => {
    const bytes = microCheckpoint(MICRO_LAYOUTS.multilingual);
    const expected = await withFolder({ "micro.pt": bytes }, (folder) => transcribe(`${folder}/micro.pt`));
    const files = await withFolder(
      { "micro.pt": bytes },
      (folder) => huggingFaceFiles(`${folder}/micro.pt`, 5, FREQUENT),
    );
    for (
      const tokens of [tokenFiles(MULTILINGUAL), { "generation_config.json": generationConfig(MULTILINGUAL) }]
    ) {
      assert.deepEqual(await withFolder({ ...files, ...tokens }, transcribe), expected);
    }
  });

  it("a token that was added to the vocabulary is text", async () => {
    const files = await withFolder(
      { "micro.pt": microCheckpoint(MICRO_LAYOUTS.multilingual) },
      (folder) => huggingFaceFiles(`${folder}/micro.pt`, 5, FREQUENT),
    );
    const added = { "Dashwood": 51865 };
    await withFolder({ ...files, ...tokenFiles(MULTILINGUAL, added) }, async (folder) => {
      const { text, tokens } = await transcribe(folder);
      assert.ok(tokens.includes(51865), `tokens ${tokens}`);
      assert.ok(text.includes("Dashwood"), text);
      assert.ok(tokens.every((token) => token <= 51865), `tokens ${tokens}`);
    });
  });

  it("a vocabulary that no file explains is an error, not other text", async () => {
    const files = await withFolder(
      { "micro.pt": microCheckpoint(MICRO_LAYOUTS.multilingual) },
      (folder) => huggingFaceFiles(`${folder}/micro.pt`, 5, FREQUENT),
    );
    await withFolder(files, async (folder) => {
      await assert.rejects(loadModel(folder, { device: "cpu" }), (error) => {
        assert.ok(error instanceof CheckpointFormatError, String(error));
        assert.match(error.message, /nothing tells what its 51870 tokens are/);
        return true;
      });
    });
  });
});
