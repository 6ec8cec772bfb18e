/**
 * Tensors out of a `torch.save` pickle: the storages its persistent ids stand for and the views made of them
 * by `torch._utils._rebuild_tensor_v2`. A storage is exactly its zip entry, a tensor lies inside its storage.
 */
import { MAX_TENSOR_RANK } from "./limits.ts";
import type { PickleContext } from "./pickle_machine.ts";
import { quote, refuse } from "./refuse.ts";
import { BYTES_PER_VALUE, type TensorDtype, type TensorEntry } from "../types.ts";
import { FunctionValue, kindOf, OrderedDictValue, TupleValue } from "./values.ts";
import type { ZipEntry } from "./zip.ts";

/** A storage type, `torch.HalfStorage` and so on. */
class TorchStorageType {
  constructor(readonly dtype: TensorDtype) {}
}

/** A storage: `count` values from byte `offset` of the file. */
class TorchStorage {
  constructor(readonly dtype: TensorDtype, readonly offset: number, readonly count: number) {}
}

/** A tensor as it stands in the pickle. */
export class TorchTensor {
  constructor(readonly entry: TensorEntry) {}
}

/**
 * What the pickle of a checkpoint may reach: three functions, four storage types, and the storages of its zip.
 *
 * @param storages The entries `data/<key>` of the zip, by key.
 * @param file The index the tensors' file gets.
 */
export function torchContext(storages: ReadonlyMap<string, ZipEntry>, file: number): PickleContext {
  const rebuildTensor = (args: readonly unknown[]): TorchTensor => new TorchTensor(viewOfStorage(args, file));
  return {
    globals: new Map<string, unknown>([
      ["collections OrderedDict", new FunctionValue("OrderedDict", makeOrderedDict)],
      ["torch._utils _rebuild_tensor_v2", new FunctionValue("_rebuild_tensor_v2", rebuildTensor)],
      ["torch._utils _rebuild_parameter", new FunctionValue("_rebuild_parameter", rebuildParameter)],
      ["torch HalfStorage", new TorchStorageType("float16")],
      ["torch BFloat16Storage", new TorchStorageType("bfloat16")],
      ["torch FloatStorage", new TorchStorageType("float32")],
      ["torch DoubleStorage", new TorchStorageType("float64")],
    ]),
    loadPersistent: (id) => loadStorage(id, storages),
  };
}

function makeOrderedDict(args: readonly unknown[]): OrderedDictValue {
  if (args.length > 0) refuse("an OrderedDict is made with arguments, it must be empty");
  return new OrderedDictValue();
}

/** `_rebuild_parameter(data, requires_grad, backward_hooks)`: a tensor that was trained. */
function rebuildParameter(args: readonly unknown[]): TorchTensor {
  const [tensor, requiresGrad, hooks] = args;
  if (args.length !== 3 || !(tensor instanceof TorchTensor)) refuse("a parameter is not made of a tensor");
  checkGradient(requiresGrad, hooks);
  return tensor;
}

/** A persistent id is `("storage", type, key, location, count)`. */
function loadStorage(id: unknown, storages: ReadonlyMap<string, ZipEntry>): TorchStorage {
  if (!(id instanceof TupleValue) || id.items.length !== 5 || id.items[0] !== "storage") {
    refuse(`a persistent id is ${kindOf(id)}, it must be a tuple that describes a storage`);
  }
  const [, type, key, location, count] = id.items;
  if (!(type instanceof TorchStorageType)) refuse(`a storage's type is ${kindOf(type)}`);
  if (typeof key !== "string") refuse(`a storage's key is ${kindOf(key)}, it must be a string`);
  if (typeof location !== "string") {
    refuse(`a storage's location is ${kindOf(location)}, it must be a string`);
  }
  const entry = storages.get(key);
  if (entry === undefined) refuse(`the storage ${quote(key)} is not in the zip`);
  const values = size(count, `the number of values of storage ${quote(key)}`);
  if (values * BYTES_PER_VALUE[type.dtype] !== entry.size) {
    refuse(
      `the storage ${
        quote(key)
      } is said to hold ${values} values of ${type.dtype}, but has ${entry.size} bytes`,
      entry.offset,
    );
  }
  return new TorchStorage(type.dtype, entry.offset, values);
}

/** `_rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks)`. */
function viewOfStorage(args: readonly unknown[], file: number): TensorEntry {
  if (args.length !== 6) refuse(`a tensor is made of ${args.length} values, it must be 6`);
  const [storage, offset, shape, strides, requiresGrad, hooks] = args;
  if (!(storage instanceof TorchStorage)) refuse(`a tensor is made of ${kindOf(storage)}, not of a storage`);
  checkGradient(requiresGrad, hooks);
  const first = size(offset, "a tensor's offset");
  const sizes = sizesOf(shape, "a tensor's shape");
  const steps = sizesOf(strides, "a tensor's strides");
  if (sizes.length !== steps.length) {
    refuse(`a tensor has ${sizes.length} sizes and ${steps.length} strides`);
  }
  const count = product(sizes);
  const last = sizes.reduce((sum, size, i) => sum + (size - 1) * steps[i], first);
  // A view with more values than its storage (stride 0) would let a small file ask for any amount of memory.
  const fits = count > 0 && count <= storage.count && last < storage.count;
  if (!fits) {
    refuse(
      `a tensor of shape (${sizes}), strides (${steps}) and offset ${first} does not fit in its storage of ` +
        `${storage.count} values`,
      storage.offset,
    );
  }
  const start = storage.offset + first * BYTES_PER_VALUE[storage.dtype];
  return { dtype: storage.dtype, shape: sizes, strides: steps, offset: start, file };
}

function checkGradient(requiresGrad: unknown, hooks: unknown): void {
  if (typeof requiresGrad !== "boolean") refuse(`a tensor's requires_grad is ${kindOf(requiresGrad)}`);
  if (!(hooks instanceof OrderedDictValue) || hooks.size > 0) {
    refuse(`a tensor's hooks are ${kindOf(hooks)}, they must be an empty OrderedDict`);
  }
}

function sizesOf(value: unknown, what: string): number[] {
  if (!(value instanceof TupleValue)) refuse(`${what} is ${kindOf(value)}, it must be a tuple`);
  if (value.items.length > MAX_TENSOR_RANK) {
    refuse(`${what} has ${value.items.length} entries, the limit is ${MAX_TENSOR_RANK}`);
  }
  return value.items.map((item) => size(item, `an entry of ${what}`));
}

function size(value: unknown, what: string): number {
  if (typeof value === "number" && value >= 0) return value;
  return refuse(`${what} is ${kindOf(value)}, it must be an integer from 0 on`);
}

/** Multiplies sizes. A product too large to be exact is too large for any storage, and stays so. */
function product(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}
