/**
 * Writes files of `torch.save` before PyTorch 1.6, and says where everything in them is.
 */
import { DIMS_PAIRS, tensorPickle, type TensorSpec, unwrapTensors } from "./model.ts";
import { Dict, pickle, type PickleSpec } from "./pickle.ts";
import { fields } from "./zip.ts";

/** How a file differs from a right one. */
export interface LegacyOptions {
  readonly tensors?: readonly TensorSpec[];
  readonly magic?: PickleSpec;
  readonly protocol?: PickleSpec;
  readonly machine?: PickleSpec;
  /** Replaces the bytes of the data's pickle. */
  readonly data?: (bytes: Uint8Array) => Uint8Array;
  /** Replaces the list of keys. */
  readonly keys?: (keys: readonly string[]) => PickleSpec;
  /** The length that is written before a storage. */
  readonly length?: (values: number, key: string) => number | bigint;
  /** Changes the whole file. */
  readonly file?: (bytes: Uint8Array) => Uint8Array;
}

const BYTES = { float16: 2, bfloat16: 2, float32: 4, float64: 8 };

const MACHINE = new Dict([
  ["protocol_version", 1001],
  ["little_endian", true],
  ["type_sizes", new Dict([["short", 2], ["int", 4], ["long", 4]])],
]);

/** The tensors as the old format describes them: a storage's id has one more item. */
export function legacyTensors(tensors: readonly TensorSpec[] = unwrapTensors()): TensorSpec[] {
  return tensors.map((spec) => ({ ...spec, persistentId: { 5: null, ...spec.persistentId } }));
}

/** The pickle of a number of 16 bytes or fewer. */
function numberPickle(value: PickleSpec): Uint8Array {
  // The magic number is an integer of ten bytes in real files.
  if (value !== MAGIC) return pickle(value);
  return Uint8Array.from([0x80, 2, 0x8a, 10, ...fields([MAGIC, 10]), 0x2e]);
}

/** The number that old files start with. */
export const MAGIC = 0x1950a86a20f9469cfc6cn;

/** Builds a file. */
export function buildLegacy(options: LegacyOptions = {}): Uint8Array<ArrayBuffer> {
  const { tensors = legacyTensors(), magic = MAGIC, protocol = 1001, machine = MACHINE } = options;
  const state = new Dict(tensors.map((tensor) => [tensor.name, tensorPickle(tensor)]));
  const data = pickle(new Dict([["dims", new Dict(DIMS_PAIRS)], ["model_state_dict", state]]));
  const storages = new Map(tensors.map((spec) => [spec.key, spec]));
  const keys = [...storages.keys()].sort();
  const pieces = [
    numberPickle(magic),
    pickle(protocol),
    pickle(machine),
    options.data?.(data) ?? data,
    pickle(options.keys?.(keys) ?? keys),
    ...keys.flatMap((key) => {
      const { data, dtype } = storages.get(key)!;
      const count = data.length / BYTES[dtype];
      return [Uint8Array.from(fields([options.length?.(count, key) ?? count, 8])), data];
    }),
  ];
  const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
  return options.file === undefined ? bytes : Uint8Array.from(options.file(bytes));
}
