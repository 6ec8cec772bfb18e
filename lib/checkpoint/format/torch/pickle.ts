/**
 * An unpickler for what `torch.save` writes, protocols 2 to 5 (the opcodes are documented in CPython's
 * `pickletools.py`). It is data in, data out: a global is looked up in a list of ours, a call goes to a
 * function of ours, and every opcode that `torch.save` has no use for is refused.
 */
import { MAX_PICKLE_OPCODES } from "../limits.ts";
import { type PickleContext, PickleMachine } from "./pickle_machine.ts";
import { quote, refuse } from "../refuse.ts";
import {
  DictValue,
  FloatValue,
  FunctionValue,
  kindOf,
  OrderedDictValue,
  TupleValue,
  UnusedValue,
} from "../values.ts";

type Opcode = readonly [byte: number, name: string, run: (machine: PickleMachine) => void];

const PROTO = 0x80;
const STOP = 0x2e;

const OPCODES: readonly Opcode[] = [
  [0x4e, "NONE", (m) => m.push(null)],
  [0x88, "NEWTRUE", (m) => m.push(true)],
  [0x89, "NEWFALSE", (m) => m.push(false)],
  [0x4a, "BININT", (m) => m.push(m.int32())],
  [0x4b, "BININT1", (m) => m.push(m.uint8())],
  [0x4d, "BININT2", (m) => m.push(m.uint16())],
  [0x8a, "LONG1", (m) => m.push(m.long(m.uint8()))],
  [0x47, "BINFLOAT", (m) => m.push(new FloatValue(m.float64()))],
  [0x8c, "SHORT_BINUNICODE", (m) => m.push(m.text(m.uint8()))],
  [0x58, "BINUNICODE", (m) => m.push(m.text(m.uint32()))],
  [0x8d, "BINUNICODE8", (m) => m.push(m.text(m.uint64()))],
  [0x7d, "EMPTY_DICT", (m) => m.push(new DictValue())],
  [0x73, "SETITEM", (m) => m.setItems(m.popPair())],
  [0x75, "SETITEMS", (m) => m.setItems(m.popMark())],
  [0x5d, "EMPTY_LIST", (m) => m.push([])],
  [0x61, "APPEND", (m) => m.append([m.pop()])],
  [0x65, "APPENDS", (m) => m.append(m.popMark())],
  [0x29, "EMPTY_TUPLE", (m) => m.push(new TupleValue([]))],
  [0x85, "TUPLE1", (m) => m.push(new TupleValue([m.pop()]))],
  [0x86, "TUPLE2", (m) => m.push(new TupleValue(m.popPair()))],
  [0x87, "TUPLE3", (m) => m.push(new TupleValue(m.popTriple()))],
  [0x74, "TUPLE", (m) => m.push(new TupleValue(m.popMark()))],
  [0x28, "MARK", (m) => m.mark()],
  [0x71, "BINPUT", (m) => m.memoize(m.uint8())],
  [0x72, "LONG_BINPUT", (m) => m.memoize(m.uint32())],
  [0x94, "MEMOIZE", (m) => m.memoize()],
  [0x68, "BINGET", (m) => m.recall(m.uint8())],
  [0x6a, "LONG_BINGET", (m) => m.recall(m.uint32())],
  [0x63, "GLOBAL", (m) => pushGlobal(m, m.line(), m.line())],
  [0x93, "STACK_GLOBAL", (m) => pushGlobal(m, ...m.popPair())],
  [0x52, "REDUCE", (m) => reduce(m, ...m.popPair())],
  [0x62, "BUILD", (m) => build(m, m.pop())],
  [0x51, "BINPERSID", loadPersistent],
  [0x95, "FRAME", checkFrame],
];

const BY_BYTE: ReadonlyMap<number, Opcode> = new Map(OPCODES.map((opcode) => [opcode[0], opcode]));

