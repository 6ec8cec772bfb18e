/** What is heard of a file without ffmpeg, and what is said of it. */
import { decodeAudio } from "../../../../lib/audio/decode.ts";

/** Decodes a file. */
export async function hear(
  file: Uint8Array<ArrayBuffer>,
): Promise<{ readonly samples: number[]; readonly warnings: string[] }> {
  const warnings: string[] = [];
  const options = { ffmpeg: "no-such-ffmpeg", onWarning: (message: string) => warnings.push(message) };
  return { samples: [...await decodeAudio(file, options)], warnings };
}
