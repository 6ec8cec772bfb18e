/**
 * Writes pickles as `torch.save` does, protocol 2, with a place for hostile bytes anywhere a value stands.
 */
import { fields } from "./zip.ts";

/** Bytes to stand in a pickle as they are, in the place of a value. */
export class Raw {
  constructor(readonly bytes: readonly number[]) {}
}

/** A tuple. */
export class Tuple {
  readonly items: readonly PickleSpec[];
  constructor(...items: readonly PickleSpec[]) {
    this.items = items;
  }
}

/** A value to be pickled. A dict is a list of pairs, so that it can have a key twice. */
export type PickleSpec =
  | null
  | boolean
  | number
  | bigint
  | string
  | Raw
  | Tuple
  | Dict
  | readonly PickleSpec[];

/** A dict. */
export class Dict {
  constructor(readonly pairs: readonly (readonly [PickleSpec, PickleSpec])[]) {}
}

const encoder = new TextEncoder();

/** Pickles a value: protocol, value, stop. */
export function pickle(value: PickleSpec, protocol = 2): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x80, protocol, ...opcodes(value), 0x2e]);
}

/** The opcodes that push a value. */
export function opcodes(value: PickleSpec): number[] {
  if (value instanceof Raw) return [...value.bytes];
  if (value === null) return [0x4e];
  if (typeof value === "boolean") return [value ? 0x88 : 0x89];
  if (typeof value === "string") return text(0x58, 4, value);
  if (typeof value === "number" || typeof value === "bigint") return integer(value);
  if (value instanceof Dict) {
    return [0x7d, 0x28, ...value.pairs.flatMap(([key, item]) => [...opcodes(key), ...opcodes(item)]), 0x75];
  }
  if (value instanceof Tuple) {
    return value.items.length === 0 ? [0x29] : [0x28, ...value.items.flatMap(opcodes), 0x74];
  }
  return [0x5d, 0x28, ...value.flatMap(opcodes), 0x65];
}

/** GLOBAL. */
export function global(module: string, name: string): number[] {
  return [0x63, ...encoder.encode(`${module}\n${name}\n`)];
}

/** REDUCE of a global with arguments. */
export function call(module: string, name: string, ...args: readonly PickleSpec[]): Raw {
  return new Raw([...global(module, name), ...opcodes(new Tuple(...args)), 0x52]);
}

/** An empty `OrderedDict`, as every tensor has for its hooks. */
export function noHooks(): Raw {
  return call("collections", "OrderedDict");
}

/** A string with an opcode and the bytes of its length. */
export function text(opcode: number, lengthBytes: number, value: string): number[] {
  const bytes = encoder.encode(value);
  return [opcode, ...fields([bytes.length, lengthBytes]), ...bytes];
}

/** BINFLOAT. */
export function float(value: number): Raw {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, false);
  return new Raw([0x47, ...bytes]);
}

function integer(value: number | bigint): number[] {
  if (value >= 0 && value < 0x100) return [0x4b, Number(value)];
  if (value >= 0 && value < 0x10000) return [0x4d, ...fields([value, 2])];
  if (value >= -0x80000000 && value < 0x80000000) {
    return [0x4a, ...fields([BigInt.asUintN(32, BigInt(value)), 4])];
  }
  return [0x8a, 16, ...fields([BigInt.asUintN(128, BigInt(value)), 16])];
}
