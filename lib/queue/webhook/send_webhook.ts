/**
 * Sends a webhook, and sends it again where that may go better. It goes to no address but those that are allowed, and
 * follows no redirect.
 */
import { type Clock, REAL_CLOCK } from "../../checkpoint/download/clock.ts";
import { parseRetryAfter } from "../../checkpoint/download/request.ts";
import { AddressNotAllowedError, showAddress, UnreachableError } from "../address/address_error.ts";
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
  /**
   * How often it is sent at most: the second time after a second, and then each time after four times as long, up to
   * five minutes, a quarter of it left to chance.
   *
   * @default {6}
   */
  readonly tries?: number;
  /**
   * Seconds in which a receiver must answer.
   *
   * @default {15}
   */
  readonly patience?: number;
  /** Gives up. */
  readonly signal?: AbortSignal;
  /** Replaced by tests. */
  readonly tools?: RequestTools & { readonly clock?: Pick<Clock, "sleep" | "random"> };
}

/** Thrown when a webhook did not arrive. */
export class WebhookError extends Error {
  /** The name of this class. */
  override name = "WebhookError";
  /** The code of this class. */
  readonly code = "WEBHOOK";
  /** The address, without its query. */
  readonly url: string;
  /** What the receiver answered last, if it did. */
  readonly status?: number;

  /** Makes the error from its fields. */
  constructor(url: string, why: string, fields: { status?: number } = {}, options?: ErrorOptions) {
    super(`Cannot send the webhook to ${showAddress(url)}: ${why}`, options);
    this.url = showAddress(url);
    this.status = fields.status;
  }
}

/** Milliseconds before the second try, how much longer each time, and at most. */
const FIRST_PAUSE = 1000;
const GROWTH = 4;
const LONGEST_PAUSE = 5 * 60 * 1000;

/** What a try came to. */
interface Try {
  readonly status?: number;
  readonly cause?: unknown;
  /** Milliseconds that the receiver wants to be left alone. */
  readonly retryAfter?: number;
}

/**
 * Sends a webhook.
 *
 * Requires `--allow-net` permission for its host and what that leads to.
 *
 * @throws {WebhookError} when it is refused, or did not arrive however often it was sent.
 * @throws {AddressNotAllowedError} when it may not go there.
 */
export async function sendWebhook(webhook: Webhook, options: SendWebhookOptions): Promise<void> {
  const { tries = 6, signal, tools } = options;
  const { sleep, random } = tools?.clock ?? REAL_CLOCK;
  for (let done = 1;; done++) {
    const { status, cause, retryAfter = 0 } = await sendOnce(webhook, options);
    if (status !== undefined && status >= 200 && status < 300) return;
    const why = status === undefined ? (cause as Error).message : `the receiver answered ${status}`;
    const mayGoBetter = status === undefined || [408, 425, 429].includes(status) || status >= 500;
    if (!mayGoBetter || done >= tries) {
      const often = mayGoBetter && tries > 1 ? `, ${tries} times` : "";
      throw new WebhookError(webhook.url, why + often, { status }, { cause });
    }
    const pause = Math.min(FIRST_PAUSE * GROWTH ** (done - 1), LONGEST_PAUSE) * (1 - random() / 4);
    await sleep(Math.max(pause, Math.min(retryAfter, LONGEST_PAUSE)), signal);
  }
}

async function sendOnce(
  { url, id, body, secret }: Webhook,
  { rules, patience = 15, signal, tools }: SendWebhookOptions,
): Promise<Try> {
  const bytes = new TextEncoder().encode(body);
  const timestamp = Math.floor(Date.now() / 1000);
  const signed = signWebhook({ id, timestamp, body: bytes }, secret);
  try {
    using response = await sendPinned(url, {
      rules,
      method: "POST",
      headers: { "content-type": "application/json", ...signed },
      body: bytes,
      patience: patience * 1000,
      signal,
      tools,
    });
    const asked = response.headers["retry-after"];
    const retryAfter = typeof asked === "string" ? parseRetryAfter(asked, Date.now()) : undefined;
    return { status: response.status, retryAfter };
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof AddressNotAllowedError || !(cause instanceof UnreachableError)) throw cause;
    return { cause };
  }
}
