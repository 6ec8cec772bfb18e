/** Reads and writes that go on until all is done: of what it is asked to, a system may do a part. */
import type { FileHandle } from "node:fs/promises";

/** Fills `bytes` with what is at an offset of a file. Gives how many there are, fewer only where the file ends. */
export async function readFully(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

/** Writes all of the bytes to an offset of a file. */
export async function writeFully(handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
