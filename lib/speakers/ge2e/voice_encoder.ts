/** Resemblyzer's voice encoder as a session of ours: windows of mel spectrogram in, a vector for each voice out. */
import { embeddedWeights } from "../../bytes/embedded.ts";
import { allocate, specOf } from "../../../ffi/graph.ts";
import type { OrtLibrary } from "../../../ffi/library.ts";
import { Session } from "../../../ffi/session.ts";
import { VOICE_BANDS, VOICE_SIZE, voiceGraph, type VoiceWeights } from "./voice_graph.ts";
import { normalise } from "../clustering/reduce.ts";
import type { VoiceMel } from "./voice_mel.ts";

export { VOICE_SIZE };

/** Frames of a window, 1.6 s: as in its training. */
export const WINDOW_FRAMES = 160;
/** Most windows of a run. */
export const MOST_WINDOWS = 16;

/** The model's session. Whoever opens it disposes it. */
export class VoiceEncoder implements Disposable {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** Creates the session, on the processor, off the event loop. @throws {OrtError} when the library refuses it. */
  static async open(library: OrtLibrary, options: { readonly threads?: number } = {}): Promise<VoiceEncoder> {
    const graph = voiceGraph(await readWeights());
    return new VoiceEncoder(await Session.create(library, graph, { provider: "cpu", ...options }));
  }

  /**
   * Tells the voices in windows of a spectrogram.
   *
   * @param starts The first frame of each window, at most {@linkcode MOST_WINDOWS}.
   * @param frames How many frames each has.
   * @returns For each window 256 numbers of length 1, one after the other.
   */
  async embed(
    mel: VoiceMel,
    starts: readonly number[],
    frames: number,
    signal?: AbortSignal,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { library, inputs, outputs } = this.#session;
    const sizes = { frames, windows: starts.length };
    using input = allocate(library, specOf(inputs, "mel", "float32"), sizes);
    using output = allocate(library, specOf(outputs, "voice", "float32"), sizes);
    starts.forEach((start, window) => {
      for (let frame = 0; frame < frames; frame++) {
        const from = (start + frame) * VOICE_BANDS;
        const row = mel.data.subarray(from, from + VOICE_BANDS);
        input.data.set(row, (frame * starts.length + window) * VOICE_BANDS);
      }
    });
    using binding = this.#session.bind();
    binding.constant("mel", input).output("voice", output);
    await this.#session.run(binding, signal);
    const voices = output.data.slice();
    for (let at = 0; at < voices.length; at += VOICE_SIZE) normalise(voices.subarray(at, at + VOICE_SIZE));
    return voices;
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}

/** Reads the embedded weights. */
async function readWeights(): Promise<VoiceWeights> {
  const { WEIGHT_SIZES, WEIGHTS_BASE64 } = await import("./voice_weights.ts");
  return await embeddedWeights(WEIGHTS_BASE64, WEIGHT_SIZES, Float16Array);
}
