/** A folder of recordings that all workers of a test see. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folderSoundOf } from "../../../lib/queue.ts";
import type { FolderSound } from "../../../lib/queue/job.ts";
import { buildWav } from "../audio/wav_builder.ts";

const RATE = 16_000;

/** The folder. */
export class SoundFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "sotto-sound-"));

  /** Puts a tone into it: of so many samples, so that each is of another length. */
  async tone(name: string, samples: number): Promise<FolderSound> {
    const tone = Int16Array.from(
      { length: samples },
      (_, i) => 8000 * Math.sin(i * (0.05 + samples / RATE / 10)),
    );
    return await this.file(name, buildWav(new Uint8Array(tone.buffer)));
  }

  /** Puts a file into it. */
  async file(name: string, bytes: Uint8Array): Promise<FolderSound> {
    const path = join(this.path, name);
    writeFileSync(path, bytes);
    return await folderSoundOf(this.path, path);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
