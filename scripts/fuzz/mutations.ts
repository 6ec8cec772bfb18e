/**
 * Changes to right files for `fuzz.ts`: to the fields of a zip, the opcodes of a pickle, the tokens of a JSON
 * text, and the bytes of anything.
 */
import { joinBytes } from "../../lib/bytes/join.ts";
import type { BuiltZip } from "../../tests/lib/checkpoint/corpus/zip.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Random numbers of a case: mulberry32, seeded by the run's seed and the case's number. */
export class Random {
  #state: number;

  constructor(seed: number, number: number) {
    this.#state = Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b);
  }

  /** A number from 0 up to 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ this.#state >>> 15, this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 up to `limit`. */
  integer(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)];
  }

  bytes(length: number): Bytes {
    return Uint8Array.from({ length }, () => this.integer(256));
  }

  /** An integer at which parsers go wrong: a limit, or near `value`. */
  interesting(value: bigint): bigint {
    const near = [value - 1n, value + 1n, value * 2n, -value, value + 2n ** 32n, value + 2n ** 64n];
    const limits = [
      0n,
      1n,
      -1n,
      0xffn,
      0xffffn,
      2n ** 31n,
      2n ** 32n - 1n,
      2n ** 53n,
      2n ** 63n,
      2n ** 64n - 1n,
    ];
    return this.pick([...near, ...limits, BigInt(this.integer(100_000))]);
  }
}

/** Flips, sets, cuts, repeats or moves bytes, once or a few times. */
export function mutateBytes(bytes: Bytes, random: Random): Bytes {
  let result = bytes.slice();
  for (let i = 1 + random.integer(3); i > 0 && result.length > 0; i--) {
    const at = random.integer(result.length);
    const length = random.integer(Math.min(64, result.length - at));
    switch (random.integer(5)) {
      case 0:
        result[at] ^= 1 << random.integer(8);
        break;
      case 1:
        result[at] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
        break;
      case 2:
        result = result.slice(0, at);
        break;
      case 3:
        result = Uint8Array.from([...result.subarray(0, at + length), ...result.subarray(at)]);
        break;
      default:
        result.copyWithin(random.integer(result.length), at, at + length);
    }
  }
  return result;
}

/** Widths of the fields of a local header, a directory entry, the zip64 records and the end record. */
const LOCAL_FIELDS = [4, 2, 2, 2, 4, 4, 4, 4, 2, 2];
const CENTRAL_FIELDS = [4, 2, 2, 2, 2, 4, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4];
const ZIP64_FIELDS = [4, 8, 2, 2, 4, 4, 8, 8, 8, 8, 4, 4, 8, 4];
const END_FIELDS = [4, 2, 2, 2, 2, 4, 4, 2];
const DESCRIPTOR_FIELDS = [4, 4, 4, 4];

/** Gives fields of a zip other values, some of them in two places that must agree. */
export function mutateFields({ bytes, places, zip64, end }: BuiltZip, random: Random): Bytes {
  const result = bytes.slice();
  const view = new DataView(result.buffer);
  const place = random.pick([...places.values()]);
  for (let i = 1 + random.integer(3); i > 0; i--) {
    const [start, widths] = random.pick<[number, readonly number[]]>([
      [place.header, LOCAL_FIELDS],
      [place.central, CENTRAL_FIELDS],
      [place.end, DESCRIPTOR_FIELDS],
      [zip64, zip64 < end ? ZIP64_FIELDS : END_FIELDS],
      [end, END_FIELDS],
    ]);
    const field = random.integer(widths.length);
    const at = start + widths.slice(0, field).reduce((sum, width) => sum + width, 0);
    setField(view, at, widths[field], random);
  }
  return random.chance(0.8) ? result : mutateBytes(result, random);
}

function setField(view: DataView, at: number, width: number, random: Random): void {
  let value = 0n;
  for (let i = width - 1; i >= 0; i--) value = value << 8n | BigInt(view.getUint8(at + i));
  value = random.interesting(value);
  for (let i = 0; i < width; i++) view.setUint8(at + i, Number(value >> BigInt(8 * i) & 0xffn));
}

/** Bytes of argument of each opcode that has any. */
const ARGUMENT_BYTES: ReadonlyMap<number, number> = new Map([
  ...[0x4b, 0x71, 0x68, 0x80, 0x82].map((opcode) => [opcode, 1] as const),
  ...[0x4d, 0x83].map((opcode) => [opcode, 2] as const),
  ...[0x4a, 0x72, 0x6a, 0x84].map((opcode) => [opcode, 4] as const),
  ...[0x47, 0x95].map((opcode) => [opcode, 8] as const),
]);

/** Bytes of the length of each opcode that has one. */
const LENGTH_BYTES: ReadonlyMap<number, number> = new Map([
  ...[0x58, 0x42, 0x8b].map((opcode) => [opcode, 4] as const),
  ...[0x8a, 0x8c, 0x43].map((opcode) => [opcode, 1] as const),
  ...[0x8d, 0x8e].map((opcode) => [opcode, 8] as const),
]);

