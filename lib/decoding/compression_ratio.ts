/**
 * How repetitive a text is: its length over its zlib-compressed length. After `compression_ratio` of
 * openai/whisper's `utils.py`; its threshold is tuned to zlib's own choice of matches.
 */
import { loadCompressedLength } from "../python/zlib.ts";

/** The bytes of a text in UTF-8 over the bytes of its zlib stream; 0 for an empty text. */
export async function compressionRatio(text: string): Promise<number> {
  const compressedLength = await loadCompressedLength();
  const bytes = new TextEncoder().encode(text);
  return bytes.length / compressedLength(bytes);
}
