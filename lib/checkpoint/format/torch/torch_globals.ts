/**
 * The globals that a `torch.save` pickle may name, each with its reason. None is looked up anywhere else, and none
 * runs anything of the file's: a function here is ours, and makes a value out of values.
 */
import { refuse } from "../refuse.ts";
import { FunctionValue, kindOf, OrderedDictValue, UnusedValue } from "../values.ts";
import { rebuildParameter, rebuildTensor, type StorageDtype, TorchStorageType } from "./torch_tensors.ts";

type Global = readonly [module: string, name: string, value: unknown];

/** What tensors are made of. */
const TENSORS: readonly Global[] = [
  ["collections", "OrderedDict", new FunctionValue("OrderedDict", makeOrderedDict)],
  ["torch._utils", "_rebuild_tensor_v2", new FunctionValue("_rebuild_tensor_v2", rebuildTensor)],
  // A tensor that was saved as it was trained.
  ["torch._utils", "_rebuild_parameter", new FunctionValue("_rebuild_parameter", rebuildParameter)],
  ...storageTypes({
    HalfStorage: "float16",
    BFloat16Storage: "bfloat16",
    FloatStorage: "float32",
    DoubleStorage: "float64",
    // Trainers keep step counters, masks and the states of random generators in these. They are never read.
    LongStorage: "int64",
    IntStorage: "int32",
    ShortStorage: "int16",
    CharStorage: "int8",
    ByteStorage: "uint8",
    BoolStorage: "bool",
  }),
];

/**
 * What trainers leave beside a model: NumPy's random generator, the losses that NumPy computed, and the bytes of
 * either, which protocol 2 writes as text to be encoded. They become values of which nothing is kept.
 */
const LEFTOVERS: readonly Global[] = [
  ["_codecs", "encode", unused("encode", "bytes")],
  // NumPy moved the module in 2.0.
  ...["numpy.core.multiarray", "numpy._core.multiarray"].flatMap((module): Global[] => [
    [module, "_reconstruct", unused("_reconstruct", "a NumPy array")],
    [module, "scalar", unused("scalar", "a NumPy number")],
  ]),
  ["numpy", "ndarray", new UnusedValue("the class ndarray")],
  ["numpy", "dtype", unused("dtype", "a NumPy dtype")],
];

/** All of them, by module, a space and name. */
export const TORCH_GLOBALS: ReadonlyMap<string, unknown> = new Map(
  [...TENSORS, ...LEFTOVERS].map(([module, name, value]) => [`${module} ${name}`, value]),
);

function storageTypes(dtypes: Readonly<Record<string, StorageDtype>>): Global[] {
  return Object.entries(dtypes).map(([name, dtype]) => ["torch", name, new TorchStorageType(dtype)]);
}

function unused(name: string, what: string): FunctionValue {
  return new FunctionValue(name, () => new UnusedValue(what));
}

function makeOrderedDict(args: readonly unknown[]): OrderedDictValue {
  if (args.length > 0) {
    refuse(`an OrderedDict is made with arguments, the first ${kindOf(args[0])}: it must be empty`);
  }
  return new OrderedDictValue();
}
