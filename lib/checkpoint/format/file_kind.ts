/**
 * Tells from its first bytes what a file is that is no checkpoint, so that an error can say so.
 */

/** How many bytes of a file `fileKind` wants. */
export const HEAD_BYTES = 512;

/** The formats of checkpoint that are read. */
export type CheckpointKind = "torch" | "torch-legacy" | "safetensors";

/** The pickled number that `torch.save` began with before PyTorch 1.6. */
const LEGACY_MAGIC = "\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.";

const SIGNATURES: readonly (readonly [signature: string, kind: string])[] = [
  ["PK\x05\x06", "a zip without entries"],
  ["PK\x06\x06", "a zip without entries"],
  ["\x80\x02", "a bare pickle, without the zip around it that torch.save writes"],
  ["GGUF", "a GGUF file (llama.cpp, whisper.cpp), get the original checkpoint"],
  ["lmgg", "a ggml file (whisper.cpp), get the original checkpoint"],
  ["\x89HDF", "an HDF5 file (TensorFlow, Keras), get the PyTorch or safetensors checkpoint"],
  ["\x1f\x8b", "a gzip file, unpack it first"],
  ["\x28\xb5\x2f\xfd", "a Zstandard file, unpack it first"],
  ["\xfd7zXZ", "an xz file, unpack it first"],
  ["BZh", "a bzip2 file, unpack it first"],
  ["7z\xbc\xaf", "a 7z archive, unpack it first"],
  ["version https://git-lfs", "a Git LFS pointer and not the file itself, get it with: git lfs pull"],
];

/**
 * Tells the format of a checkpoint, or says what else the file is, if that can be told.
 *
 * @param head The first `HEAD_BYTES` bytes of the file, or all of it.
 */
export function fileKind(head: Uint8Array): CheckpointKind | { readonly other: string } | undefined {
  const text = String.fromCharCode(...head);
  if (text.startsWith("PK\x03\x04")) return "torch";
  if (text.startsWith(LEGACY_MAGIC)) return "torch-legacy";
  // A safetensors file starts with the length of its header, which is a JSON object.
  if (text[8] === "{") return "safetensors";
  const other = otherKind(text);
  return other === undefined ? undefined : { other };
}

function otherKind(text: string): string | undefined {
  if (text === "") return "empty";
  const signature = SIGNATURES.find(([bytes]) => text.startsWith(bytes));
  if (signature !== undefined) return signature[1];
  if (text.slice(4, 32).includes("WhisperSpec")) {
    return "a CTranslate2 model (faster-whisper), get the original checkpoint";
  }
  if (text.slice(257, 262) === "ustar") return "a tar archive, unpack it first";
  const start = text.trimStart().toLowerCase();
  if (/^<(!doctype|html|head|\?xml|!--)/.test(start)) return "a web page, the download did not give the file";
  if (/^[{[]/.test(start)) return "JSON text, the download did not give the file";
  return undefined;
}

/** Names a kind of file for a message. */
export function kindName(kind: ReturnType<typeof fileKind>): string {
  if (kind === undefined) return "of no known kind";
  if (kind === "torch") return "a zip, which torch.save writes";
  if (kind === "torch-legacy") return "a file of torch.save before PyTorch 1.6";
  return kind === "safetensors" ? "a safetensors file" : kind.other;
}
