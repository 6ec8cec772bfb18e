/**
 * Files of `torch.save` since PyTorch 1.6: a zip with a pickle and one entry a storage. Reads the pickle and
 * the zip's own records, and no weight. See `load_model` in openai/whisper's `__init__.py` for what is inside,
 * and `torch/serialization.py` for the container.
 */
import { dimensionsOf } from "./dimensions.ts";
import { fileKind, HEAD_BYTES, kindName } from "./file_kind.ts";
import { MAX_PICKLE_BYTES } from "./limits.ts";
import { unpickle } from "./pickle.ts";
import { quote, refuse } from "./refuse.ts";
import { checkpointOf, checkpointOfTensors } from "./state_dict.ts";
import { torchContext, TorchTensor } from "./torch_tensors.ts";
import type { Checkpoint, ModelDimensions, ReadAt, TensorEntry } from "../types.ts";
import { DictValue, kindOf } from "./values.ts";
import { readEntry, readZip, type ZipEntry } from "./zip.ts";

/** What a `torch.save` file holds: dimensions, if it has them, and its tensors by name. */
export interface TorchContents {
  readonly dims?: ModelDimensions;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** Longest `version` or `byteorder` record. */
const MAX_RECORD_BYTES = 64;

/** The versions of the container that PyTorch has written so far: `kMaxSupportedFileFormatVersion`. */
const MAX_FILE_FORMAT_VERSION = 10;

/**
 * Reads an official checkpoint, or a bare state dict, from a file of `size` bytes.
 *
 * @throws {CheckpointFormatError} when the file is damaged or is not that of a Whisper model.
 */
export async function readTorchCheckpoint(read: ReadAt, size: number): Promise<Checkpoint> {
  const { dims, tensors } = await readTorchFile(read, size);
  return dims ? checkpointOf(tensors, dims) : checkpointOfTensors(tensors);
}

/**
 * Reads the tensors of a `torch.save` file of `size` bytes.
 *
 * @param file The index the tensors' file gets.
 * @throws {CheckpointFormatError} when the file is damaged or holds something else.
 */
export async function readTorchFile(read: ReadAt, size: number, file = 0): Promise<TorchContents> {
  const kind = fileKind(await read(0, Math.min(size, HEAD_BYTES)));
  if (kind !== "torch") refuse(`the file is ${kindName(kind)}`);
  const entries = await readZip(read, size);
  const prefix = prefixOf(entries);
  const records = new Map(entries.map((entry) => [entry.name.slice(prefix.length), entry]));
  await checkRecords(read, records);
  const storages = new Map<string, ZipEntry>();
  for (const [name, entry] of records) {
    if (/^data\/(0|[1-9]\d*)$/.test(name)) storages.set(name.slice("data/".length), entry);
  }
  const bytes = await readEntry(read, records.get("data.pkl")!, MAX_PICKLE_BYTES);
  return parseDataPkl(bytes, storages, file);
}

/**
 * Takes the tensors out of `data.pkl`.
 *
 * @param storages The zip's entries `data/<key>`, by key.
 * @param file The index the tensors' file gets.
 * @throws {CheckpointFormatError} when it is damaged or describes something else.
 */
export function parseDataPkl(
  bytes: Uint8Array,
  storages: ReadonlyMap<string, ZipEntry>,
  file: number,
): TorchContents {
  return contentsOf(unpickle(bytes, torchContext(storages, file)));
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

/** Takes a Whisper checkpoint (`dims` and `model_state_dict`) or a bare state dict. */
function contentsOf(value: unknown): TorchContents {
  if (!(value instanceof DictValue)) refuse(`the pickle holds ${kindOf(value)}, it must be a dict`);
  const isCheckpoint = value.has("dims") || value.has("model_state_dict");
  if (!isCheckpoint) return { tensors: tensorsOf(value) };
  const dims = value.get("dims");
  const state = value.get("model_state_dict");
  for (const [name, part] of [["dims", dims], ["model_state_dict", state]] as const) {
    if (part === undefined) refuse(`the checkpoint has no ${name}`);
    if (!(part instanceof DictValue)) refuse(`${name} is ${kindOf(part)}, it must be a dict`);
  }
  return { dims: dimensionsOf(dims as DictValue), tensors: tensorsOf(state as DictValue) };
}

function tensorsOf(state: DictValue): Map<string, TensorEntry> {
  const tensors = new Map<string, TensorEntry>();
  for (const [name, tensor] of state) {
    if (typeof name !== "string") refuse(`a tensor's name is the integer ${name}, it must be a string`);
    if (!(tensor instanceof TorchTensor)) refuse(`${quote(name)} is ${kindOf(tensor)}, it must be a tensor`);
    tensors.set(name, tensor.entry);
  }
  return tensors;
}
