/**
 * The encoder's output in native memory: the audio features of some windows, and the cross-attention keys and
 * values of every decoder layer over them.
 */
import type { OrtLibrary } from "../../ffi/library.ts";
import { Shared } from "../../ffi/shared.ts";
import { Tensor } from "../../ffi/value.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import { wrongArgument } from "../errors.ts";
import type { AudioFeatures } from "./types.ts";

type EncodedTensors = ReadonlyMap<string, Tensor<"float32">>;

/**
 * The encoder's outputs for `batch` windows. Whoever makes it disposes it; decoders at work on it hold it until they
 * are done.
 */
export class EncodedAudio implements AudioFeatures {
  readonly batch: number;
  readonly #tensors: Shared<EncodedTensors>;

  private constructor(batch: number, tensors: Shared<EncodedTensors>) {
    this.batch = batch;
    this.#tensors = tensors;
  }

  /** Allocates the tensors; the encoder fills them. */
  static allocate(library: OrtLibrary, dims: ModelDimensions, batch: number): EncodedAudio {
    const { nAudioCtx, nAudioState, nTextHead, nTextState, nTextLayer } = dims;
    const size = nTextState / nTextHead;
    using allocated = new DisposableStack();
    const allocate = (...shape: number[]) =>
      allocated.use(Tensor.allocate(library, "float32", [batch, ...shape]));
    const tensors = new Map([["audio_features", allocate(nAudioCtx, nAudioState)]]);
    for (let layer = 0; layer < nTextLayer; layer++) {
      tensors.set(`cross_key_${layer}`, allocate(nTextHead, size, nAudioCtx));
      tensors.set(`cross_value_${layer}`, allocate(nTextHead, nAudioCtx, size));
    }
    const owned = allocated.move();
    const release = () => owned.dispose();
    return new EncodedAudio(batch, Shared.of<EncodedTensors>("the audio features", tensors, release));
  }

  /** The same features for another holder, who disposes them. @throws {TypeError} when these are disposed. */
  share(): EncodedAudio {
    this.#assertUsable();
    return new EncodedAudio(this.batch, this.#tensors.share());
  }

  /** All outputs of the encoder by their names in its graph. */
  get tensors(): EncodedTensors {
    this.#assertUsable();
    return this.#tensors.value;
  }

  #assertUsable(): void {
    if (!this.#tensors.disposed) return;
    throw wrongArgument("INVALID_INPUT", "Cannot use the audio features: they are disposed");
  }

  /** The cross-attention keys and values, by their names in the decoder's graph. */
  crossAttention(): [name: string, tensor: Tensor<"float32">][] {
    return [...this.tensors].filter(([name]) => name.startsWith("cross_"));
  }

  toArray(): Float32Array {
    return this.tensors.get("audio_features")!.data.slice();
  }

  [Symbol.dispose](): void {
    this.#tensors[Symbol.dispose]();
  }
}
