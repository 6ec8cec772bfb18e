/**
 * Tensors out of a `torch.save` pickle: the storages its persistent ids stand for and the views made of them
 * by `torch._utils._rebuild_tensor_v2`. A tensor lies inside its storage; where a storage lies in the file, its
 * container says.
 */
import { MAX_TENSOR_RANK } from "../limits.ts";
import { quote, refuse } from "../refuse.ts";
import { BYTES_PER_VALUE, type TensorDtype } from "../../types.ts";
import { IntegerTensor, type StoredTensor } from "../stored_tensor.ts";
import { isIndex, kindOf, OrderedDictValue, TupleValue } from "../values.ts";

/** Bytes of one value of the types that no weight has. */
const INTEGER_BYTES = { int64: 8, int32: 4, int16: 2, int8: 1, uint8: 1, bool: 1 } as const;

/** What a storage may hold. */
export type StorageDtype = TensorDtype | keyof typeof INTEGER_BYTES;

/** A storage type, `torch.HalfStorage` and so on. */
export class TorchStorageType {
  constructor(readonly dtype: StorageDtype) {}
}

/** A storage as a persistent id describes it. */
export class TorchStorage {
  constructor(readonly key: string, readonly dtype: StorageDtype, readonly count: number) {}

  /** How many bytes it has. */
  get bytes(): number {
    return this.count * (isFloat(this.dtype) ? BYTES_PER_VALUE[this.dtype] : INTEGER_BYTES[this.dtype]);
  }
}

/** A tensor as it stands in the pickle: a view of a storage from value `first` on. */
export class TorchTensor {
  constructor(
    readonly storage: TorchStorage,
    readonly first: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}

  /**
   * Says where the tensor lies.
   *
   * @param offset Byte of the file at which its storage starts.
   * @param file The index of the file.
   */
  placedAt(offset: number, file: number): StoredTensor {
    const { dtype } = this.storage;
    if (!isFloat(dtype)) return new IntegerTensor(dtype);
    const { shape, strides } = this;
    return { dtype, shape, strides, offset: offset + this.first * BYTES_PER_VALUE[dtype], file };
  }
}

function isFloat(dtype: StorageDtype): dtype is TensorDtype {
  return dtype in BYTES_PER_VALUE;
}

/** `_rebuild_parameter(data, requires_grad, backward_hooks)`: a tensor that was trained. */
export function rebuildParameter(args: readonly unknown[]): TorchTensor {
  const [tensor, requiresGrad, hooks] = args;
  if (args.length !== 3 || !(tensor instanceof TorchTensor)) refuse("a parameter is not made of a tensor");
  checkGradient(requiresGrad, hooks);
  return tensor;
}

/**
 * Takes a persistent id: `("storage", type, key, location, count)`, and in files before PyTorch 1.6 a sixth item,
 * by which a storage could be a view of another one.
 */
export function storageOf(id: unknown, items: 5 | 6): TorchStorage {
  if (!(id instanceof TupleValue) || id.items.length !== items || id.items[0] !== "storage") {
    refuse(`a persistent id is ${kindOf(id)}, it must be a tuple that describes a storage`);
  }
  const [, type, key, location, count, view = null] = id.items;
  if (!(type instanceof TorchStorageType)) refuse(`a storage's type is ${kindOf(type)}`);
  if (typeof key !== "string") refuse(`a storage's key is ${kindOf(key)}, it must be a string`);
  if (typeof location !== "string") {
    refuse(`a storage's location is ${kindOf(location)}, it must be a string`);
  }
  if (view !== null) refuse(`the storage ${quote(key)} is a view of another one, which PyTorch 0.4 gave up`);
  return new TorchStorage(key, type.dtype, size(count, `the number of values of storage ${quote(key)}`));
}

/** `_rebuild_tensor_v2(storage, storage_offset, size, stride, requires_grad, backward_hooks)`. */
export function rebuildTensor(args: readonly unknown[]): TorchTensor {
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
  const fits = count === 0 ? first <= storage.count : count <= storage.count && last < storage.count;
  if (!fits) {
    refuse(
      `a tensor of shape (${sizes}), strides (${steps}) and offset ${first} does not fit in its storage ` +
        `${quote(storage.key)} of ${storage.count} values`,
    );
  }
  return new TorchTensor(storage, first, sizes, steps);
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
  if (isIndex(value)) return value;
  return refuse(`${what} is ${kindOf(value)}, it must be an integer from 0 on`);
}

/** Multiplies sizes. A product too large to be exact is too large for any storage, and stays so. */
function product(sizes: readonly number[]): number {
  return sizes.reduce((product, size) => product * size, 1);
}
