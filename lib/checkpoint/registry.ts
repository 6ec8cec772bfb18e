/**
 * The official checkpoints: names, addresses and SHA-256, after `_MODELS` of openai/whisper's
 * `whisper/__init__.py`. A new official model is one entry here and one in `official_heads.ts`.
 */

/** The name of a checkpoint that OpenAI published. */
export type OfficialName =
  | "tiny.en"
  | "tiny"
  | "base.en"
  | "base"
  | "small.en"
  | "small"
  | "medium.en"
  | "medium"
  | "large-v1"
  | "large-v2"
  | "large-v3"
  | "large"
  | "large-v3-turbo"
  | "turbo";

/** The name of a model: editors offer the official ones. */
export type ModelName = OfficialName | (string & Record<never, never>);

/** A checkpoint that OpenAI published. */
export interface OfficialModel {
  /** The name `loadModel` takes, such as `"base"`. */
  readonly name: OfficialName;
  /** The file's name in the cache and at the end of its address. */
  readonly fileName: string;
  /** The file's size in bytes, rounded to millions. */
  readonly size: number;
  /** The SHA-256 of the file, in hexadecimal: a segment of its address. */
  readonly sha256: string;
  /** How many languages it transcribes: 1, 99 or 100. */
  readonly languages: number;
  /** False of a model that was not trained to translate: it transcribes whatever it is asked. */
  readonly translates?: false;
}

/** Where OpenAI keeps its checkpoints; a file is at `<base>/<sha256>/<fileName>`. */
export const OFFICIAL_BASE_URL = "https://openaipublic.azureedge.net/main/whisper/models";

const LARGE_V3: Omit<OfficialModel, "name"> = {
  fileName: "large-v3.pt",
  size: 3087e6,
  sha256: "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
  languages: 100,
};

const LARGE_V3_TURBO: Omit<OfficialModel, "name"> = {
  fileName: "large-v3-turbo.pt",
  size: 1618e6,
  sha256: "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
  languages: 100,
  translates: false,
};

/** The official checkpoints, in the order of openai/whisper's `available_models()`. */
export const OFFICIAL_MODELS: readonly OfficialModel[] = [
  {
    name: "tiny.en",
    fileName: "tiny.en.pt",
    size: 76e6,
    sha256: "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03",
    languages: 1,
  },
  {
    name: "tiny",
    fileName: "tiny.pt",
    size: 76e6,
    sha256: "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
    languages: 99,
  },
  {
    name: "base.en",
    fileName: "base.en.pt",
    size: 145e6,
    sha256: "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead",
    languages: 1,
  },
  {
    name: "base",
    fileName: "base.pt",
    size: 145e6,
    sha256: "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
    languages: 99,
  },
  {
    name: "small.en",
    fileName: "small.en.pt",
    size: 484e6,
    sha256: "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872",
    languages: 1,
  },
  {
    name: "small",
    fileName: "small.pt",
    size: 484e6,
    sha256: "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
    languages: 99,
  },
  {
    name: "medium.en",
    fileName: "medium.en.pt",
    size: 1528e6,
    sha256: "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
    languages: 1,
  },
  {
    name: "medium",
    fileName: "medium.pt",
    size: 1528e6,
    sha256: "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
    languages: 99,
  },
  {
    name: "large-v1",
    fileName: "large-v1.pt",
    size: 3087e6,
    sha256: "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a",
    languages: 99,
  },
  {
    name: "large-v2",
    fileName: "large-v2.pt",
    size: 3087e6,
    sha256: "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524",
    languages: 99,
  },
  { name: "large-v3", ...LARGE_V3 },
  { name: "large", ...LARGE_V3 },
  { name: "large-v3-turbo", ...LARGE_V3_TURBO },
  { name: "turbo", ...LARGE_V3_TURBO },
];

/** Gives the official names, in the order of openai/whisper's `available_models()`. */
export function availableModels(): OfficialName[] {
  return OFFICIAL_MODELS.map((model) => model.name);
}

/** Finds an official checkpoint by its name. */
export function findModel(name: string): OfficialModel | undefined {
  return OFFICIAL_MODELS.find((model) => model.name === name);
}

/** Finds an official checkpoint by the SHA-256 of its file; the first name where two share the file. */
export function modelBySha256(sha256: string): OfficialModel | undefined {
  return OFFICIAL_MODELS.find((model) => model.sha256 === sha256.toLowerCase());
}

/**
 * Gives the address of an official checkpoint.
 *
 * @param base Where the files are, laid out as OpenAI's are: `<base>/<sha256>/<fileName>`.
 */
export function modelUrl(model: OfficialModel, base: string | URL = OFFICIAL_BASE_URL): URL {
  return new URL(`${String(base).replace(/\/+$/, "")}/${model.sha256}/${model.fileName}`);
}
