/**
 * IP addresses and networks as bytes. What is read is what a name server or a URL gives, in its one plain spelling:
 * `127.1`, `0x7f000001` and `017700000001` are none here (the parser of URLs has made `127.0.0.1` of them before).
 */

/** The bytes of an address: 4, or 16. */
export type IpAddress = Uint8Array;

/** The addresses that begin with the same bits. */
export interface Network {
  /** The first of them. */
  readonly address: IpAddress;
  /** How many bits they share. */
  readonly bits: number;
}

/** Reads an address, or gives `undefined` for what is none. */
export function parseIp(text: string): IpAddress | undefined {
  return text.includes(":") ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): IpAddress | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

function parseV6(text: string): IpAddress | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map(groupsOf);
  if (before === undefined || (halves.length === 2 && after === undefined)) return undefined;
  const missing = 8 - before.length - (after?.length ?? 0);
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...new Array(missing).fill(0), ...after ?? []];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

/** The groups of 16 bits in a half of an address; the last may be an IPv4 address, which is two. */
function groupsOf(half: string): number[] | undefined {
  if (half === "") return [];
  const parts = half.split(":");
  const tail = parts.at(-1)!.includes(".") ? parseV4(parts.pop()!) : new Uint8Array(0);
  if (tail === undefined || !parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return undefined;
  const groups = parts.map((part) => parseInt(part, 16));
  return tail.length === 0 ? groups : [...groups, tail[0] << 8 | tail[1], tail[2] << 8 | tail[3]];
}

/** Reads a network as `10.0.0.0/8` or `fd00::/8`, or one address; gives `undefined` for what is none. */
export function parseNetwork(text: string): Network | undefined {
  const [address, bits, ...rest] = text.split("/");
  const first = parseIp(address);
  if (first === undefined || rest.length > 0) return undefined;
  const all = first.length * 8;
  if (bits === undefined) return { address: first, bits: all };
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > all) return undefined;
  return { address: first, bits: Number(bits) };
}

/** Whether an address is one of a network's. */
export function isIn(address: IpAddress, network: Network): boolean {
  if (address.length !== network.address.length) return false;
  return address.every((byte, i) => {
    const bits = Math.max(0, Math.min(8, network.bits - 8 * i));
    return (byte ^ network.address[i]) >> (8 - bits) === 0;
  });
}
