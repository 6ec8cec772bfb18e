/**
 * The readers of checkpoints as `fuzz.ts` tries them.
 */
import {
  readConfig,
  readGenerationConfig,
  readShardIndex,
} from "../../lib/checkpoint/format/hugging_face.ts";
import { parseJson, parseJsonMember } from "../../lib/checkpoint/format/json.ts";
import { unwrapTensors } from "../../lib/checkpoint/format/unwrap_tensors.ts";
import { checkpointOf, checkpointOfTensors } from "../../lib/checkpoint/format/state_dict.ts";
import { placed } from "../../lib/checkpoint/format/torch/torch_checkpoint.ts";
import { parseDataPkl } from "../../lib/checkpoint/format/torch/torch_zip.ts";
import { BYTES_PER_VALUE, type Checkpoint, type SpecialTokens } from "../../lib/checkpoint/types.ts";
import { readZip, type ZipEntry } from "../../lib/checkpoint/format/torch/zip_entries.ts";
import { type AudioDecodeError, CheckpointFormatError } from "../../lib/errors.ts";
import { buildLegacy } from "../../tests/lib/checkpoint/corpus/legacy.ts";
import { pickle, Raw } from "../../tests/lib/checkpoint/corpus/pickle.ts";
import {
  buildSafetensors,
  buildTorch,
  DIMS,
  huggingFaceConfig,
  huggingFaceName,
  unwrapTensors as corpusTensors,
} from "../../tests/lib/checkpoint/corpus/model.ts";
import {
  memoryReader,
  readSafetensorsBytes,
  readTorchBytes,
} from "../../tests/lib/checkpoint/corpus/read.ts";
import { TRAINER_CASES } from "../../tests/lib/checkpoint/corpus/trainer_cases.ts";
import { buildZip, type BuiltZip } from "../../tests/lib/checkpoint/corpus/zip.ts";
import { mutateBytes, mutateFields, mutatePickle, mutateTokens, type Random } from "./mutations.ts";

import { specialTokensOf, tokenTexts } from "../../lib/checkpoint/format/special_tokens.ts";
import { specialTokenTexts } from "../../lib/tokenizer/special_tokens.ts";
import { generationConfig } from "../../tests/lib/checkpoint/corpus/hugging_face.ts";
import { MULTILINGUAL } from "../../tests/lib/model/families.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A parser under test. */
export interface Target {
  readonly name: string;
  /** Makes the bytes of a case. */
  readonly make: (random: Random) => Bytes;
  /** Parses them: returns, or throws `refusal`. */
  readonly run: (bytes: Bytes) => unknown;
  readonly refusal: typeof CheckpointFormatError | typeof AudioDecodeError;
  /** Milliseconds that a case may take, if it is not a second. */
  readonly maxMilliseconds?: number;
}

/** Whatever is accepted must be safe to use: every value of every tensor inside the file. */
function assertInside({ tensors }: Checkpoint, size: number): void {
  for (const [name, { dtype, shape, strides, offset }] of tensors) {
    const last = shape.reduce((sum, size, i) => sum + (size - 1) * strides[i], 0);
    const end = offset + (last + 1) * BYTES_PER_VALUE[dtype];
    if (!Number.isSafeInteger(end) || offset < 0 || end > size) {
      throw new Error(`${name} ends at ${end} of ${size}`);
    }
  }
}

function zipTarget(): Target {
  const file = (name: string, bytes: number) => ({ name, data: new Uint8Array(bytes).fill(7) });
  const few = [file("a/data.pkl", 40), file("a/data/0", 100), file("a/data/1", 3), file("a/version", 2)];
  const seeds: BuiltZip[] = [
    ...([0, 12, 16, 20, 24] as const).map((descriptor) => buildZip(few, { descriptor })),
    buildZip(few, { zip64: false, comment: new Uint8Array(30) }),
    buildZip(few, { saturated: true, extra: Uint8Array.of(9, 9, 2, 0, 1, 1) }),
    buildTorch(),
  ];
  return {
    name: "zip",
    refusal: CheckpointFormatError,
    make: (random) => mutateFields(random.pick(seeds), random),
    run: async (bytes) => {
      const entries = await readZip(memoryReader(bytes), bytes.length);
      for (const { name, offset, size } of entries) {
        if (offset < 0 || offset + size > bytes.length) throw new Error(`${name} ends past the file`);
      }
      assertInside(await readTorchBytes(bytes), bytes.length);
    },
  };
}

function pickleTarget(): Target {
  const built = buildTorch();
  const storages = new Map<string, ZipEntry>();
  for (const { key } of corpusTensors()) {
    const { payload, end } = built.places.get(`archive/data/${key}`)!;
    storages.set(key, { name: key, offset: payload, size: end - payload });
  }
  const { payload, end } = built.places.get("archive/data.pkl")!;
  const seed = built.bytes.slice(payload, end);
  return {
    name: "pickle",
    refusal: CheckpointFormatError,
    make: (random) => mutatePickle(seed, random),
    run: (bytes) => {
      const { dims, tensors } = placed(parseDataPkl(bytes, storages), 0, (key) => storages.get(key)!.offset);
      const size = built.bytes.length;
      const model = unwrapTensors(tensors);
      assertInside(dims ? checkpointOf(model, dims) : checkpointOfTensors(model), size);
    },
  };
}

