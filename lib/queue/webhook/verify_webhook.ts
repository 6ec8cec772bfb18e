/** What receives a webhook checks of it. */
import { crypto } from "../../std.ts";
import { digestOf, digestsIn } from "./sign_webhook.ts";

/** Thrown when a webhook is not from who it should be, or not of now. */
export class WebhookVerificationError extends Error {
  /** The name of this class. */
  override name = "WebhookVerificationError";
  /** The code of this class. */
  readonly code = "WEBHOOK_VERIFICATION";
}

/** How a webhook is checked. */
export interface VerifyWebhookOptions {
  /** The secret, or several of which one must fit. */
  readonly secret: string | readonly string[];
  /**
   * Seconds that its time may lie before or after now.
   *
   * @default {300}
   */
  readonly tolerance?: number;
  /** Now, in seconds since 1970. Default: the clock's. */
  readonly now?: number;
}

/** What is known of a webhook that was checked. */
export interface VerifiedWebhook {
  /** One a message: whoever has had it before has had the message. */
  readonly id: string;
  /** When it was sent, in seconds since 1970. */
  readonly timestamp: number;
}

/**
 * Checks that a webhook was signed with the secret, not long ago. Signatures are compared in constant time.
 *
 * @param headers Those of the request.
 * @param body The very bytes that came, or the text of them: JSON that was parsed and written again is another text.
 * @throws {WebhookVerificationError} when a header is missing or wrong, the time is not of now, or no signature fits.
 * @throws {TypeError} when the secret is no good.
 *
 * @example
 * ```ts ignore
 * import { verifyWebhook } from "jsr:@sotto/whisper/queue";
 *
 * Deno.serve(async (request) => {
 *   const body = await request.text();
 *   await verifyWebhook(request.headers, body, { secret: Deno.env.get("WEBHOOK_SECRET")! });
 *   const { type, data } = JSON.parse(body);
 *   console.log(type, data.id);
 *   return new Response(null, { status: 204 });
 * });
 * ```
 */
export async function verifyWebhook(
  headers: Headers,
  body: string | Uint8Array,
  { secret, tolerance = 300, now = Date.now() / 1000 }: VerifyWebhookOptions,
): Promise<VerifiedWebhook> {
  const id = headerOf(headers, "webhook-id"), time = headerOf(headers, "webhook-timestamp");
  const found = digestsIn(headerOf(headers, "webhook-signature"));
  if (!/^\d{1,15}$/.test(time)) throw refused("webhook-timestamp is no time in seconds");
  const timestamp = Number(time);
  if (!(Math.abs(now - timestamp) <= tolerance)) {
    throw refused(`it is of another time, more than ${tolerance} s from now`);
  }
  const { timingSafeEqual } = await crypto();
  let fits = false;
  for (const wanted of [secret].flat().map((secret) => digestOf({ id, timestamp, body }, secret))) {
    for (const digest of found) fits = timingSafeEqual(digest, wanted) || fits;
  }
  if (!fits) throw refused("no signature fits");
  return { id, timestamp };
}

function headerOf(headers: Headers, name: string): string {
  const value = headers.get(name);
  if (value === null || value === "") throw refused(`it has no ${name}`);
  return value;
}

function refused(why: string): WebhookVerificationError {
  return new WebhookVerificationError(`Cannot take the webhook: ${why}`);
}
