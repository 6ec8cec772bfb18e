import assert from "node:assert/strict";
import {
  appendFile,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { existsSync } from "node:fs";
import type { ModelDimensions } from "../../../lib/checkpoint/types.ts";
import { CheckpointFormatError } from "../../../lib/errors.ts";
import { type OpenCheckpoint, openCheckpoint } from "../../../lib/checkpoint/open_checkpoint.ts";
import { tensorShapes } from "../../../lib/checkpoint/format/state_dict.ts";
import { readTensorValues } from "../../../lib/checkpoint/tensor_values.ts";
import { describe, fixture, it, itNeeds } from "../../harness.ts";
import {
  buildSafetensors,
  buildTorch,
  DIMS,
  huggingFaceConfig,
  huggingFaceName,
  tensorPickle,
  type TensorSpec,
  unwrapTensors,
  valuesOf,
} from "./corpus/model.ts";
import { Dict } from "./corpus/pickle.ts";

/** The parameters of a file: text is written as it is, other values as JSON. */
type Files = Readonly<Record<string, Uint8Array | string | object>>;

/** Runs a test with a folder of these files. */
async function withFolder(files: Files, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await realpath(await mkdtemp(`${tmpdir()}/sotto-`));
  try {
    for (const [name, content] of Object.entries(files)) {
      const isRaw = typeof content === "string" || content instanceof Uint8Array;
      await writeFile(`${folder}/${name}`, isRaw ? content : JSON.stringify(content));
    }
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Asserts that a checkpoint is the model, value by value. */
async function assertModel(
  { checkpoint, files }: OpenCheckpoint,
  dims: ModelDimensions = DIMS,
): Promise<void> {
  assert.deepEqual(checkpoint.dims, dims);
  assert.deepEqual([...checkpoint.tensors.keys()].sort(), [...tensorShapes(dims).keys()].sort());
  for (const [name, entry] of checkpoint.tensors) {
    assert.deepEqual(
      await readTensorValues(entry, files[entry.file].read),
      valuesOf(name, entry.shape),
      name,
    );
  }
}

async function assertOpens(path: string, dims?: ModelDimensions): Promise<void> {
  await using opened = await openCheckpoint(path);
  await assertModel(opened, dims);
  await opened.assertUnchanged();
}

async function assertRefused(files: Files, message: RegExp): Promise<void> {
  await withFolder(files, async (folder) => {
    await assert.rejects(openCheckpoint(folder), (error) => {
      assert.ok(error instanceof CheckpointFormatError, String(error));
      assert.match(error.message, message);
      assert.ok(error.message.startsWith(`Cannot read checkpoint ${folder}`), error.message);
      return true;
    });
  });
}

/** A state dict with Hugging Face's names and no dims, as `pytorch_model.bin` is. */
function torchStateDict(keep: (name: string) => boolean = () => true): Uint8Array {
  const renamed = unwrapTensors().map((spec): TensorSpec => ({
    ...spec,
    name: huggingFaceName(String(spec.name)),
  }));
  const embedding = renamed.find(({ name }) => name === "model.decoder.embed_tokens.weight")!;
  const tensors = [...renamed, { ...embedding, name: "proj_out.weight" }].filter(({ name }) =>
    keep(String(name))
  );
  return buildTorch({ tensors, top: new Dict(tensors.map((spec) => [spec.name, tensorPickle(spec)])) }).bytes;
}

const isEncoder = (name: string): boolean => name.includes("encoder.") && !name.includes("decoder.");
const names = [...tensorShapes(DIMS).keys()].map(huggingFaceName);
const config = huggingFaceConfig();
const whole = buildSafetensors({ rename: huggingFaceName });

/** A model in two shards, the encoder in one. */
function shards(change: (map: Record<string, string>) => void = () => {}): Files {
  const part = (wanted: boolean): Uint8Array =>
    buildSafetensors({
      rename: (name) => isEncoder(huggingFaceName(name)) === wanted ? huggingFaceName(name) : undefined,
    });
  const map = Object.fromEntries(
    names.map((name) => [name, `model-0000${isEncoder(name) ? 1 : 2}-of-00002.safetensors`]),
  );
  change(map);
  return {
    "config.json": config,
    "model.safetensors.index.json": { metadata: { total_size: 1 }, weight_map: map },
    "model-00001-of-00002.safetensors": part(true),
    "model-00002-of-00002.safetensors": part(false),
  };
}

describe("openCheckpoint() of a file", () => {
  it("openCheckpoint() opens the official tiny.en", async () => {
    await using opened = await openCheckpoint(fixture("tiny.en.pt"));
    assert.equal(opened.checkpoint.tensors.size, 167);
    assert.equal(opened.checkpoint.dims.nVocab, 51864);
    const entry = opened.checkpoint.tensors.get("decoder.blocks.0.mlp.0.weight")!;
    assert.deepEqual([entry.dtype, entry.shape, entry.strides], ["float16", [1536, 384], [1, 1536]]);
  });

  it("openCheckpoint() tells formats by content, not by name", async () => {
    await withFolder({ "a.pt": buildSafetensors(), "b.safetensors": buildTorch().bytes }, async (folder) => {
      await assertOpens(`${folder}/a.pt`);
      await assertOpens(`${folder}/b.safetensors`);
    });
  });

  it("openCheckpoint() opens a state dict without a folder around it", async () => {
    await withFolder(
      { "pytorch_model.bin": torchStateDict() },
      (folder) => assertOpens(`${folder}/pytorch_model.bin`),
    );
  });

  it("openCheckpoint() opens what torch saved: in the container before 1.6, and a trainer's", async () => {
    await assertOpens(fixture("torch/legacy.pt"));
    await assertOpens(fixture("torch/trainer.pt"));
  });

  it("openCheckpoint() gives the real path behind a symbolic link", async () => {
    await withFolder({ "a.pt": buildTorch().bytes }, async (folder) => {
      await symlink(`${folder}/a.pt`, `${folder}/link.pt`);
      await using opened = await openCheckpoint(`${folder}/link.pt`);
      assert.deepEqual(opened.files.map(({ path }) => path), [`${folder}/a.pt`]);
    });
  });

  itNeeds(
    existsSync("/dev/null") ? undefined : "there is no /dev/null",
    "openCheckpoint() refuses a device",
    async () => {
      await assert.rejects(
        openCheckpoint("/dev/null"),
        /checkpoint \/dev\/null: it is neither a file nor a folder/,
      );
    },
  );

  it("openCheckpoint() stops when its signal does", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(openCheckpoint(fixture("tiny.en.pt"), { signal }), /enough/);
  });

  it("openCheckpoint() closes its files when it is disposed", async () => {
    const opened = await openCheckpoint(fixture("tiny.en.pt"));
    await opened[Symbol.asyncDispose]();
    await assert.rejects(opened.files[0].read(0, 1));
  });
});

describe("openCheckpoint() of a folder", () => {
  const folders: Readonly<Record<string, Files>> = {
    "model.safetensors": { "config.json": config, "model.safetensors": whole },
    "safetensors shards": shards(),
    "pytorch_model.bin": { "config.json": config, "pytorch_model.bin": torchStateDict() },
    "pytorch_model.bin shards": {
      "config.json": config,
      "pytorch_model.bin.index.json": {
        weight_map: Object.fromEntries([...names, "proj_out.weight"].map((name) => [
          name,
          `pytorch_model-0000${isEncoder(name) ? 1 : 2}-of-00002.bin`,
        ])),
      },
      "pytorch_model-00001-of-00002.bin": torchStateDict(isEncoder),
      "pytorch_model-00002-of-00002.bin": torchStateDict((name) => !isEncoder(name)),
    },
    "an output projection that is the embedding by configuration": {
      "config.json": { ...config, tie_word_embeddings: true },
      "model.safetensors": buildSafetensors({
        rename: huggingFaceName,
        more: [{ name: "proj_out.weight", shape: [DIMS.nVocab, DIMS.nTextState] }],
      }),
    },
  };
  for (const [what, files] of Object.entries(folders)) {
    it(`openCheckpoint() opens a folder of ${what}`, () =>
      withFolder(files, (folder) => assertOpens(folder)));
  }

  it("openCheckpoint() prefers safetensors", async () => {
    await withFolder(
      { ...folders["model.safetensors"], "pytorch_model.bin": "damaged" },
      (folder) => assertOpens(folder),
    );
  });

  it("openCheckpoint() opens a distilled model, with fewer decoder layers than encoder layers", async () => {
    const dims = { ...DIMS, nAudioLayer: 3, nTextLayer: 1 };
    const files = {
      "config.json": huggingFaceConfig(dims),
      "model.safetensors": buildSafetensors({ dims, rename: huggingFaceName }),
      "generation_config.json": { alignment_heads: [[7, 0], [10, 17]], suppress_tokens: [1, 2] },
    };
    await withFolder(files, async (folder) => {
      await assertOpens(folder, dims);
      await using opened = await openCheckpoint(folder);
      assert.equal(opened.checkpoint.alignmentHeads, undefined);
      assert.deepEqual(opened.checkpoint.suppressTokens, [1, 2]);
    });
  });

  it("openCheckpoint() takes alignment heads and suppressed tokens from generation_config.json", async () => {
    const generation = {
      alignment_heads: [[0, 0], [1, 0]],
      suppress_tokens: [],
      begin_suppress_tokens: [3, 9],
    };
    await withFolder(
      { ...folders["model.safetensors"], "generation_config.json": generation },
      async (folder) => {
        await using opened = await openCheckpoint(folder);
        assert.deepEqual(opened.checkpoint.alignmentHeads, [[0, 0], [1, 0]]);
        assert.deepEqual(opened.checkpoint.suppressTokens, []);
        assert.deepEqual(opened.checkpoint.beginSuppressTokens, [3, 9]);
      },
    );
  });

  it("openCheckpoint() opens a folder of links, as Hugging Face's cache is", async () => {
    await withFolder({ blob: whole, "blob.json": config }, async (folder) => {
      await mkdir(`${folder}/snapshot`);
      await symlink("../blob", `${folder}/snapshot/model.safetensors`);
      await symlink("../blob.json", `${folder}/snapshot/config.json`);
      await assertOpens(`${folder}/snapshot`);
    });
  });

  const refused: readonly (readonly [what: string, files: Files, message: RegExp])[] = [
    ["nothing", {}, /a folder without config\.json/],
    ["no weights", { "config.json": config }, /neither model\.safetensors nor pytorch_model\.bin/],
    [
      "an adapter",
      {
        "adapter_config.json": { base_model_name_or_path: "openai/whisper-small" },
        "adapter_model.bin": "x",
      },
      /the folder holds a LoRA adapter alone: load it on "openai\/whisper-small" with peft, merge it/,
    ],
    [
      "a configuration and an adapter",
      { "config.json": config, "adapter_config.json": {} },
      /the folder holds a LoRA adapter alone: load it on its base model/,
    ],
    ["another model", { "config.json": { ...config, model_type: "bert" } }, /model_type .* is "bert"/],
    ["a configuration whose tie_word_embeddings is text", {
      "config.json": { ...config, tie_word_embeddings: "yes" },
    }, /tie_word_embeddings is a string/],
    ["a configuration that is a list", { "config.json": [] }, /config\.json is a list/],
    ["a configuration that is no JSON", { "config.json": "<html>" }, /JSON has/],
    ["a configuration of 5 MB", { "config.json": " ".repeat(5e6) }, /has 5000000 bytes, the limit is/],
    ["another width by configuration", {
      "config.json": { ...config, vocab_size: 11 },
      "model.safetensors": whole,
    }, /shape \(10,4\), the dimensions ask for \(11,4\)/],
    [
      "weights that are a web page",
      { "config.json": config, "model.safetensors": "<html>" },
      /model\.safetensors: the file is a web page/,
    ],
    ["weights that are a Git LFS pointer", {
      "config.json": config,
      "model.safetensors": "version https://git-lfs.github.com/spec/v1\n",
    }, /Git LFS pointer/],
    ["a model without the encoder's positions", {
      "config.json": config,
      "model.safetensors": buildSafetensors({
        rename: (name) => name === "encoder.positional_embedding" ? undefined : huggingFaceName(name),
      }),
    }, /has no tensor "encoder\.positional_embedding"/],
    ["an output projection of its own", {
      "config.json": { ...config, tie_word_embeddings: false },
      "model.safetensors": buildSafetensors({
        rename: huggingFaceName,
        more: [{ name: "proj_out.weight", shape: [DIMS.nVocab, DIMS.nTextState] }],
      }),
    }, /not the token embedding/],
    [
      "a shard outside the folder",
      shards((map) => map[names[0]] = "../model.safetensors"),
      /no plain name of a shard/,
    ],
    ["an absolute shard", shards((map) => map[names[0]] = "/etc/x.bin"), /no plain name of a shard/],
    ["a shard in a folder", shards((map) => map[names[0]] = "a/x.bin"), /no plain name of a shard/],
    ["a shard behind a backslash", shards((map) => map[names[0]] = "..\\x.bin"), /no plain name of a shard/],
    ["a shard that is a number", shards((map) => map[names[0]] = 1 as unknown as string), /is the integer 1/],
    [
      "a tensor in another shard than the index says",
      shards((map) => {
        map[names[0]] = "model-00002-of-00002.safetensors";
      }),
      /which the index has elsewhere/,
    ],
    [
      "a tensor that the index does not have",
      shards((map) => delete map[names[0]]),
      /which the index has elsewhere/,
    ],
    [
      "a tensor that no shard has",
      shards((map) => map["x"] = "model-00002-of-00002.safetensors"),
      /does not have "x"/,
    ],
    ["100 shards", shards((map) => names.forEach((_, i) => map[`x${i}`] = `${i}.bin`)), /it must be 1 to 64/],
    [
      "a shard that is not there",
      shards((map) => map["x"] = "gone.bin"),
      /the shard "gone\.bin", which is not there/,
    ],
    ["an empty index", { ...shards(), "model.safetensors.index.json": { weight_map: {} } }, /names 0 files/],
    ["an index without a map", { ...shards(), "model.safetensors.index.json": {} }, /weight_map is missing/],
    ["added tokens that are a number", {
      ...folders["model.safetensors"],
      "added_tokens.json": "1",
    }, /added_tokens\.json has the integer 1 for its added tokens/],
    ["a tokenizer of 9 MB", {
      ...folders["model.safetensors"],
      "tokenizer.json": " ".repeat(9e6),
    }, /"tokenizer\.json" has 9000000 bytes, the limit is 8388608/],
    ["a tokenizer that does not end", {
      ...folders["model.safetensors"],
      "tokenizer.json": `{"model":${"[".repeat(100_000)}`,
    }, /a JSON value does not end/],
    ["alignment heads that are no pairs", {
      ...folders["model.safetensors"],
      "generation_config.json": { alignment_heads: [[0]] },
    }, /pairs \[layer, head\]/],
    ["suppressed tokens outside the vocabulary", {
      ...folders["model.safetensors"],
      "generation_config.json": { suppress_tokens: [50257] },
    }, /no token of a vocabulary of 10/],
  ];
  for (const [what, files, message] of refused) {
    it(`openCheckpoint() refuses a folder of ${what}`, () => assertRefused(files, message));
  }
});

describe("assertUnchanged()", () => {
  const changes: Readonly<Record<string, (path: string) => Promise<void>>> = {
    "replaced by another file": async (path) => {
      await writeFile(`${path}.new`, buildTorch({ prefix: "other" }).bytes);
      await rename(`${path}.new`, path);
    },
    "replaced by a copy": async (path) => {
      await writeFile(`${path}.new`, buildTorch().bytes);
      await rename(`${path}.new`, path);
    },
    "replaced by a link": async (path) => {
      await rename(path, `${path}.old`);
      await writeFile(`${path}.new`, buildTorch().bytes);
      await symlink(`${path}.new`, path);
    },
    "written to": (path) => appendFile(path, "x"),
  };
  for (const [what, change] of Object.entries(changes)) {
    it(`assertUnchanged() refuses a file that was ${what}`, async () => {
      await withFolder({ "a.pt": buildTorch().bytes }, async (folder) => {
        await using opened = await openCheckpoint(`${folder}/a.pt`);
        await opened.assertUnchanged();
        await change(`${folder}/a.pt`);
        await assert.rejects(opened.assertUnchanged(), CheckpointFormatError);
      });
    });
  }

  it("assertUnchanged() refuses when one of several shards was replaced", async () => {
    await withFolder(shards(), async (folder) => {
      await using opened = await openCheckpoint(folder);
      await appendFile(`${folder}/model-00002-of-00002.safetensors`, "x");
      await assert.rejects(
        opened.assertUnchanged(),
        /model-00002-of-00002\.safetensors: it was changed, replaced/,
      );
    });
  });

  it("assertUnchanged() refuses when the file is gone", async () => {
    await withFolder({ "a.pt": buildTorch().bytes }, async (folder) => {
      await using opened = await openCheckpoint(`${folder}/a.pt`);
      await rm(`${folder}/a.pt`);
      await assert.rejects(opened.assertUnchanged(), CheckpointFormatError);
    });
  });

  it("reading a file that became shorter is an error", async () => {
    await withFolder({ "a.pt": buildTorch().bytes }, async (folder) => {
      await using opened = await openCheckpoint(`${folder}/a.pt`);
      await truncate(`${folder}/a.pt`, 100);
      const [{ read }] = opened.files;
      assert.equal((await read(0, 100)).length, 100);
      await assert.rejects(read(90, 20), /the file ended while it was read/);
    });
  });

  it("what was opened stays readable when its path leads elsewhere", async () => {
    await withFolder({ "a.pt": buildTorch().bytes }, async (folder) => {
      await using opened = await openCheckpoint(`${folder}/a.pt`);
      await changes["replaced by another file"](`${folder}/a.pt`);
      await assertModel(opened);
    });
  });
});
