/**
 * Files of `torch.save` since PyTorch 1.6: a zip with a pickle and one entry a storage. Reads the pickle and
 * the zip's own records, and no weight. See `torch/serialization.py` for the container.
 */
import { MAX_PICKLE_BYTES } from "../limits.ts";
import { quote, refuse } from "../refuse.ts";
import { unpickle } from "./pickle.ts";
import { type SavedModel, savedModelOf } from "./saved_model.ts";
import { TORCH_GLOBALS } from "./torch_globals.ts";
import { storageOf, type TorchStorage } from "./torch_tensors.ts";
import type { Payload, ReadAt } from "../../types.ts";
import { readEntry, readZip, type ZipEntry } from "./zip_entries.ts";

/** What a zip of `torch.save` holds. */
export interface TorchZip {
  readonly model: SavedModel;
  /** The zip's entries that hold storages, by the storages' keys. */
  readonly storages: ReadonlyMap<string, ZipEntry>;
  /** All its entries that have a checksum, in the order of the file. */
  readonly payloads: readonly Payload[];
}

/** Longest `version` or `byteorder` record. */
const MAX_RECORD_BYTES = 64;

/** The versions of the container that PyTorch has written so far: `kMaxSupportedFileFormatVersion`. */
const MAX_FILE_FORMAT_VERSION = 10;

/**
 * Reads a zip of `torch.save` of `size` bytes.
 *
 * @throws {CheckpointFormatError} when the file is damaged or holds something else.
 */
export async function readTorchZip(read: ReadAt, size: number): Promise<TorchZip> {
  const entries = await readZip(read, size);
  const prefix = prefixOf(entries);
  const records = new Map(entries.map((entry) => [entry.name.slice(prefix.length), entry]));
  await checkRecords(read, records);
  const storages = new Map<string, ZipEntry>();
  for (const [name, entry] of records) {
    if (/^data\/(0|[1-9]\d*)$/.test(name)) storages.set(name.slice("data/".length), entry);
  }
  const bytes = await readEntry(read, records.get("data.pkl")!, MAX_PICKLE_BYTES);
  const payloads = entries.flatMap(({ crc32, ...entry }) => crc32 === undefined ? [] : { ...entry, crc32 });
  return { model: parseDataPkl(bytes, storages), storages, payloads };
}

/**
 * Takes the model out of `data.pkl`.
 *
 * @param storages The zip's entries `data/<key>`, by key.
 * @throws {CheckpointFormatError} when it is damaged or describes something else.
 */
export function parseDataPkl(bytes: Uint8Array, storages: ReadonlyMap<string, ZipEntry>): SavedModel {
  const loadPersistent = (id: unknown): TorchStorage => checkStorage(storageOf(id, 5), storages);
  return savedModelOf(unpickle(bytes, { globals: TORCH_GLOBALS, loadPersistent }));
}

/** A storage is exactly its entry. */
function checkStorage(storage: TorchStorage, storages: ReadonlyMap<string, ZipEntry>): TorchStorage {
  const { key, dtype, count, bytes } = storage;
  const entry = storages.get(key);
  if (entry === undefined) refuse(`the storage ${quote(key)} is not in the zip`);
  if (bytes === entry.size) return storage;
  return refuse(
    `the storage ${quote(key)} is said to hold ${count} values of ${dtype}, but has ${entry.size} bytes`,
    entry.offset,
  );
}

/** Finds the folder that holds everything: `archive/` in official files, the file's name in others. */
function prefixOf(entries: readonly ZipEntry[]): string {
  const pickles = entries.filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    refuse(`the zip has ${pickles.length} entries <folder>/data.pkl, it must have one`);
  }
  const prefix = pickles[0].name.slice(0, -"data.pkl".length);
  const stray = entries.find(({ name }) => !name.startsWith(prefix));
  if (stray !== undefined) {
    refuse(`the zip entry ${quote(stray.name)} is not in ${quote(prefix)}`, stray.offset);
  }
  return prefix;
}

async function checkRecords(read: ReadAt, records: ReadonlyMap<string, ZipEntry>): Promise<void> {
  const version = await readRecord(read, records.get("version"));
  if (version === undefined) refuse("the zip has no version record, which every file of torch.save has");
  const number = /^\d{1,3}\n?$/.test(version) ? Number(version) : 0;
  if (number < 1 || number > MAX_FILE_FORMAT_VERSION) {
    refuse(`the version record is ${quote(version)}, it must be 1 to ${MAX_FILE_FORMAT_VERSION}`);
  }
  const byteOrder = await readRecord(read, records.get("byteorder"));
  if (byteOrder !== undefined && byteOrder !== "little") {
    refuse(`the byte order is ${quote(byteOrder)}, it must be "little"`);
  }
}

async function readRecord(read: ReadAt, entry: ZipEntry | undefined): Promise<string | undefined> {
  return entry && String.fromCharCode(...await readEntry(read, entry, MAX_RECORD_BYTES));
}
