/**
 * What is known of the official checkpoints' insides: the cross-attention heads that follow the audio, after
 * `_ALIGNMENT_HEADS` of openai/whisper's `whisper/__init__.py`, and what recognises a checkpoint by its weights.
 */
import { gunzipSync } from "node:zlib";
import { OFFICIAL_MODELS, type OfficialModel } from "./registry.ts";
import type { AlignmentHead } from "./types.ts";

/** What is known of an official checkpoint's decoder. */
interface OfficialHeads {
  /** Decoder layers. */
  readonly nTextLayer: number;
  /** Attention heads of a decoder layer. */
  readonly nTextHead: number;
  /** `(nTextLayer, nTextHead)` booleans, gzip, then base85. */
  readonly alignmentHeads: string;
  /** The SHA-256 of the float32 values of `encoder.ln_post.weight`, where it is known. */
  readonly fingerprint?: string;
}

/** By the names of the files. */
const OFFICIAL_HEADS: Readonly<Record<string, OfficialHeads>> = {
  "tiny.en.pt": {
    nTextLayer: 4,
    nTextHead: 6,
    alignmentHeads: "ABzY8J1N>@0{>%R00Bk>$p{7v037`oCl~+#00",
    fingerprint: "1dc8771dc6390c303a9aac1ec9d8e92eb5bfc1bc580043137906f8d2a70a28cb",
  },
  "tiny.pt": {
    nTextLayer: 4,
    nTextHead: 6,
    alignmentHeads: "ABzY8bu8Lr0{>%RKn9Fp%m@SkK7Kt=7ytkO",
  },
  "base.en.pt": {
    nTextLayer: 6,
    nTextHead: 8,
    alignmentHeads: "ABzY8;40c<0{>%RzzG;p*o+Vo09|#PsxSZm00",
  },
  "base.pt": {
    nTextLayer: 6,
    nTextHead: 8,
    alignmentHeads: "ABzY8KQ!870{>%RzyTQH3`Q^yNP!>##QT-<FaQ7m",
    fingerprint: "f8c802a16c1a3d62a360b46262587107bbc1f6f4a2f8adab11204f7c0233ee72",
  },
  "small.en.pt": {
    nTextLayer: 12,
    nTextHead: 12,
    alignmentHeads: "ABzY8>?_)10{>%RpeA61k&I|OI3I$65C{;;pbCHh0B{qLQ;+}v00",
  },
  "small.pt": {
    nTextLayer: 12,
    nTextHead: 12,
    alignmentHeads: "ABzY8DmU6=0{>%Rpa?J`kvJ6qF(V^F86#Xh7JUGMK}P<N0000",
  },
  "medium.en.pt": {
    nTextLayer: 24,
    nTextHead: 16,
    alignmentHeads: "ABzY8usPae0{>%R7<zz_OvQ{)4kMa0BMw6u5rT}kRKX;$NfYBv00*Hl@qhsU00",
  },
  "medium.pt": {
    nTextLayer: 24,
    nTextHead: 16,
    alignmentHeads: "ABzY8B0Jh+0{>%R7}kK1fFL7w6%<-Pf*t^=N)Qr&0RR9",
  },
  "large-v1.pt": {
    nTextLayer: 32,
    nTextHead: 20,
    alignmentHeads: "ABzY8r9j$a0{>%R7#4sLmoOs{s)o3~84-RPdcFk!JR<kSfC2yj",
  },
  "large-v2.pt": {
    nTextLayer: 32,
    nTextHead: 20,
    alignmentHeads: "ABzY8zd+h!0{>%R7=D0pU<_bnWW*tkYAhobTNnu$jnkEkXqp)j;w1Tzk)UH3X%SZd&fFZ2fC2yj",
  },
  "large-v3.pt": {
    nTextLayer: 32,
    nTextHead: 20,
    alignmentHeads: "ABzY8gWO1E0{>%R7(9S+Kn!D~%ngiGaR?*L!iJG9p-nab0JQ=-{D1-g00",
  },
  "large-v3-turbo.pt": {
    nTextLayer: 4,
    nTextHead: 20,
    alignmentHeads: "ABzY8j^C+e0{>%RARaKHP%t(lGR*)0g!tONPyhe`",
  },
};

/** Gives the official checkpoints with as many decoder layers and heads. */
export function modelsAlike(dims: { nTextLayer: number; nTextHead: number }): OfficialModel[] {
  return OFFICIAL_MODELS.filter(({ fileName }) => {
    const { nTextLayer, nTextHead } = OFFICIAL_HEADS[fileName];
    return nTextLayer === dims.nTextLayer && nTextHead === dims.nTextHead;
  });
}

/** Gives the SHA-256 of the float32 values of an official checkpoint's `encoder.ln_post.weight`, where it is known. */
export function fingerprintOf({ fileName }: OfficialModel): string | undefined {
  return OFFICIAL_HEADS[fileName].fingerprint;
}

/** Gives the alignment heads of an official checkpoint, in the order of layers and then heads. */
export function alignmentHeadsOf({ fileName }: OfficialModel): AlignmentHead[] {
  const { alignmentHeads, nTextHead } = OFFICIAL_HEADS[fileName];
  return [...gunzipSync(decodeBase85(alignmentHeads))]
    .map((isHead, index) => ({ isHead, index }))
    .filter(({ isHead }) => isHead !== 0)
    .map(({ index }) => [Math.floor(index / nTextHead), index % nTextHead] as const);
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