const GLOBALS = [
  "collections\nOrderedDict\n",
  "torch._utils\n_rebuild_tensor_v2\n",
  "torch\nFloatStorage\n",
  "torch\nLongStorage\n",
  "numpy\ndtype\n",
  "_codecs\nencode\n",
  "os\nsystem\n",
];
const TEXTS = ["storage", "dims", "__proto__", "0", "decoder.ln.weight", "n_vocab", ""];

/** Cuts a pickle into its opcodes. */
function opcodesOf(bytes: Uint8Array): Uint8Array[] {
  const opcodes: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const lengthBytes = LENGTH_BYTES.get(bytes[at]) ?? 0;
    let end = at + 1 + lengthBytes + (ARGUMENT_BYTES.get(bytes[at]) ?? 0);
    for (let i = 0; i < lengthBytes; i++) end += bytes[at + 1 + i] * 256 ** i;
    if (bytes[at] === 0x63) end = bytes.indexOf(0x0a, bytes.indexOf(0x0a, at) + 1) + 1;
    opcodes.push(bytes.subarray(at, end));
    at = end;
  }
  return opcodes;
}

/** An opcode with an argument that may be anything. */
function anyOpcode(random: Random): Uint8Array {
  const opcode = random.chance(0.8)
    ? random.pick([
      ...ARGUMENT_BYTES.keys(),
      ...LENGTH_BYTES.keys(),
      0x63,
      ...new TextEncoder().encode("(.N}us]ae)tRbQ\x85"),
    ])
    : random.integer(256);
  const argument = random.bytes(ARGUMENT_BYTES.get(opcode) ?? 0);
  const lengthBytes = LENGTH_BYTES.get(opcode) ?? 0;
  if (opcode === 0x63) return Uint8Array.of(opcode, ...new TextEncoder().encode(random.pick(GLOBALS)));
  if (lengthBytes === 0) return Uint8Array.of(opcode, ...argument);
  const text = new TextEncoder().encode(random.pick(TEXTS));
  const said = random.chance(0.7) ? BigInt(text.length) : random.interesting(BigInt(text.length));
  const length = Array.from({ length: lengthBytes }, (_, i) => Number(said >> BigInt(8 * i) & 0xffn));
  return Uint8Array.of(opcode, ...length, ...text);
}

/** Removes, repeats, swaps, inserts and changes opcodes. */
export function mutatePickle(seed: Uint8Array, random: Random): Bytes {
  const opcodes = opcodesOf(seed);
  for (let i = 1 + random.integer(3); i > 0; i--) {
    const at = random.integer(opcodes.length);
    const other = random.integer(opcodes.length);
    switch (random.integer(6)) {
      case 0:
        opcodes.splice(at, 1 + random.integer(3));
        break;
      case 1:
        opcodes.splice(at, 0, ...opcodes.slice(other, other + 1 + random.integer(40)));
        break;
      case 2:
        [opcodes[at], opcodes[other]] = [opcodes[other], opcodes[at]];
        break;
      case 3:
        opcodes.splice(at, random.integer(2), anyOpcode(random));
        break;
      case 4:
        opcodes.splice(at, 0, ...Array.from({ length: random.integer(30) }, () => anyOpcode(random)));
        break;
      default:
        opcodes[at] = mutateBytes(opcodes[at].slice(), random);
    }
    if (opcodes.length === 0) break;
  }
  const bytes = joinBytes(opcodes);
  return random.chance(0.9) ? bytes : mutateBytes(bytes, random);
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|[{}[\]:,]/g;
const TOKENS = [
  ...[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "{}",
    "[]",
    '""',
    '"__proto__"',
    '"\\ud800"',
    '"F32"',
    '"F64"',
  ],
  ...[
    "-0",
    "1e999",
    "0.5",
    "4.0",
    "[[[[[[[[[[[[[[[[[[[[",
    '"../x.bin"',
    '"a/b.bin"',
    '"whisper"',
    "\u0000",
    " ",
    '"',
  ],
];

/** Removes, repeats, swaps and changes the tokens of a JSON text. */
export function mutateTokens(text: string, random: Random): string {
  const tokens = text.match(TOKEN) ?? [];
  for (let i = 1 + random.integer(3); i > 0; i--) {
    const at = random.integer(tokens.length);
    const other = random.integer(tokens.length);
    const numbers = tokens.flatMap((token, i) => /^\d/.test(token) ? [i] : []);
    switch (random.integer(6)) {
      case 0:
        tokens.splice(at, 1 + random.integer(3));
        break;
      case 1:
        tokens.splice(at, 0, ...tokens.slice(other, other + 1 + random.integer(20)));
        break;
      case 2:
        [tokens[at], tokens[other]] = [tokens[other], tokens[at]];
        break;
      case 3:
        tokens[at] = random.pick(TOKENS);
        break;
      default: {
        const number = random.pick(numbers);
        if (number !== undefined) {
          tokens[number] = String(random.interesting(BigInt(Number.parseInt(tokens[number]))));
        }
      }
    }
  }
  return tokens.join("");
}
