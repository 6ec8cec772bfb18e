/**
 * The encoder's output in native memory: the audio features of some windows, and the cross-attention keys and
 * values of every decoder layer over them.
 */
import { allocate, specOf } from "../../ffi/graph.ts";
import type { Session } from "../../ffi/session.ts";
import { Shared } from "../../ffi/shared.ts";
import type { Tensor } from "../../ffi/value.ts";
import { wrongArgument } from "../errors.ts";
import { FLOAT_TYPES, type FloatType } from "./precision.ts";
import type { AudioFeatures } from "./types.ts";

type EncodedTensors = ReadonlyMap<string, Tensor<FloatType>>;

/**
 * The encoder's outputs for `batch` windows. Whoever makes it disposes it; decoders at work on it hold it until they
 * are done.
 */
export class EncodedAudio implements AudioFeatures {
  readonly batch: number;
  readonly positions: number;
  readonly #tensors: Shared<EncodedTensors>;

  private constructor(
    { batch, positions }: Pick<AudioFeatures, "batch" | "positions">,
    tensors: Shared<EncodedTensors>,
  ) {
    this.batch = batch;
    this.positions = positions;
    this.#tensors = tensors;
  }

  /** Allocates what the encoder writes for `batch` windows of `positions`; the encoder fills it. */
  static allocate(
    { library, outputs }: Session,
    sizes: { readonly batch: number; readonly positions: number },
  ): EncodedAudio {
    using allocated = new DisposableStack();
    const tensors = new Map<string, Tensor<FloatType>>();
    for (const name of outputs.keys()) {
      const spec = specOf(outputs, name, ...FLOAT_TYPES);
      tensors.set(name, allocated.use(allocate(library, spec, sizes)));
    }
    const owned = allocated.move();
    const release = () => owned.dispose();
    return new EncodedAudio(sizes, Shared.of<EncodedTensors>("the audio features", tensors, release));
  }

  /** The same features for another holder, who disposes them. @throws {TypeError} when these are disposed. */
  share(): EncodedAudio {
    this.#assertUsable();
    return new EncodedAudio(this, this.#tensors.share());
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
  crossAttention(): [name: string, tensor: Tensor<FloatType>][] {
    return [...this.tensors].filter(([name]) => name.startsWith("cross_"));
  }

  toArray(): Float32Array {
    return Float32Array.from(this.tensors.get("audio_features")!.data);
  }

  [Symbol.dispose](): void {
    this.#tensors[Symbol.dispose]();
  }
}
