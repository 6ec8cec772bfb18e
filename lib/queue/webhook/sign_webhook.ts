/**
 * The signature of a webhook, as Standard Webhooks has it: HMAC-SHA256 over the message's id, the time and the body, in
 * the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
 */
import { createHmac } from "node:crypto";
import { wrongArgument } from "../../errors.ts";

/** What is signed. */
export interface WebhookMessage {
  /** One a message, the same for each try: receivers know by it what they had before. */
  readonly id: string;
  /** When it is sent, in seconds since 1970. */
  readonly timestamp: number;
  /** The very bytes, or the text of them. */
  readonly body: string | Uint8Array;
}

/** The scheme of the signature: symmetric, the first version. */
const SCHEME = "v1";

/** Fewer bytes of a secret are too easy to guess. */
const LEAST_SECRET = 16;

/**
 * Signs a message.
 *
 * @param secrets One, or while it is changed the new one and the old one.
 * @returns The headers.
 * @throws {TypeError} when a secret is too short, or no base64 after `whsec_`.
 */
export function signWebhook(
  message: WebhookMessage,
  secrets: string | readonly string[],
): Record<string, string> {
  return {
    "webhook-id": message.id,
    "webhook-timestamp": String(message.timestamp),
    "webhook-signature": [secrets].flat().map((secret) =>
      `${SCHEME},${digestOf(message, secret).toString("base64")}`
    )
      .join(" "),
  };
}

/** Gives the digest that a signature is. */
export function digestOf({ id, timestamp, body }: WebhookMessage, secret: string): Buffer {
  return createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest();
}

/** Gives the digests that a header has, those of other schemes left out. */
export function digestsIn(header: string): Buffer[] {
  return header.split(" ").map((signature) => signature.split(",")).filter(([scheme]) => scheme === SCHEME)
    .map(([, digest = ""]) => Buffer.from(digest, "base64"));
}

/** The bytes of a secret: base64 after `whsec_`, else the text itself. */
function keyOf(secret: string): Uint8Array {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  const key = encoded === undefined ? new TextEncoder().encode(secret) : Buffer.from(encoded, "base64");
  if (key.length >= LEAST_SECRET && (encoded !== undefined || !secret.startsWith("whsec_"))) return key;
  throw wrongArgument(
    "INVALID_OPTION",
    `Cannot sign a webhook: its secret is no good, wanted ${LEAST_SECRET} bytes or more, as text or as whsec_ and base64`,
  );
}
