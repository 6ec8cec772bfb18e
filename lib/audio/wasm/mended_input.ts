/** The bytes of a recording, and what they become once the damage in them is known: the same with patches on them. */
import { CompressedRecording, OpenError, type ReadableInput } from "./compressed_recording.ts";
import type { MendedMatroska } from "./matroska_damage.ts";
import { withPatches } from "./patched_input.ts";

/** A recording's bytes, with the damage in them passed over from the time on that it was looked for. */
export class MendedInput {
  readonly #track: number;
  readonly #findDamage: (() => Promise<MendedMatroska>) | undefined;
  #bytes: ReadableInput;
  #lost = 0;
  #mending: Promise<void> | undefined;

  /**
   * @param track The audio track that must still open, from 0.
   * @param findDamage Looks for damage, once. Without it there is none that can be passed over.
   */
  constructor(bytes: ReadableInput, track: number, findDamage?: () => Promise<MendedMatroska>) {
    this.#bytes = bytes;
    this.#track = track;
    this.#findDamage = findDamage;
  }

  /** The bytes, as far as their damage is known. */
  get bytes(): ReadableInput {
    return this.#bytes;
  }

  /** How many of them are passed over. */
  get lost(): number {
    return this.#lost;
  }

  /** Opens the recording as it now is. */
  open(): Promise<CompressedRecording> {
    return CompressedRecording.open(this.#bytes, { track: this.#track });
  }

  /**
   * Looks for damage, and opens the recording again if what a pass began with is not all that can be had: it may have
   * been found in another pass meanwhile.
   *
   * @param begun The bytes that the pass began with.
   */
  async mend(begun: ReadableInput): Promise<CompressedRecording | undefined> {
    await (this.#mending ??= this.#mend());
    return this.#bytes === begun ? undefined : await this.open();
  }

  async #mend(): Promise<void> {
    if (this.#findDamage === undefined) return;
    const { patches, lost } = await this.#findDamage();
    const patched = withPatches(this.#bytes, patches);
    // What is passed over may have been all that tells what its tracks are.
    if (!await opens(patched, this.#track)) return;
    this.#bytes = patched;
    this.#lost = lost;
  }
}

async function opens(bytes: ReadableInput, track: number): Promise<boolean> {
  try {
    await CompressedRecording.open(bytes, { track });
    return true;
  } catch (error) {
    if (error instanceof OpenError) return false;
    throw error;
  }
}
