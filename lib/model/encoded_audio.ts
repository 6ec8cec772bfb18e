/**
 * The encoder's output in native memory: the audio features of some windows, and the cross-attention keys and
 * values of every decoder layer over them.
 */
import { allocate, specOf } from "../../ffi/graph.ts";
import type { Session } from "../../ffi/session.ts";
import { Shared } from "../../ffi/shared.ts";
import type { Tensor } from "../../ffi/value.ts";
import { wrongArgument } from "../errors.ts";
import { STORED_TYPES, type StoredType } from "./precision.ts";
import type { AudioFeatures } from "./types.ts";

/** What the keys and values of the cross-attention are called, before `key_<layer>` and `value_<layer>`. */
export const CROSS = "cross_";

type NamedTensors = ReadonlyMap<string, Tensor<StoredType>>;

/** What keeps the keys and values of some windows side by side. */
export interface WindowHolder {
  /** Those of `count` windows from `start` on, by their names in the decoder. Whoever asks for them disposes them. */
  views(start: number, count: number): [name: string, tensor: Tensor<StoredType>][];
  /** Counts how often the memory was another. */
  readonly generation: number;
  /** A window has moved, or is disposed. */
  leave(window: EncodedWindow): void;
}

/** A window, as decoders hear it: where its keys and values lie. */
export class EncodedWindow {
  /** Positions of the encoder's output. */
  readonly positions: number;
  #holder: WindowHolder;
  #index: number;

  constructor(positions: number, holder: WindowHolder, index: number) {
    this.positions = positions;
    this.#holder = holder;
    this.#index = index;
  }

  /** What keeps them. */
  get holder(): WindowHolder {
    return this.#holder;
  }

  /** Which of its holder's windows it is. */
  get index(): number {
    return this.#index;
  }

  /** Its keys and values. Whoever asks for them disposes them. */
  views(): [name: string, tensor: Tensor<StoredType>][] {
    return this.#holder.views(this.#index, 1);
  }

  /** Notes that they were copied elsewhere. */
  moveTo(holder: WindowHolder, index: number): void {
    if (holder !== this.#holder) this.#holder.leave(this);
    this.#holder = holder;
    this.#index = index;
  }
}

/** What the encoder wrote: its keys and values go when the last of its windows has left. */
class EncoderOutput implements WindowHolder {
  readonly generation = 0;
  readonly #cross: NamedTensors;
  readonly #owned: DisposableStack;
  #windows: number;

  constructor(cross: NamedTensors, windows: number, owned: DisposableStack) {
    this.#cross = cross;
    this.#windows = windows;
    this.#owned = owned;
  }

  views(start: number, count: number): [name: string, tensor: Tensor<StoredType>][] {
    using made = new DisposableStack();
    const views = [...this.#cross].map(([name, tensor]): [string, Tensor<StoredType>] => {
      const whole = count === tensor.shape[0];
      return [name, made.use(whole ? tensor.share() : tensor.at(start, count))];
    });
    made.move();
    return views;
  }

  leave(): void {
    if (--this.#windows === 0) this.#owned.dispose();
  }
}

/** What all holders of some features have in common. */
interface Encoded {
  readonly outputs: NamedTensors;
  readonly windows: readonly EncodedWindow[];
}

/**
 * The encoder's outputs for `batch` windows. Whoever makes it disposes it; decoders at work on it hold it until they
 * are done.
 */
export class EncodedAudio implements AudioFeatures {
  readonly batch: number;
  readonly positions: number;
  readonly #encoded: Shared<Encoded>;

  private constructor(
    { batch, positions }: Pick<AudioFeatures, "batch" | "positions">,
    encoded: Shared<Encoded>,
  ) {
    this.batch = batch;
    this.positions = positions;
    this.#encoded = encoded;
  }

  /** Allocates, in the memory of its device, what the encoder writes for `batch` windows of `positions`; the encoder fills it. */
  static allocate(
    { library, outputs, memory }: Session,
    sizes: { readonly batch: number; readonly positions: number },
  ): EncodedAudio {
    const { batch, positions } = sizes;
    using allocated = new DisposableStack(), allocatedCross = new DisposableStack();
    const tensors = new Map<string, Tensor<StoredType>>();
    for (const name of outputs.keys()) {
      const spec = specOf(outputs, name, ...STORED_TYPES);
      const owner = name.startsWith(CROSS) ? allocatedCross : allocated;
      tensors.set(name, owner.use(allocate(library, spec, sizes, memory)));
    }
    const owned = allocated.move();
    const cross = new Map([...tensors].filter(([name]) => name.startsWith(CROSS)));
    const output = new EncoderOutput(cross, batch, allocatedCross.move());
    const windows = Array.from({ length: batch }, (_, i) => new EncodedWindow(positions, output, i));
    const release = () => {
      owned.dispose();
      for (const window of windows) window.holder.leave(window);
    };
    const encoded = { outputs: tensors, windows };
    return new EncodedAudio(sizes, Shared.of<Encoded>("the audio features", encoded, release));
  }

  /** The same features for another holder, who disposes them. @throws {TypeError} when these are disposed. */
  share(): EncodedAudio {
    this.#assertUsable();
    return new EncodedAudio(this, this.#encoded.share());
  }

  /** All outputs of the encoder by their names in its graph, for its run. */
  get outputs(): NamedTensors {
    return this.#use().outputs;
  }

  /** The windows. */
  get windows(): readonly EncodedWindow[] {
    return this.#use().windows;
  }

  #use(): Encoded {
    this.#assertUsable();
    return this.#encoded.value;
  }

  #assertUsable(): void {
    if (!this.#encoded.disposed) return;
    throw wrongArgument("INVALID_INPUT", "Cannot use the audio features: they are disposed");
  }

  toArray(): Float32Array {
    return Float32Array.from(this.outputs.get("audio_features")!.read());
  }

  [Symbol.dispose](): void {
    this.#encoded[Symbol.dispose]();
  }
}
