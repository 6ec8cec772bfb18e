/**
 * The stack, the marks and the memo that a pickle's opcodes work on. Every read and every pop is checked:
 * lengths against the bytes that are left, pops against the last mark.
 */
import { viewOf } from "../../../bytes/data_view.ts";
import { MAX_PICKLE_INTEGER_BYTES } from "../limits.ts";
import { quote, refuse, withPlace } from "../refuse.ts";
import { DictValue, kindOf } from "../values.ts";

/** What a pickle may reach outside itself. */
export interface PickleContext {
  /** The globals it may name, by module, a space and name. Nothing else is found, and nothing by reflection. */
  readonly globals: ReadonlyMap<string, unknown>;
  /** Gives the object a persistent id stands for, or throws `CheckpointFormatError`. */
  readonly loadPersistent: (id: unknown) => unknown;
  /** What the bytes are, for messages. */
  readonly part: string;
}

/** A pickle machine at work on some bytes. */
export class PickleMachine {
  readonly context: PickleContext;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #latin1: string;
  readonly #stack: unknown[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, unknown>();
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #at: number;
  #opcodeAt: number;

  /** Starts at byte `start`. */
  constructor(bytes: Uint8Array, context: PickleContext, start: number) {
    this.context = context;
    this.#at = this.#opcodeAt = start;
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#latin1 = new TextDecoder("latin1").decode(bytes);
  }

  /** Gives up at the opcode being run. */
  refuse(reason: string): never {
    refuse(reason, this.#opcodeAt, this.context.part);
  }

  /** Calls what is outside the pickle, and says at which opcode if that gives up. */
  outside(call: () => unknown): unknown {
    try {
      return call();
    } catch (error) {
      throw withPlace(error, this.#opcodeAt, this.context.part);
    }
  }

  /** Reads the next opcode. */
  opcode(): number {
    this.#opcodeAt = this.#at;
    return this.uint8();
  }

  /** Checks that that many bytes are left. */
  expect(length: number): void {
    const left = this.#bytes.length - this.#at;
    if (length > left) {
      this.refuse(`the pickle is cut short: an opcode wants ${length} bytes, ${left} are left`);
    }
  }

  uint8(): number {
    return this.#bytes[this.#advance(1)];
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Reads a 64-bit length. One too large for a number stays too large for any file. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Passes that many bytes and gives the place of the first. */
  #advance(length: number): number {
    this.expect(length);
    const at = this.#at;
    this.#at += length;
    return at;
  }

  /** Reads that many bytes, without a copy. */
  #take(length: number): Uint8Array {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, this.#at);
  }

  /** Reads a two's complement integer of that many bytes. */
  long(length: number): number | bigint {
    if (length > MAX_PICKLE_INTEGER_BYTES) {
      this.refuse(`the pickle has an integer of ${length} bytes, the limit is ${MAX_PICKLE_INTEGER_BYTES}`);
    }
    const bytes = this.#take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i]);
    if (length > 0 && bytes[length - 1] >= 0x80) value -= 1n << BigInt(8 * length);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** Reads UTF-8 of that many bytes. */
  text(length: number): string {
    const bytes = this.#take(length);
    // One decoding for all strings: the pickle of base takes half as long (measured).
    const ascii = this.#latin1.slice(this.#at - length, this.#at);
    if (!/[\u0080-\uffff]/.test(ascii)) return ascii;
    try {
      return this.#utf8.decode(bytes);
    } catch {
      return this.refuse("the pickle has a string that is not UTF-8");
    }
  }

  /** Reads UTF-8 up to the next line feed, which is dropped. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) this.refuse("the pickle is cut short: a name does not end");
    const text = this.text(end - this.#at);
    this.#at++;
    return text;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  pop(): unknown {
    this.top();
    return this.#stack.pop();
  }

  /** The value on top of the stack, which stays there. */
  top(): unknown {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) this.refuse("an opcode finds nothing on the stack");
    return this.#stack.at(-1);
  }

  /** Pops two values and gives them in the order in which they were pushed. */
  popPair(): [unknown, unknown] {
    const second = this.pop();
    return [this.pop(), second];
  }

  /** Pops three values and gives them in the order in which they were pushed. */
  popTriple(): [unknown, unknown, unknown] {
    const third = this.pop();
    return [...this.popPair(), third];
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  /** Pops everything since the last mark, and the mark. */
  popMark(): unknown[] {
    const mark = this.#marks.pop();
    return mark === undefined
      ? this.refuse("an opcode finds no mark on the stack")
      : this.#stack.splice(mark);
  }

  /** Remembers the top of the stack, by default under the next free number. */
  memoize(index = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    if (!this.#memo.has(index)) this.refuse(`the pickle asks for memo entry ${index}, which was never put`);
    this.push(this.#memo.get(index));
  }

  /** Puts keys and values, alternating, into the dict on top of the stack. */
  setItems(items: readonly unknown[]): void {
    const dict = this.top();
    if (!(dict instanceof DictValue)) this.refuse(`the pickle sets an item of ${kindOf(dict)}`);
    if (items.length % 2 !== 0) this.refuse("the pickle has a key without a value");
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (typeof key !== "string" && typeof key !== "number") this.refuse(`a dict's key is ${kindOf(key)}`);
      if (dict.has(key)) this.refuse(`a dict has the key ${quote(String(key))} twice`);
      dict.set(key, items[i + 1]);
    }
  }

  /** Adds items to the list on top of the stack. */
  append(items: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.refuse(`the pickle appends to ${kindOf(list)}`);
    for (const item of items) list.push(item);
  }

  /** Takes the last value, with which the stack must end, and the place behind the pickle. */
  finish(): { value: unknown; end: number } {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) {
      this.refuse("the pickle stops with values left over");
    }
    return { value, end: this.#at };
  }
}
