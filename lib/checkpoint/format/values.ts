/**
 * What the values of a pickle or a JSON text become. Nothing of Python's object model is kept: strings,
 * integers, booleans and nulls are JavaScript's own, a list is an array, and the rest are the classes here.
 */

/** A float; integers are plain numbers (or bigints), so that 80.0 is not taken for 80. */
export class FloatValue {
  constructor(readonly value: number) {}
}

/** Whether a value is an integer from 0 on, as places and tokens are. */
export function isIndex(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}

/** A tuple. */
export class TupleValue {
  constructor(readonly items: readonly unknown[]) {}
}

/** A dict or a JSON object. A `Map`, because its keys come from the file. */
export class DictValue extends Map<string | number, unknown> {}

/** A `collections.OrderedDict`: the only object whose attributes (`_metadata`) a pickle may set. */
export class OrderedDictValue extends DictValue {}

/**
 * An object that no model is made of, such as the state of a random generator. Nothing of it is kept but what it
 * is called in messages.
 */
export class UnusedValue {
  constructor(readonly what: string) {}
}

/** A global that a pickle may call. */
export class FunctionValue {
  /**
   * @param name What it is called in messages.
   * @param call Gives the result, or throws `CheckpointFormatError`.
   */
  constructor(readonly name: string, readonly call: (args: readonly unknown[]) => unknown) {}
}

/** Says what kind of value this is, for messages. Never shows what is inside: that may be endless. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "string") return "a string";
  if (typeof value === "boolean") return "a boolean";
  if (typeof value === "number" || typeof value === "bigint") {
    return `the integer ${String(value).slice(0, 30)}`;
  }
  if (value instanceof FloatValue) return `the float ${value.value}`;
  if (value instanceof TupleValue) return "a tuple";
  if (value instanceof DictValue) return "a dict";
  if (Array.isArray(value)) return "a list";
  if (value instanceof FunctionValue) return `the function ${value.name}`;
  if (value instanceof UnusedValue) return value.what;
  return value instanceof Object ? `a ${value.constructor.name}` : typeof value;
}
