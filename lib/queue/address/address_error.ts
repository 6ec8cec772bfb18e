/** What goes wrong with an address: it is not allowed, or cannot be reached. */

/** Thrown when a worker is sent to an address that it may not go to. Another try does not help. */
export class AddressNotAllowedError extends Error {
  /** The name of this class. */
  override name = "AddressNotAllowedError";
  /** The code of this class. */
  readonly code = "ADDRESS_NOT_ALLOWED";
  /** The address, without its query and whatever secrets are in it. */
  readonly url: string;

  /** Makes the error from its fields. */
  constructor(url: string | URL, why: string, options?: ErrorOptions) {
    super(`Cannot go to ${showAddress(url)}: ${why}`, options);
    this.url = showAddress(url);
  }
}

/** Thrown when an address cannot be reached, breaks off, is too slow, or redirects for ever. */
export class UnreachableError extends Error {
  /** The name of this class. */
  override name = "UnreachableError";
  /** The code of this class. */
  readonly code = "UNREACHABLE";
  /** The address, without its query and whatever secrets are in it. */
  readonly url: string;

  /** Makes the error from its fields. */
  constructor(url: URL, why: string, options?: ErrorOptions) {
    super(`Cannot reach ${showAddress(url)}: ${why}`, options);
    this.url = showAddress(url);
  }
}

/** The address without what may be secret in it: a password, a signature in its query. */
export function showAddress(address: string | URL): string {
  if (!URL.canParse(address)) return JSON.stringify(String(address).slice(0, 200));
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}
