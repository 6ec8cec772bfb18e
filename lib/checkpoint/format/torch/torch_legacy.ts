/**
 * Files of `torch.save` before PyTorch 1.6, which openai/whisper still reads: pickles one behind the other (a magic
 * number, a protocol, the writer's machine, the data, the keys of the storages) and then the storages, each after
 * its length. See `_legacy_save` in `torch/serialization.py`. No storage is read.
 */
import { MAX_ENTRIES, MAX_PICKLE_BYTES } from "../limits.ts";
import { quote, refuse } from "../refuse.ts";
import type { ReadAt } from "../../types.ts";
import { DictValue, kindOf } from "../values.ts";
import { unpickleFirst } from "./pickle.ts";
import type { PickleContext } from "./pickle_machine.ts";
import { type SavedModel, savedModelOf } from "./saved_model.ts";
import { TORCH_GLOBALS } from "./torch_globals.ts";
import { storageOf, type TorchStorage } from "./torch_tensors.ts";
import { readWindows } from "./windows.ts";

/** What a file of the old `torch.save` holds. */
export interface TorchLegacy {
  readonly model: SavedModel;
  /** Byte of the file at which each storage's values start, by key. */
  readonly offsets: ReadonlyMap<string, number>;
}

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

/** Bytes before a storage: the number of its values. */
const LENGTH_BYTES = 8;

/** Bytes of the pickles around the data: three small ones, and up to 32 for the key of each storage. */
const MAX_OTHER_BYTES = 4096 + 32 * MAX_ENTRIES;

/** Reads the pickles at the start of a file, one after the other. */
class PickleSequence {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Byte of the file at which the next pickle starts. */
  get at(): number {
    return this.#at;
  }

  next(maxBytes: number, context: Omit<PickleContext, "part">): unknown {
    const bytes = this.#bytes.subarray(0, this.#at + maxBytes);
    const { value, end } = unpickleFirst(bytes, { ...context, part: "the file" }, this.#at);
    this.#at = end;
    return value;
  }
}

/** What the pickles around the data may reach: nothing. */
const NOTHING: Omit<PickleContext, "part"> = {
  globals: new Map(),
  loadPersistent: () => refuse("a persistent id stands outside the data"),
};

/**
 * Reads an old file of `torch.save` of `size` bytes.
 *
 * @throws {CheckpointFormatError} when it is damaged, or its storages do not end where the file does.
 */
export async function readTorchLegacy(read: ReadAt, size: number): Promise<TorchLegacy> {
  const pickles = new PickleSequence(await read(0, Math.min(size, MAX_PICKLE_BYTES + MAX_OTHER_BYTES)));
  checkHeader(pickles);
  const declared = new Map<string, TorchStorage>();
  const data = pickles.next(MAX_PICKLE_BYTES, {
    globals: TORCH_GLOBALS,
    loadPersistent: (id) => declare(storageOf(id, 6), declared),
  });
  const keys = keysOf(pickles.next(MAX_OTHER_BYTES, NOTHING), declared);
  const offsets = await placeStorages(read, size, pickles.at, keys.map((key) => declared.get(key)!));
  return { model: savedModelOf(data), offsets };
}

function checkHeader(pickles: PickleSequence): void {
  const magic = pickles.next(64, NOTHING);
  if (magic !== MAGIC_NUMBER) {
    refuse(`the file starts with ${kindOf(magic)}, not with torch.save's number`, 0);
  }
  const protocol = pickles.next(64, NOTHING);
  if (protocol !== PROTOCOL_VERSION) {
    refuse(`the protocol of torch.save is ${kindOf(protocol)}, it must be ${PROTOCOL_VERSION}`);
  }
  const machine = pickles.next(1024, NOTHING);
  const isLittleEndian = machine instanceof DictValue && machine.get("little_endian") === true;
  if (!isLittleEndian) refuse("the file was not written on a little-endian machine, as it must be");
}

/** Takes note of a storage, which every persistent id must describe alike. */
function declare(storage: TorchStorage, declared: Map<string, TorchStorage>): TorchStorage {
  const { key, dtype, count } = storage;
  const known = declared.get(key);
  if (known === undefined) {
    if (declared.size === MAX_ENTRIES) refuse(`the file has more than ${MAX_ENTRIES} storages`);
    declared.set(key, storage);
    return storage;
  }
  if (known.dtype === dtype && known.count === count) return known;
  return refuse(
    `the storage ${
      quote(key)
    } is said to hold ${count} values of ${dtype}, and before ${known.count} of ${known.dtype}`,
  );
}

/** Takes the keys in the order of the storages: those that the data names, each once. */
function keysOf(value: unknown, declared: ReadonlyMap<string, TorchStorage>): string[] {
  if (!Array.isArray(value)) refuse(`the keys of the storages are ${kindOf(value)}, they must be a list`);
  const keys = new Set<string>();
  for (const key of value) {
    if (typeof key !== "string") refuse(`a storage's key is ${kindOf(key)}, it must be a string`);
    if (keys.has(key)) refuse(`the storage ${quote(key)} comes twice`);
    if (!declared.has(key)) refuse(`the storage ${quote(key)} belongs to no tensor`);
    keys.add(key);
  }
  const missing = [...declared.keys()].find((key) => !keys.has(key));
  if (missing !== undefined) refuse(`the storage ${quote(missing)} is not in the file`);
  return [...keys];
}

async function placeStorages(
  read: ReadAt,
  size: number,
  start: number,
  storages: readonly TorchStorage[],
): Promise<Map<string, number>> {
  const offsets = new Map<string, number>();
  let at = start;
  for (const { key, bytes } of storages) {
    offsets.set(key, at + LENGTH_BYTES);
    at += LENGTH_BYTES + bytes;
    // Sums too large to be exact are too large for any file.
    if (at > size) refuse(`the storage ${quote(key)} ends at ${at}, the file has ${size} bytes`, start);
  }
  if (at !== size) refuse(`the storages end at ${at}, the file has ${size} bytes`, at);
  const places = [...offsets.values()];
  const lengths = await readWindows(
    read,
    places.map((offset) => ({ start: offset - LENGTH_BYTES, end: offset })),
  );
  for (const [i, { key, count }] of storages.entries()) {
    const { buffer, byteOffset } = lengths[i];
    const length = new DataView(buffer, byteOffset).getBigInt64(0, true);
    if (length === BigInt(count)) continue;
    refuse(
      `the storage ${quote(key)} is said to hold ${count} values, its length in the file is ${length}`,
      places[i] - LENGTH_BYTES,
    );
  }
  return offsets;
}
