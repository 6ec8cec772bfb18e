/** Sends a webhook, once. It goes to no address but those that are allowed, and follows no redirect. */
import { showAddress, UnreachableError } from "../address/address_error.ts";
import type { AddressRules } from "../address/address_rules.ts";
import { type RequestTools, sendPinned } from "../address/pinned_request.ts";
import { signWebhook } from "./sign_webhook.ts";

/** A webhook. */
export interface Webhook {
  /** `http://` or `https://`. */
  readonly url: string;
  /** One a message: receivers know by it what they had before. */
  readonly id: string;
  /** JSON. */
  readonly body: string;
  /** What it is signed with: one, or while it is changed the new one and the old one. */
  readonly secret: string | readonly string[];
}

/** How it is sent. */
export interface SendWebhookOptions {
  /** Where it may go. */
  readonly rules: AddressRules;
  /** Replaced by tests. */
  readonly tools?: RequestTools;
}

/** Thrown when a webhook did not arrive. */
export class WebhookError extends Error {
  /** The name of this class. */
  override name = "WebhookError";
  /** The code of this class. */
  readonly code = "WEBHOOK";
  /** The address, without its query. */
  readonly url: string;
  /** What the receiver answered, if it did. */
  readonly status?: number;

  /** Makes the error from its fields. */
  constructor(url: string, why: string, fields: { status?: number } = {}, options?: ErrorOptions) {
    super(`Cannot send the webhook to ${showAddress(url)}: ${why}`, options);
    this.url = showAddress(url);
    this.status = fields.status;
  }

  /** Whether another try may go better: who does not answer may be back, and who is busy may have time. */
  get mayGoBetter(): boolean {
    const { status } = this;
    return status === undefined || status >= 500 || BUSY.includes(status);
  }
}

/** Answers that say that it was the wrong moment: too slow, too early, too often. */
const BUSY: readonly number[] = [408, 425, 429];

/** Milliseconds in which a receiver must answer. */
const PATIENCE = 15_000;

/**
 * Sends a webhook.
 *
 * Requires `--allow-net` permission for its host and what that leads to.
 *
 * @throws {WebhookError} when it is refused, or did not arrive.
 * @throws {AddressNotAllowedError} when it may not go there.
 */
export async function sendWebhook(
  { url, id, body, secret }: Webhook,
  { rules, tools }: SendWebhookOptions,
): Promise<void> {
  const bytes = new TextEncoder().encode(body);
  const timestamp = Math.floor(Date.now() / 1000);
  const signed = signWebhook({ id, timestamp, body: bytes }, secret);
  let status: number;
  try {
    using response = await sendPinned(url, {
      rules,
      method: "POST",
      headers: { "content-type": "application/json", ...signed },
      body: bytes,
      patience: PATIENCE,
      tools,
    });
    status = response.status;
  } catch (cause) {
    if (!(cause instanceof UnreachableError)) throw cause;
    throw new WebhookError(url, cause.message, {}, { cause });
  }
  if (status < 200 || status >= 300) {
    throw new WebhookError(url, `the receiver answered ${status}`, { status });
  }
}
