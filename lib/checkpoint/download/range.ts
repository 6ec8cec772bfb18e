/**
 * Which bytes of the file a response brings, how many in all, and what says later that they are still the same: 200 or
 * 206 for a `Range` (RFC 9110 sections 13 and 14).
 */

/** The part of the file that a response's body is. */
export interface BodyRange {
  /** The byte it begins with. */
  readonly start: number;
  /** Bytes of the whole file, if the server says so. */
  readonly total?: number;
  /** A value for `If-Range`, if the server gives one. */
  readonly validator?: string;
}

/**
 * Reads which bytes a response brings.
 *
 * @param from The byte that was asked for.
 * @param validator What the first bytes came with, if anything.
 * @returns `undefined` when the response cannot continue those bytes: they have to be fetched again.
 */
export function readRange(response: Response, from: number, validator?: string): BodyRange | undefined {
  const { status, headers } = response;
  const isPlain = ["", "identity"].includes(headers.get("content-encoding") ?? "");
  const length = isPlain ? parseLength(headers.get("content-length")) : undefined;
  const found = validatorOf(headers);
  if (status === 200) return { start: 0, total: length, validator: found };
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (status !== 206 || range === null || Number(range[1]) !== from || !isPlain) return undefined;
  if (validator !== undefined && found !== undefined && found !== validator) return undefined;
  return { start: from, total: range[3] === "*" ? undefined : Number(range[3]), validator: found };
}

/** A weak `ETag` does not promise equal bytes, so it may not be sent in `If-Range`. */
function validatorOf(headers: Headers): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') ? etag : headers.get("last-modified") ?? undefined;
}

function parseLength(value: string | null): number | undefined {
  return value !== null && /^\d+$/.test(value) ? Number(value) : undefined;
}