/** Files before PyTorch 1.6: their pickles, their keys and their storages. */
function legacyTarget(): Target {
  const seed = buildLegacy();
  return {
    name: "legacy",
    refusal: CheckpointFormatError,
    make: (random) => {
      if (random.chance(0.3)) return mutateBytes(seed, random);
      if (random.chance(0.5)) {
        return buildLegacy({ data: (bytes) => mutatePickle(bytes, random) });
      }
      return buildLegacy({
        keys: (keys) => new Raw([...mutatePickle(pickle(keys), random).subarray(2, -1)]),
        length: (values) => random.chance(0.9) ? values : random.interesting(BigInt(values)),
      });
    },
    run: async (bytes) => assertInside(await readTorchBytes(bytes), bytes.length),
  };
}

/** What trainers leave: integers, wrappers, and objects of NumPy, with changes to the pickle. */
async function trainerTarget(): Promise<Target> {
  const seeds = await Promise.all(TRAINER_CASES.map(async ({ bytes }) => {
    const zip = bytes();
    const entries = await readZip(memoryReader(zip), zip.length);
    return entries.map(({ name, offset, size }) => ({ name, data: zip.slice(offset, offset + size) }));
  }));
  return {
    name: "trainer",
    refusal: CheckpointFormatError,
    make: (random) => {
      const files = random.pick(seeds).map(({ name, data }) => ({
        name,
        data: name.endsWith("/data.pkl") ? mutatePickle(data, random) : data,
      }));
      return buildZip(files).bytes;
    },
    run: async (bytes) => assertInside(await readTorchBytes(bytes), bytes.length),
  };
}

function safetensorsTarget(): Target {
  const seeds = [buildSafetensors(), buildSafetensors({ rename: huggingFaceName, dtype: "float32" })];
  const make = (random: Random): Bytes => {
    const seed = random.pick(seeds);
    const length = Number(new DataView(seed.buffer).getBigUint64(0, true));
    const text = new TextDecoder().decode(seed.subarray(8, 8 + length));
    const header = new TextEncoder().encode(mutateTokens(text, random));
    const bytes = new Uint8Array(8 + header.length + seed.length - 8 - length);
    const said = random.chance(0.9) ? BigInt(header.length) : random.interesting(BigInt(header.length));
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, said), true);
    bytes.set(header, 8);
    bytes.set(seed.subarray(8 + length), 8 + header.length);
    return random.chance(0.9) ? bytes : mutateBytes(bytes, random);
  };
  const run = async (bytes: Bytes): Promise<void> =>
    assertInside(await readSafetensorsBytes(bytes), bytes.length);
  return { name: "safetensors", refusal: CheckpointFormatError, make, run };
}

function jsonTarget(): Target {
  const generation = {
    alignment_heads: [[0, 0], [1, 0]],
    suppress_tokens: [1, 2],
    begin_suppress_tokens: null,
  };
  const map = Object.fromEntries(
    ["a", "b", "c"].map((name, i) => [name, `model-0000${i + 1}-of-00003.safetensors`]),
  );
  const tokens = Object.fromEntries(Array.from(specialTokenTexts(MULTILINGUAL), ([id, text]) => [text, id]));
  const added_tokens = Object.entries(tokens).slice(0, 110).map(([content, id]) => ({ id, content }));
  const tokenizer = { added_tokens, model: { vocab: { a: 0 } } };
  const seeds = [huggingFaceConfig(), generation, tokens, tokenizer, generationConfig(MULTILINGUAL), {
    metadata: { total_size: 9 },
    weight_map: map,
  }];
  return {
    name: "json",
    refusal: CheckpointFormatError,
    make: (random) => {
      const bytes = new TextEncoder().encode(mutateTokens(JSON.stringify(random.pick(seeds)), random));
      return random.chance(0.9) ? bytes : mutateBytes(bytes, random);
    },
    run: (bytes) => {
      const json = parseJson(bytes, "a fuzzed file");
      const keys = json instanceof Map ? json : new Map();
      if (keys.has("weight_map")) {
        for (const file of readShardIndex(json).values()) {
          if (/[/\\]|^\./.test(file)) throw new Error(`the index leads to ${file}`);
        }
      } else if (keys.has("added_tokens")) {
        const list = parseJsonMember(bytes, "a fuzzed file", "added_tokens");
        assertSpecial(specialTokensOf(tokenTexts(list, "a fuzzed file"), undefined, VOCABULARY));
      } else if (keys.has("<|startoftranscript|>")) {
        assertSpecial(specialTokensOf(tokenTexts(json, "a fuzzed file"), undefined, VOCABULARY));
      } else if (keys.has("decoder_start_token_id")) {
        assertSpecial(specialTokensOf(new Map(), json, VOCABULARY));
      } else if (keys.has("alignment_heads")) {
        readGenerationConfig(json, DIMS);
      } else {
        readConfig(json);
      }
    },
  };
}

const VOCABULARY = { nVocab: 51870, nAudioCtx: 1500 };

/** Whatever is taken for special tokens must be tokens, and no two of them one. */
function assertSpecial(special: SpecialTokens | undefined): void {
  if (special === undefined) return;
  const { languages, added, timestampEnd, ...single } = special;
  const tokens = [...Object.values(single) as number[], ...languages.values(), ...added?.keys() ?? []];
  if (new Set(tokens).size !== tokens.length) throw new Error("two special tokens are one");
  for (const token of [...tokens, timestampEnd - 1]) {
    if (!Number.isInteger(token) || token < 0 || token >= VOCABULARY.nVocab) {
      throw new Error(`token ${token}`);
    }
  }
}

/** All of them. */
export async function checkpointTargets(): Promise<Target[]> {
  return [
    zipTarget(),
    pickleTarget(),
    legacyTarget(),
    await trainerTarget(),
    safetensorsTarget(),
    jsonTarget(),
  ];
}
