/** What `loadModel` may be told, and what each of it must be: all is checked before anything is opened or fetched. */
import { type Device, DEVICE_CHOICES, isDevice } from "../../ffi/execution_provider.ts";
import {
  ARENA_EXTEND_STRATEGIES,
  type CudaOptions,
  CUDNN_SEARCHES,
} from "../../ffi/providers/cuda/options.ts";
import { maximumThreads } from "../../ffi/threads.ts";
import { FETCH_RULES, type FetchOptions } from "../checkpoint/fetch_options.ts";
import type { AlignmentHead } from "../checkpoint/types.ts";
import { wrongArgument } from "../errors.ts";
import {
  BOOLEAN,
  checkOptions,
  COUNT,
  isIntegerList,
  OBJECT,
  oneOf,
  type OptionRules,
  PATH,
  SHA256,
} from "../options/check_options.ts";
import { type PrecisionOption, PRECISIONS } from "./model_precision.ts";

/** What `loadModel` may be told. */
export interface LoadModelOptions extends FetchOptions {
  /**
   * Where the model runs. `"auto"` is CUDA if it can be used, else the CPU: `model.deviceReport` says why, and
   * `onWarning` is told if there is a device that is not used. A device that is named and cannot be used is an error.
   * The others than CUDA and the CPU are those that ONNX Runtime's library is built for.
   *
   * @default {"auto"}
   */
  readonly device?: Device;
  /** What CUDA is told, where the model runs there. */
  readonly cuda?: CudaOptions;
  /**
   * In which numbers the model multiplies by its weights. `"int8"`, on the CPU alone, is faster, for text that differs
   * now and then; `"auto"` is that for base and wider models, whose word error rate allows it, on the CPU. `"float16"`
   * is the checkpoints' own, for graphics processors; the CPU, where `"auto"` as a device falls back to it, computes in
   * float32 then.
   *
   * @default {"float32", and "float16" on CUDA}
   */
  readonly precision?: PrecisionOption;
  /**
   * Whether the checkpoint is read into memory and its file closed, instead of mapped. It takes more memory,
   * and the file may then be changed or removed.
   *
   * @default {false}
   */
  readonly inMemory?: boolean;
  /**
   * Whether what quantising and packing the weights comes to is kept in the cache, for later loads to map: `true`
   * makes it for a float32 model too, and for a local file whose `sha256` is given, `false` neither makes nor uses it.
   *
   * @default {made for int8 models of the cache where it can be written, and used where it is there}
   */
  readonly prepared?: boolean;
  /** The path of ONNX Runtime's shared library. Default: `ORT_DYLIB_PATH`, else the npm package. */
  readonly library?: string;
  /**
   * Threads an operator may use, from 1 to 256, or to as many as there are cores. Default: one a physical core,
   * as far as the affinity of the process and its control groups allow.
   */
  readonly threads?: number;
  /**
   * The SHA-256 that the checkpoint's file must have, in hexadecimal. An address needs one; the official models have
   * theirs.
   */
  readonly sha256?: string;
  /** The cross-attention heads that follow the audio. Default: those of the official model. */
  readonly alignmentHeads?: readonly AlignmentHead[];
}

const CUDA_RULES: OptionRules<CudaOptions> = {
  memoryLimit: COUNT,
  arenaExtendStrategy: oneOf(Object.keys(ARENA_EXTEND_STRATEGIES)),
  cudnnSearch: oneOf(CUDNN_SEARCHES),
};

const MOST_THREADS = maximumThreads();

const LOAD_RULES: OptionRules<LoadModelOptions> = {
  ...FETCH_RULES,
  device: [DEVICE_CHOICES, isDevice],
  cuda: OBJECT,
  precision: oneOf(PRECISIONS),
  inMemory: BOOLEAN,
  prepared: BOOLEAN,
  library: PATH,
  threads: [
    `a whole number from 1 to ${MOST_THREADS}; more than the ${navigator.hardwareConcurrency} cores of this machine ` +
    "are no use",
    (value) => Number.isSafeInteger(value) && value as number >= 1 && value as number <= MOST_THREADS,
  ],
  sha256: SHA256,
  alignmentHeads: ["a list of [layer, head]", isHeadList],
};

/** Names of openai/whisper's `load_model` that have another form here. */
const ELSEWHERE = {
  download_root: 'did you mean "downloadRoot"?',
  in_memory: 'did you mean "inMemory"?',
  name: "the model is the first argument",
};

/**
 * Checks what `loadModel` was given.
 *
 * @returns The options without those that are `undefined`.
 * @throws {TypeError} when the model is neither text nor a `URL`, or an option is unknown or of the wrong type.
 * @throws {RangeError} when a number is out of range.
 */
export function checkLoadArguments(source: unknown, options: LoadModelOptions): LoadModelOptions {
  if (typeof source !== "string" && !(source instanceof URL)) {
    throw wrongArgument(
      "INVALID_INPUT",
      `Cannot load the model ${String(source)}: wanted an official name, a path, or a URL object`,
    );
  }
  return checkLoadOptions(options);
}

/**
 * Checks how a model is to be loaded.
 *
 * @returns The options without those that are `undefined`.
 * @throws {TypeError | RangeError} when one is unknown or wrong.
 */
export function checkLoadOptions(options: LoadModelOptions): LoadModelOptions {
  const given = checkOptions("load the model", options, LOAD_RULES, ELSEWHERE);
  if (given.cuda !== undefined) checkOptions("load the model on CUDA", given.cuda, CUDA_RULES);
  const { precision, device = "auto" } = given;
  if (precision === "float16" && device === "cpu") {
    throw wrongArgument(
      "INVALID_OPTION",
      'Cannot load the model: precision is "float16" and device "cpu", which computes in float32 or int8',
    );
  }
  if (precision !== "int8" || device === "auto" || device === "cpu") return given;
  throw wrongArgument(
    "INVALID_OPTION",
    `Cannot load the model: precision is "int8" and device "${device}"; int8 models run on the CPU, and with ` +
      'precision "auto" the device decides',
  );
}

function isHeadList(value: unknown): boolean {
  return Array.isArray(value) && value.every((head) => isIntegerList(head) && head.length === 2);
}
