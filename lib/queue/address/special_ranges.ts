/**
 * Addresses that are not of the public internet: this machine, the networks it is in, and what clouds tell their
 * machines. After the registries of special-purpose addresses of IANA (RFC 6890).
 */
import { type IpAddress, isIn, type Network, parseNetwork } from "./ip_address.ts";

/** Ranges nobody is sent to, and what they are. The first that fits an address names it. */
const SPECIAL_RANGES: readonly (readonly [network: Network, is: string])[] = ([
  ["0.0.0.0/8", "this machine"],
  ["10.0.0.0/8", "a private network"],
  ["100.64.0.0/10", "a network behind a carrier's translation"],
  ["127.0.0.0/8", "this machine"],
  ["169.254.0.0/16", "link-local, where clouds have their metadata service"],
  ["172.16.0.0/12", "a private network"],
  ["192.0.0.0/24", "reserved for protocols"],
  ["192.0.2.0/24", "for documentation"],
  ["192.88.99.0/24", "a relay of 6to4"],
  ["192.168.0.0/16", "a private network"],
  ["198.18.0.0/15", "for benchmarks"],
  ["198.51.100.0/24", "for documentation"],
  ["203.0.113.0/24", "for documentation"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
  // A public address, which a virtual machine of Azure reaches its host by.
  ["168.63.129.16/32", "a metadata service"],
  ["::/128", "this machine"],
  ["::1/128", "this machine"],
  ["fc00::/7", "a private network"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "a private network"],
  ["ff00::/8", "multicast"],
  ["2001::/23", "reserved for protocols"],
  ["2001:db8::/32", "for documentation"],
  ["2002::/16", "6to4"],
  ["3fff::/20", "for documentation"],
] as const).map(([text, is]) => [parseNetwork(text)!, is]);

/** Where the public addresses of IPv6 are. */
const GLOBAL_UNICAST = parseNetwork("2000::/3")!;

/** Those with an IPv4 address in their last 32 bits, which is where they lead. */
const EMBEDDING: readonly Network[] = ["::ffff:0:0/96", "64:ff9b::/96"].map((text) => parseNetwork(text)!);

/** Gives the IPv4 address that one of IPv6 leads to, or the address itself. */
export function withoutEmbedding(address: IpAddress): IpAddress {
  return EMBEDDING.some((network) => isIn(address, network)) ? address.subarray(12) : address;
}

/**
 * Tells why an address is not of the public internet.
 *
 * @returns What it is, or `undefined` for one that is public.
 */
export function specialUse(address: IpAddress): string | undefined {
  const leadsTo = withoutEmbedding(address);
  const range = SPECIAL_RANGES.find(([network]) => isIn(leadsTo, network));
  if (range !== undefined) return range[1];
  return leadsTo.length === 4 || isIn(leadsTo, GLOBAL_UNICAST) ? undefined : "no public address";
}
