/**
 * What a checkpoint's files tell about themselves while the sessions are made, in one reading of them: whether the
 * checksums in its zip are right, and which official model it is where its values do not say.
 */
import { createSha256 } from "../checkpoint/hash.ts";
import type { OpenCheckpoint } from "../checkpoint/open_checkpoint.ts";
import { PayloadChecksums } from "../checkpoint/payload_checksums.ts";
import { recogniseByValues } from "../checkpoint/recognise_model.ts";
import { modelBySha256, type OfficialModel } from "../checkpoint/registry.ts";

/** Bytes read at once: little enough for the event loop. */
const PIECE = 1 << 20;

/** What is to be found out. */
export interface ExaminationOptions {
  /** Whether the official model is to be recognised. */
  readonly recognise: boolean;
  /** Whether the checksums in zips are to be compared. */
  readonly checksums: boolean;
}

/** What was found out. */
export interface ExaminedWeights {
  /** The official model, if it was to be recognised and is one. */
  readonly official?: OfficialModel;
  /** What is damaged, as a sentence. */
  readonly damage?: string;
}

/** An examination of one checkpoint. */
export class WeightExamination {
  readonly #opened: OpenCheckpoint;
  readonly #official: OfficialModel | undefined;
  readonly #sha256: ReturnType<typeof createSha256> | undefined;
  readonly #checksums: readonly PayloadChecksums[];
  #file = 0;
  #at = 0;

  private constructor(
    opened: OpenCheckpoint,
    { official, needsSha256 }: { official?: OfficialModel; needsSha256: boolean },
    checksums: boolean,
  ) {
    this.#opened = opened;
    this.#official = official;
    this.#sha256 = needsSha256 ? createSha256() : undefined;
    const hasPayloads = opened.files.some(({ payloads }) => payloads.length > 0);
    this.#checksums = checksums && hasPayloads ? opened.files.map((file) => new PayloadChecksums(file)) : [];
  }

  /** Looks at what can be told from a few bytes, and at what takes all of them. */
  static async begin(opened: OpenCheckpoint, options: ExaminationOptions): Promise<WeightExamination> {
    const recognised = options.recognise ? await recogniseByValues(opened) : { needsSha256: false };
    return new WeightExamination(opened, recognised, options.checksums);
  }

  /** Takes the next bytes of the files, one after the other, from someone who reads them anyway. */
  update(bytes: Uint8Array): void {
    this.#sha256?.update(bytes);
    this.#checksums[this.#file]?.update(bytes);
    this.#at += bytes.length;
    if (this.#at < this.#opened.files[this.#file].size) return;
    this.#file++;
    this.#at = 0;
  }

  /** Gives what was found out. Reads the files if that takes their bytes and nobody gave these. */
  async finish(signal?: AbortSignal): Promise<ExaminedWeights> {
    const { files, checkpoint: { tensors } } = this.#opened;
    if (this.#sha256 !== undefined || this.#checksums.length > 0) {
      for (const { size, read } of files.slice(this.#file)) {
        for (let at = 0; at < size; at += PIECE) {
          signal?.throwIfAborted();
          this.update(await read(at, Math.min(PIECE, size - at)));
        }
      }
    }
    const damage = this.#checksums.flatMap((checksums, i) =>
      checksums.damage([...tensors].filter(([, { file }]) => file === i)) ?? []
    );
    return {
      official: this.#official ?? (this.#sha256 && modelBySha256(this.#sha256.digest("hex"))),
      damage: damage[0],
    };
  }
}