/** The names of opcodes that are refused: they call by name, or `torch.save` never writes them. */
const REFUSED: ReadonlyMap<number, string> = new Map([
  [0x30, "POP"],
  [0x31, "POP_MARK"],
  [0x32, "DUP"],
  [0x42, "BINBYTES"],
  [0x43, "SHORT_BINBYTES"],
  [0x46, "FLOAT"],
  [0x49, "INT"],
  [0x4c, "LONG"],
  [0x50, "PERSID"],
  [0x53, "STRING"],
  [0x54, "BINSTRING"],
  [0x55, "SHORT_BINSTRING"],
  [0x56, "UNICODE"],
  [0x64, "DICT"],
  [0x67, "GET"],
  [0x69, "INST"],
  [0x6c, "LIST"],
  [0x6f, "OBJ"],
  [0x70, "PUT"],
  [0x81, "NEWOBJ"],
  [0x82, "EXT1"],
  [0x83, "EXT2"],
  [0x84, "EXT4"],
  [0x8b, "LONG4"],
  [0x8e, "BINBYTES8"],
  [0x8f, "EMPTY_SET"],
  [0x90, "ADDITEMS"],
  [0x91, "FROZENSET"],
  [0x92, "NEWOBJ_EX"],
  [0x96, "BYTEARRAY8"],
  [0x97, "NEXT_BUFFER"],
  [0x98, "READONLY_BUFFER"],
]);

/**
 * Gives the value that `data.pkl` holds, which is one pickle and nothing more.
 *
 * @throws {CheckpointFormatError} when it is damaged, names a global or uses an opcode that is not allowed.
 */
export function unpickle(bytes: Uint8Array, context: Omit<PickleContext, "part">): unknown {
  const { value, end } = unpickleFirst(bytes, { ...context, part: "data.pkl" }, 0);
  const left = bytes.length - end;
  if (left > 0) refuse(`the pickle stops ${left} bytes before its end`, end, "data.pkl");
  return value;
}

/**
 * Gives the value of a pickle that starts at byte `start`, and where it ends.
 *
 * @throws {CheckpointFormatError} as `unpickle` does.
 */
export function unpickleFirst(
  bytes: Uint8Array,
  context: PickleContext,
  start: number,
): { value: unknown; end: number } {
  const machine: PickleMachine = new PickleMachine(bytes, context, start);
  if (machine.opcode() !== PROTO) machine.refuse("the pickle does not start with a protocol number");
  const protocol = machine.uint8();
  if (protocol < 2 || protocol > 5) machine.refuse(`the pickle has protocol ${protocol}, it must be 2 to 5`);
  for (let count = 0; count < MAX_PICKLE_OPCODES; count++) {
    const byte = machine.opcode();
    if (byte === STOP) return machine.finish();
    const opcode = BY_BYTE.get(byte);
    if (opcode === undefined) {
      const name = REFUSED.get(byte) ?? `0x${byte.toString(16).padStart(2, "0")}`;
      machine.refuse(`the pickle uses opcode ${name}, which is not allowed`);
    }
    opcode[2](machine);
  }
  return machine.refuse(`the pickle has more than ${MAX_PICKLE_OPCODES} opcodes`);
}

function pushGlobal(machine: PickleMachine, module: unknown, name: unknown): void {
  if (typeof module !== "string" || typeof name !== "string") {
    machine.refuse("a global's name is not a string");
  }
  const global = machine.context.globals.get(`${module} ${name}`);
  if (global === undefined) {
    machine.refuse(
      `the pickle names the global ${quote(`${module}.${name}`)}, which is not allowed: save the model's ` +
        "state dict alone",
    );
  }
  machine.push(global);
}

function reduce(machine: PickleMachine, callee: unknown, args: unknown): void {
  if (!(callee instanceof FunctionValue)) machine.refuse(`the pickle calls ${kindOf(callee)}`);
  if (!(args instanceof TupleValue)) machine.refuse(`the pickle calls ${callee.name} with ${kindOf(args)}`);
  machine.push(machine.outside(() => callee.call(args.items)));
}

function loadPersistent(machine: PickleMachine): void {
  const id = machine.pop();
  machine.push(machine.outside(() => machine.context.loadPersistent(id)));
}

/** Drops the attributes of an `OrderedDict`: a state dict has `_metadata`, which says nothing of its tensors. */
function build(machine: PickleMachine, state: unknown): void {
  const target = machine.top();
  if (target instanceof UnusedValue) return;
  if (!(target instanceof OrderedDictValue)) {
    machine.refuse(`the pickle sets attributes of ${kindOf(target)}`);
  }
  if (!(state instanceof DictValue)) machine.refuse(`the pickle sets attributes from ${kindOf(state)}`);
}

/** Frames only group opcodes for faster reading, but one may not be longer than what is left. */
function checkFrame(machine: PickleMachine): void {
  machine.expect(machine.uint64());
}
