/**
 * Weights that are made ready before the session that takes them, a few at a time: one that makes them itself holds all of
 * them as float32 at once, and the bytes beside them. At its peak a first load in int8 takes 377 MB of base instead of 782,
 * 534 of small instead of 2075, and 957 of medium instead of 4512.
 */
import { allocate } from "../../../ffi/graph.ts";
import type { OrtLibrary } from "../../../ffi/library.ts";
import { Session } from "../../../ffi/session.ts";
import type { SessionOptions } from "../../../ffi/session_options.ts";
import { elementCount } from "../../../ffi/value.ts";
import { ELEMENT_TYPES } from "../../../ffi/ort_api.ts";
import { type ConstantSpec, type ExternalData, GraphBuilder } from "../onnx_writer.ts";
import type { FloatType } from "../precision.ts";
import {
  type ConstantStage,
  type DeriveConstants,
  GraphWeights,
  type WeightSource,
} from "./graph_weights.ts";

/** From how many values on what was placed is made: a block of medium has fewer. */
const AT_ONCE = 1 << 24;

/** Where constants begin: at multiples of this. */
const ALIGNMENT = 64;

/** Takes bytes that are ready, and says where they belong. */
export type StoreBytes = (bytes: Uint8Array, offset: number) => void | Promise<void>;

/** Constants that are made together. */
interface Derivation {
  readonly constants: readonly { readonly spec: ConstantSpec; readonly data: ExternalData }[];
  readonly derive: DeriveConstants;
}

/** Makes the weights of one graph ready, in one file. */
export class WeightStage implements ConstantStage {
  /** The file's name. */
  readonly location: string;
  /** Bytes that the file takes. */
  byteLength = 0;
  readonly #compute: FloatType;
  readonly #atOnce: number;
  readonly #derivations: Derivation[] = [];

  /**
   * @param compute The type in which its graph computes.
   * @param atOnce From how many values on those that were placed are made, before the next.
   */
  constructor(location: string, compute: FloatType, atOnce = AT_ONCE) {
    this.location = location;
    this.#compute = compute;
    this.#atOnce = atOnce;
  }

  place(specs: readonly ConstantSpec[], derive: DeriveConstants): readonly ExternalData[] {
    const constants = specs.map((spec) => ({ spec, data: this.#reserve(spec) }));
    this.#derivations.push({ constants, derive });
    return constants.map(({ data }) => data);
  }

  #reserve({ type, shape }: ConstantSpec): ExternalData {
    const offset = Math.ceil(this.byteLength / ALIGNMENT) * ALIGNMENT;
    const length = elementCount(shape) * ELEMENT_TYPES[type].array.BYTES_PER_ELEMENT;
    this.byteLength = offset + length;
    return { location: this.location, offset, length };
  }

  /**
   * Makes what was placed, and stores it.
   *
   * @param options How the sessions that do it are created, and find the source's files.
   * @throws the reason of the options' signal when it is aborted.
   */
  async make(
    library: OrtLibrary,
    source: WeightSource,
    options: SessionOptions,
    store: StoreBytes,
  ): Promise<void> {
    let together: Derivation[] = [], values = 0;
    for (const [i, derivation] of this.#derivations.entries()) {
      together.push(derivation);
      for (const { spec } of derivation.constants) values += elementCount(spec.shape);
      if (values < this.#atOnce && i + 1 < this.#derivations.length) continue;
      await this.#makeTogether(library, source, options, together, store);
      together = [], values = 0;
    }
  }

  async #makeTogether(
    library: OrtLibrary,
    source: WeightSource,
    options: SessionOptions,
    derivations: readonly Derivation[],
    store: StoreBytes,
  ): Promise<void> {
    const graph = new GraphBuilder();
    const weights = new GraphWeights(graph, source, { compute: this.#compute });
    const offsets = new Map<string, number>();
    for (const { constants, derive } of derivations) {
      for (const [i, value] of derive(graph, weights).entries()) {
        const { spec: { type, shape }, data: { offset } } = constants[i];
        const name = `ready_${offset}`;
        graph.node("Identity", [value], {}, [name]);
        graph.output(name, type, shape);
        offsets.set(name, offset);
      }
    }
    using owned = new DisposableStack();
    // Run instead of folded: what lies between is freed as soon as it was used.
    const session = owned.use(
      await Session.create(library, graph.finish("weights"), {
        ...options,
        optimization: "none",
        keepsMemory: false,
      }),
    );
    const binding = owned.use(session.bind());
    const ready = [...offsets].map(([name, offset]) => {
      const tensor = owned.use(allocate(library, session.outputs.get(name)!));
      binding.output(name, tensor);
      return { tensor, offset };
    });
    await session.run(binding, options.signal);
    for (const { tensor: { data }, offset } of ready) {
      await store(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    }
  }
}
