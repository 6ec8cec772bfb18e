/** Bytes that come once, kept so that they can be read at any offset: in memory, or if they are many in a file. */
import { joinBytes } from "../../bytes/join.ts";
import { AudioDecodeError } from "../../errors.ts";
import { type AudioInput, ofBytes, ofHandle, type ReadableAudio } from "./audio_input.ts";
import { readChunks } from "./read_chunks.ts";
import { openScratchFile, piecesOf, type ScratchFile } from "./temporary_file.ts";

/** Bytes of a stream that stay in memory: half an hour of speech as telephones and browsers record it. */
const MOST_IN_MEMORY = 16 << 20;

/**
 * Reads a stream to its end, and keeps it: what is longer goes to a file of the temporary folder without a name, or
 * stays in memory where there is none to be had.
 *
 * @param onBreak Told why a stream broke of which something had come: what came is kept then. Without it, that is thrown.
 * @throws {AudioDecodeError} when the file cannot be written.
 */
export async function keepStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  name: string,
  signal?: AbortSignal,
  onBreak?: (cause: unknown) => void,
): Promise<ReadableAudio> {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let file: ScratchFile | undefined;
  let fits = true;
  try {
    await readChunks(stream, async (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (fits && size > MOST_IN_MEMORY) {
        fits = false;
        file = await openScratchFile();
      }
      if (file === undefined) return;
      for (const bytes of chunks) await write(file, bytes, name);
      chunks = [];
    }, { signal, onBreak });
  } catch (error) {
    await file?.[Symbol.asyncDispose]();
    throw error;
  }
  return file ? ofHandle(file.handle, name, undefined, size, file) : ofBytes(joinBytes(chunks), name);
}

async function write({ handle }: ScratchFile, bytes: Uint8Array, name: string): Promise<void> {
  try {
    await handle.writeFile(bytes);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new AudioDecodeError(
      `Cannot read ${name}: it is long, and its temporary file cannot be written: ${why}`,
      {},
      { cause },
    );
  }
}

/**
 * Gives an input that can be read at once: the input itself, or a copy of its bytes, which disposes it.
 *
 * @throws {AudioDecodeError} when a long one cannot be kept.
 */
export async function readableAtOnce(input: AudioInput, signal?: AbortSignal): Promise<ReadableAudio> {
  if (input.readSync !== undefined) return input as ReadableAudio;
  const copy = await keepStream(piecesOf(input, signal), input.name, signal);
  return {
    ...copy,
    async [Symbol.asyncDispose]() {
      await copy[Symbol.asyncDispose]();
      await input[Symbol.asyncDispose]();
    },
  };
}
