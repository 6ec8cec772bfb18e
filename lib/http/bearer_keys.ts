/** The keys that clients must have. */
import { crypto } from "../std.ts";
import { ApiError } from "./api_error.ts";
import { asksForSocket, offeredProtocols } from "./live/upgrade.ts";

/** Compares keys in a time that tells nothing of them: their digests, which have one length, and always all of them. */
export class BearerKeys {
  readonly #digests: Promise<readonly Uint8Array[]>;
  readonly #isOpen: boolean;

  /** @param keys Without any, everybody may come in. */
  constructor(keys: readonly string[]) {
    this.#isOpen = keys.length === 0;
    this.#digests = Promise.all(keys.map(digestOf));
    this.#digests.catch(() => {}); // Whoever asks is told.
  }

  /** @throws {ApiError} when the request has no key, or a wrong one. */
  async assertAllowed(request: Request): Promise<void> {
    if (this.#isOpen) return;
    const given = keyOf(request);
    if (given === undefined) throw refused("The API key is missing: send it as Authorization: Bearer KEY");
    const { timingSafeEqual } = await crypto();
    const digest = await digestOf(given);
    let found = false;
    for (const known of await this.#digests) found = timingSafeEqual(known, digest) || found;
    if (!found) throw refused("The API key is wrong");
  }
}

/** How a page says its key where it cannot send headers, as OpenAI's client does. */
const PROTOCOL_KEY = "openai-insecure-api-key.";

function keyOf(request: Request): string | undefined {
  const header = request.headers.get("authorization");
  if (header !== null || !asksForSocket(request)) return /^Bearer +(\S+) *$/i.exec(header ?? "")?.[1];
  return offeredProtocols(request).find((word) => word.startsWith(PROTOCOL_KEY))?.slice(PROTOCOL_KEY.length);
}

function refused(message: string): ApiError {
  return new ApiError(message, { status: 401, code: "invalid_api_key" });
}

async function digestOf(key: string): Promise<Uint8Array> {
  const { sha256 } = await crypto();
  return await sha256(new TextEncoder().encode(key));
}
