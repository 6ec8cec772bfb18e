/**
 * Cases made of a right checkpoint with one thing changed.
 */
import { buildTorch, tensorPickle, type TensorSpec, type TorchOptions, unwrapTensors } from "./model.ts";
import { Dict, type PickleSpec } from "./pickle.ts";
import type { Case } from "./read.ts";
import type { BuiltZip, ZipPlace } from "./zip.ts";

/** The entry that cases about one entry are about. */
export const WEIGHT = "archive/data/7";

/** A checkpoint of these tensors. */
export function tensors(what: string, specs: () => readonly TensorSpec[], error?: RegExp): Case {
  return { what, error, bytes: () => buildTorch({ tensors: specs() }).bytes };
}

/** A checkpoint with its first tensor changed. */
export function tensor(what: string, change: Partial<TensorSpec>, error?: RegExp): Case {
  return tensors(
    what,
    () => unwrapTensors().map((spec, i) => i === 0 ? { ...spec, ...change } : spec),
    error,
  );
}

/** A checkpoint whose top level is something else. */
export function top(what: string, spec: () => PickleSpec, error?: RegExp): Case {
  return { what, error, bytes: () => buildTorch({ top: spec() }).bytes };
}

/** A state dict of tensors. */
export function stateOf(specs: readonly TensorSpec[]): Dict {
  return new Dict(specs.map((spec) => [spec.name, tensorPickle(spec)]));
}

/** A checkpoint with one thing changed in its bytes. */
export function changed(
  what: string,
  error: RegExp,
  change: (zip: BuiltZip, place: ZipPlace) => void,
  options?: TorchOptions,
): Case {
  const bytes = (): Uint8Array<ArrayBuffer> => {
    const zip = buildTorch(options);
    change(zip, zip.places.get(WEIGHT)!);
    return zip.bytes;
  };
  return { what, error, bytes };
}

/** A checkpoint built in another way. */
export function built(what: string, options: TorchOptions, error?: RegExp): Case {
  return { what, error, bytes: () => buildTorch(options).bytes };
}
