/**
 * The encoder's output in native memory: the audio features of some windows, and the cross-attention keys and
 * values of every decoder layer over them.
 */
import type { OrtLibrary } from "../../ffi/library.ts";
import { Tensor } from "../../ffi/value.ts";
import type { ModelDimensions } from "../checkpoint/types.ts";
import type { AudioFeatures } from "./types.ts";

/** The encoder's outputs by name, for `batch` windows. Whoever makes it disposes it. */
export class EncodedAudio implements AudioFeatures {
  readonly batch: number;
  /** All outputs of the encoder by their names in its graph. */
  readonly tensors: ReadonlyMap<string, Tensor<"float32">>;

  /** Allocates the tensors; the encoder fills them. */
  constructor(library: OrtLibrary, dims: ModelDimensions, batch: number) {
    const { nAudioCtx, nAudioState, nTextHead, nTextState, nTextLayer } = dims;
    const size = nTextState / nTextHead;
    const allocate = (...shape: number[]) => Tensor.allocate(library, "float32", [batch, ...shape]);
    const tensors = new Map([["audio_features", allocate(nAudioCtx, nAudioState)]]);
    for (let layer = 0; layer < nTextLayer; layer++) {
      tensors.set(`cross_key_${layer}`, allocate(nTextHead, size, nAudioCtx));
      tensors.set(`cross_value_${layer}`, allocate(nTextHead, nAudioCtx, size));
    }
    this.batch = batch;
    this.tensors = tensors;
  }

  /** The cross-attention keys and values, by their names in the decoder's graph. */
  crossAttention(): [name: string, tensor: Tensor<"float32">][] {
    return [...this.tensors].filter(([name]) => name.startsWith("cross_"));
  }

  toArray(): Float32Array {
    return this.tensors.get("audio_features")!.data.slice();
  }

  [Symbol.dispose](): void {
    for (const tensor of this.tensors.values()) tensor[Symbol.dispose]();
  }
}
