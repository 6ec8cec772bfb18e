/**
 * Which addresses a worker may be sent to. A job says where a recording is fetched from and who is told of its end, and
 * a worker stands where others may not: it must not read its own machine, its network, or its cloud's metadata for them.
 *
 * Two things are asked: whether the name is one of those allowed, and whether what a name server says of it is public.
 */
import { wrongArgument } from "../../errors.ts";
import { AddressNotAllowedError } from "./address_error.ts";
import { type IpAddress, isIn, type Network, parseIp, parseNetwork } from "./ip_address.ts";
import { specialUse, withoutEmbedding } from "./special_ranges.ts";

/** Which addresses are allowed. */
export interface AddressOptions {
  /**
   * Hosts, each as `"media.example.org"`, `"*.example.org"` (every name below it, not itself), or `"*"` (every name);
   * over `https` and on its own port unless it says another, as `"media.example.org:8443"` or `"http://nas.local:8080"`.
   *
   * @default {none}
   */
  readonly allowedHosts?: readonly string[];
  /**
   * Networks that may be reached although they are not of the public internet, as `"10.20.0.0/16"` or `"fd12::/16"`.
   *
   * @default {none}
   */
  readonly allowedNetworks?: readonly string[];
}

/** The same, read. */
export interface AddressRules {
  readonly hosts: readonly HostPattern[];
  readonly networks: readonly Network[];
}

/** Hosts that are allowed. */
interface HostPattern {
  readonly protocol: "http:" | "https:";
  /** A name, or an address as URLs have it. */
  readonly name: string;
  /** Which names: that one, those below it, or every one. */
  readonly covers: "itself" | "below" | "all";
  /** As URLs have it: empty for the protocol's own. */
  readonly port: string;
}

/**
 * Reads the rules.
 *
 * @param action What is being done, for messages.
 * @throws {TypeError} when a host or a network is none.
 */
export function addressRules(
  action: string,
  { allowedHosts = [], allowedNetworks = [] }: AddressOptions,
): AddressRules {
  return {
    hosts: allowedHosts.map((text) => hostPattern(action, text)),
    networks: allowedNetworks.map((text) => {
      const network = parseNetwork(text);
      if (network !== undefined) return network;
      throw wrongArgument(
        "INVALID_OPTION",
        `Cannot ${action}: allowedNetworks has ${JSON.stringify(text)}, wanted a network as "10.20.0.0/16"`,
      );
    }),
  };
}

/** The label in the place of the star while a pattern is read as a URL. */
const PLACEHOLDER = "any-label.";

function hostPattern(action: string, text: string): HostPattern {
  const [, scheme = "https://", star = "", rest] = /^(https?:\/\/)?(\*\.?)?(.*)$/i.exec(text) ?? [];
  const covers = star === "" ? "itself" : star === "*" ? "all" : "below";
  const inUrl = `${scheme}${covers === "all" ? "any" : covers === "below" ? PLACEHOLDER : ""}${rest}`;
  const url = URL.canParse(inUrl) ? new URL(inUrl) : undefined;
  const isBare = url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` === "" &&
    url.pathname === "/" && !inUrl.endsWith("/") && !inUrl.endsWith("?") && !inUrl.endsWith("#") &&
    !url.hostname.endsWith(".");
  const isWhole = covers === "all" ? /^(:\d+)?$/.test(rest) : rest !== "" && !rest.includes("*");
  if (!isBare || !isWhole || (covers === "below" && !url.hostname.startsWith(PLACEHOLDER))) {
    throw wrongArgument(
      "INVALID_OPTION",
      `Cannot ${action}: allowedHosts has ${
        JSON.stringify(text)
      }, wanted a host as "media.example.org", "*.example.org" or "http://nas.local:8080"`,
    );
  }
  return {
    protocol: url.protocol as HostPattern["protocol"],
    name: covers === "below" ? url.hostname.slice(PLACEHOLDER.length) : url.hostname,
    covers,
    port: url.port,
  };
}

function isOf(url: URL, { protocol, name, covers, port }: HostPattern): boolean {
  if (url.protocol !== protocol || url.port !== port) return false;
  if (covers === "itself") return url.hostname === name;
  // Whoever lists no address by itself means names.
  if (parseIp(withoutBrackets(url.hostname)) !== undefined) return false;
  return covers === "all" || url.hostname.endsWith(`.${name}`);
}

/**
 * Checks an address before anything is asked of it.
 *
 * @throws {AddressNotAllowedError} when it is none, has a password in it, or its host is not one of those allowed.
 */
export function assertAllowed(address: string | URL, rules: AddressRules): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined) throw new AddressNotAllowedError(String(address), "it is no address");
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new AddressNotAllowedError(url, "its scheme is not https or http");
  }
  if (url.username !== "" || url.password !== "") {
    throw new AddressNotAllowedError(url, "it has a name or a password in it");
  }
  if (!rules.hosts.some((pattern) => isOf(url, pattern))) {
    throw new AddressNotAllowedError(url, `${url.origin} is not one of allowedHosts`);
  }
  const literal = parseIp(withoutBrackets(url.hostname));
  if (literal !== undefined) assertPublic(url, literal, url.hostname, rules);
  return url;
}

/**
 * Gives those addresses of a name that may be connected to, in their order.
 *
 * @param found What a name server said.
 * @throws {AddressNotAllowedError} when there is one among them that may not: whoever owns a name with such an address
 * means to get there.
 */
export function publicAddresses(url: URL, found: readonly string[], rules: AddressRules): readonly string[] {
  for (const text of found) {
    const address = parseIp(text);
    if (address === undefined) {
      throw new AddressNotAllowedError(url, `it leads to "${text}", which is no address`);
    }
    assertPublic(url, address, text, rules);
  }
  return found;
}

function assertPublic(url: URL, address: IpAddress, text: string, { networks }: AddressRules): void {
  const use = specialUse(address);
  if (use === undefined) return;
  const leadsTo = withoutEmbedding(address);
  if (networks.some((network) => isIn(leadsTo, network) || isIn(address, network))) return;
  throw new AddressNotAllowedError(url, `it leads to ${text} (${use}), which is not one of allowedNetworks`);
}

/** The host of a URL as sockets and name servers want it. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
}
