/**
 * The official checkpoints: names, addresses, SHA-256 and alignment heads, after `_MODELS` and
 * `_ALIGNMENT_HEADS` of openai/whisper's `whisper/__init__.py`. A new official model is one entry here.
 */
import { gunzipSync } from "node:zlib";
import type { AlignmentHead } from "./types.ts";

/** A checkpoint that OpenAI published. */
export interface OfficialModel {
  /** The name `loadModel` takes, such as `"base"`. */
  readonly name: string;
  /** The file's name in the cache and at the end of its address. */
  readonly fileName: string;
  /** The SHA-256 of the file, in hexadecimal: a segment of its address. */
  readonly sha256: string;
  /** The file's size in megabytes (10⁶ bytes), rounded. */
  readonly megabytes: number;
  /** Decoder layers. */
  readonly nTextLayer: number;
  /** Attention heads of a decoder layer. */
  readonly nTextHead: number;
  /** `(nTextLayer, nTextHead)` booleans, gzip, then base85: the cross-attention heads that follow the audio. */
  readonly alignmentHeads: string;
  /** The SHA-256 of the float32 values of `encoder.ln_post.weight`, where it is known. */
  readonly fingerprint?: string;
}

/** Where OpenAI keeps its checkpoints; a file is at `<base>/<sha256>/<fileName>`. */
export const OFFICIAL_BASE_URL = "https://openaipublic.azureedge.net/main/whisper/models";

const LARGE_V3: Omit<OfficialModel, "name"> = {
  fileName: "large-v3.pt",
  sha256: "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
  megabytes: 3087,
  nTextLayer: 32,
  nTextHead: 20,
  alignmentHeads: "ABzY8gWO1E0{>%R7(9S+Kn!D~%ngiGaR?*L!iJG9p-nab0JQ=-{D1-g00",
};

const LARGE_V3_TURBO: Omit<OfficialModel, "name"> = {
  fileName: "large-v3-turbo.pt",
  sha256: "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
  megabytes: 1618,
  nTextLayer: 4,
  nTextHead: 20,
  alignmentHeads: "ABzY8j^C+e0{>%RARaKHP%t(lGR*)0g!tONPyhe`",
};

/** The official checkpoints, in the order of openai/whisper's `available_models()`. */
export const OFFICIAL_MODELS: readonly OfficialModel[] = [
  {
    name: "tiny.en",
    fileName: "tiny.en.pt",
    sha256: "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03",
    megabytes: 76,
    nTextLayer: 4,
    nTextHead: 6,
    alignmentHeads: "ABzY8J1N>@0{>%R00Bk>$p{7v037`oCl~+#00",
    fingerprint: "1dc8771dc6390c303a9aac1ec9d8e92eb5bfc1bc580043137906f8d2a70a28cb",
  },
  {
    name: "tiny",
    fileName: "tiny.pt",
    sha256: "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
    megabytes: 76,
    nTextLayer: 4,
    nTextHead: 6,
    alignmentHeads: "ABzY8bu8Lr0{>%RKn9Fp%m@SkK7Kt=7ytkO",
  },
  {
    name: "base.en",
    fileName: "base.en.pt",
    sha256: "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead",
    megabytes: 145,
    nTextLayer: 6,
    nTextHead: 8,
    alignmentHeads: "ABzY8;40c<0{>%RzzG;p*o+Vo09|#PsxSZm00",
  },
  {
    name: "base",
    fileName: "base.pt",
    sha256: "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
    megabytes: 145,
    nTextLayer: 6,
    nTextHead: 8,
    alignmentHeads: "ABzY8KQ!870{>%RzyTQH3`Q^yNP!>##QT-<FaQ7m",
    fingerprint: "f8c802a16c1a3d62a360b46262587107bbc1f6f4a2f8adab11204f7c0233ee72",
  },
  {
    name: "small.en",
    fileName: "small.en.pt",
    sha256: "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872",
    megabytes: 484,
    nTextLayer: 12,
    nTextHead: 12,
    alignmentHeads: "ABzY8>?_)10{>%RpeA61k&I|OI3I$65C{;;pbCHh0B{qLQ;+}v00",
  },
  {
    name: "small",
    fileName: "small.pt",
    sha256: "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
    megabytes: 484,
    nTextLayer: 12,
    nTextHead: 12,
    alignmentHeads: "ABzY8DmU6=0{>%Rpa?J`kvJ6qF(V^F86#Xh7JUGMK}P<N0000",
  },
  {
    name: "medium.en",
    fileName: "medium.en.pt",
    sha256: "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
    megabytes: 1528,
    nTextLayer: 24,
    nTextHead: 16,
    alignmentHeads: "ABzY8usPae0{>%R7<zz_OvQ{)4kMa0BMw6u5rT}kRKX;$NfYBv00*Hl@qhsU00",
  },
  {
    name: "medium",
    fileName: "medium.pt",
    sha256: "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
    megabytes: 1528,
    nTextLayer: 24,
    nTextHead: 16,
    alignmentHeads: "ABzY8B0Jh+0{>%R7}kK1fFL7w6%<-Pf*t^=N)Qr&0RR9",
  },
  {
    name: "large-v1",
    fileName: "large-v1.pt",
    sha256: "e4b87e7e0bf463eb8e6956e646f1e277e901512310def2c24bf0e11bd3c28e9a",
    megabytes: 3087,
    nTextLayer: 32,
    nTextHead: 20,
    alignmentHeads: "ABzY8r9j$a0{>%R7#4sLmoOs{s)o3~84-RPdcFk!JR<kSfC2yj",
  },
  {
    name: "large-v2",
    fileName: "large-v2.pt",
    sha256: "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524",
    megabytes: 3087,
    nTextLayer: 32,
    nTextHead: 20,
    alignmentHeads: "ABzY8zd+h!0{>%R7=D0pU<_bnWW*tkYAhobTNnu$jnkEkXqp)j;w1Tzk)UH3X%SZd&fFZ2fC2yj",
  },
  { name: "large-v3", ...LARGE_V3 },
  { name: "large", ...LARGE_V3 },
  { name: "large-v3-turbo", ...LARGE_V3_TURBO },
  { name: "turbo", ...LARGE_V3_TURBO },
];

/** Gives the official names, in the order of openai/whisper's `available_models()`. */
export function availableModels(): string[] {
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

/** Gives the alignment heads of an official checkpoint, in the order of layers and then heads. */
export function alignmentHeadsOf(model: OfficialModel): AlignmentHead[] {
  return [...gunzipSync(decodeBase85(model.alignmentHeads))]
    .map((isHead, index) => ({ isHead, index }))
    .filter(({ isHead }) => isHead !== 0)
    .map(({ index }) => [Math.floor(index / model.nTextHead), index % model.nTextHead] as const);
}

const BASE85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/** Decodes the base85 of RFC 1924's alphabet as Python's `base64.b85decode` does: 5 characters are 4 bytes. */
function decodeBase85(text: string): Uint8Array {
  const groups = Math.ceil(text.length / 5);
  const bytes = new DataView(new ArrayBuffer(groups * 4));
  const padded = text.padEnd(groups * 5, "~");
  for (let group = 0; group < groups; group++) {
    let value = 0;
    for (const character of padded.slice(group * 5, group * 5 + 5)) {
      value = value * 85 + BASE85.indexOf(character);
    }
    bytes.setUint32(group * 4, value);
  }
  return new Uint8Array(bytes.buffer, 0, groups * 4 - (padded.length - text.length));
}
