import assert from "node:assert/strict";
import { AddressNotAllowedError } from "../../../../lib/queue/address/address_error.ts";
import { addressRules } from "../../../../lib/queue/address/address_rules.ts";
import {
  sendWebhook,
  type SendWebhookOptions,
  WebhookError,
} from "../../../../lib/queue/webhook/send_webhook.ts";
import { signWebhook } from "../../../../lib/queue/webhook/sign_webhook.ts";
import { verifyWebhook, WebhookVerificationError } from "../../../../lib/queue/webhook/verify_webhook.ts";
import { describe, it } from "../../../harness.ts";
import { type FaultReply, type FaultServer, serveFaults } from "../../checkpoint/download/fault_server.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

describe("signWebhook()", () => {
  it("gives the signature that Standard Webhooks has for its example", () => {
    const message = {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: 1614265330,
      body: '{"test": 2432232314}',
    };
    assert.deepEqual(signWebhook(message, SECRET), {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("refuses a secret that is easy to guess, or no base64", () => {
    const message = { id: "a", timestamp: 1, body: "" };
    for (const secret of ["", "short", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64 at all!"]) {
      assert.throws(() => signWebhook(message, secret), { code: "INVALID_OPTION" }, secret);
    }
  });
});

describe("verifyWebhook()", () => {
  const message = { id: "job-1", timestamp: 1_000_000, body: '{"text":"naïve"}' };
  const verify = (
    headers: Record<string, string>,
    body: string | Uint8Array,
    now = 1_000_000,
    secret: string | string[] = SECRET,
  ) => verifyWebhook(new Headers(headers), body, { secret, now });
  const refuses = (work: Promise<unknown>, message?: RegExp) =>
    assert.rejects(work, (error: Error) => {
      assert(error instanceof WebhookVerificationError, String(error));
      if (message) assert.match(error.message, message);
      return true;
    });

  it("takes what was signed with the secret, as text and as bytes", async () => {
    const headers = signWebhook(message, SECRET);
    const verified = { id: "job-1", timestamp: 1_000_000 };
    assert.deepEqual(await verify(headers, message.body), verified);
    assert.deepEqual(await verify(headers, new TextEncoder().encode(message.body), 1_000_300), verified);
  });

  it("takes either secret while one takes the place of the other", async () => {
    const other = "a secret of twenty bytes";
    await verify(signWebhook(message, [other, SECRET]), message.body);
    await verify(signWebhook(message, SECRET), message.body, undefined, [other, SECRET]);
    await refuses(verify(signWebhook(message, other), message.body), /no signature fits/);
  });

  it("refuses another body, another id, another time, and one that is too far from now", async () => {
    const headers = signWebhook(message, SECRET);
    await refuses(verify(headers, message.body + " "), /no signature fits/);
    await refuses(verify({ ...headers, "webhook-id": "job-2" }, message.body), /no signature fits/);
    await refuses(verify({ ...headers, "webhook-timestamp": "1000001" }, message.body), /no signature fits/);
    await refuses(verify(headers, message.body, 1_000_301), /another time/);
    await refuses(verify(headers, message.body, 999_699), /another time/);
    await refuses(verify(headers, message.body, NaN), /another time/);
    for (const time of ["", "soon", "1e6", "-1", "1000000.0", " "]) {
      await refuses(verify({ ...headers, "webhook-timestamp": time }, message.body));
    }
  });

  it("refuses what is no signature of its kind", async () => {
    const headers = signWebhook(message, SECRET);
    const [, digest] = headers["webhook-signature"].split(",");
    for (
      const signature of [
        "",
        "v1",
        "v1,",
        `v2,${digest}`,
        digest,
        `v1,${digest.slice(0, -4)}`,
      ]
    ) {
      await refuses(verify({ ...headers, "webhook-signature": signature }, message.body));
    }
    await verify({ ...headers, "webhook-signature": `v1a,x v1,AAAA v1,${digest}` }, message.body);
    const { "webhook-id": _, ...withoutId } = headers;
    await refuses(verify(withoutId, message.body), /no webhook-id/);
  });
});

describe("sendWebhook()", () => {
  const port = ({ base }: FaultServer) => new URL(base).port;
  const webhook = (server: FaultServer, path = "/hook?key=hush") => ({
    url: `http://hook.test:${port(server)}${path}`,
    id: "job-1",
    body: '{"type":"transcription.completed"}',
    secret: SECRET,
  });
  function sending(server: FaultServer, address = "127.0.0.1"): SendWebhookOptions {
    const rules = addressRules("work", {
      allowedHosts: [`http://hook.test:${port(server)}`],
      allowedNetworks: ["127.0.0.0/8"],
    });
    return { rules, tools: { lookup: () => Promise.resolve([address]) } };
  }
  const answering = (reply: FaultReply) => serveFaults(() => reply);

  it("sends what a receiver can verify", async () => {
    await using server = await answering({ status: 204 });
    await sendWebhook(webhook(server), sending(server));
    const [{ headers }] = server.requests;
    assert.equal(headers.get("content-type"), "application/json");
    await verifyWebhook(
      new Headers([...headers].filter(([name]) => name.startsWith("webhook-"))),
      webhook(server).body,
      { secret: SECRET },
    );
  });

  it("says what went wrong, without what is secret, and once", async () => {
    for (const status of [301, 400, 404, 410, 500]) {
      await using server = await answering({ status, headers: { location: "/elsewhere" } });
      await assert.rejects(sendWebhook(webhook(server), sending(server)), (error: WebhookError) => {
        assert.equal(error.status, status);
        assert.equal(error.code, "WEBHOOK");
        assert.match(
          error.message,
          new RegExp(`^Cannot send the webhook to http://hook\\.test:\\d+/hook: .* ${status}$`),
        );
        return true;
      });
      assert.equal(server.requests.length, 1);
    }
  });

  it("tells whether another try may go better", async () => {
    const mayGoBetter = async (reply: FaultReply, address?: string) => {
      await using server = await answering(reply);
      const error = await sendWebhook(webhook(server), sending(server, address)).catch((error) => error);
      assert(error instanceof WebhookError);
      return error.mayGoBetter;
    };
    for (const status of [408, 425, 429, 500, 503]) {
      assert.equal(await mayGoBetter({ status }), true, `${status}`);
    }
    for (const status of [301, 400, 404, 410]) {
      assert.equal(await mayGoBetter({ status }), false, `${status}`);
    }
    assert.equal(await mayGoBetter({ status: 200 }, "127.0.0.2"), true, "nobody answers");
  });

  it("goes nowhere that is not allowed", async () => {
    await using server = await answering({ status: 500 });
    const elsewhere = { ...webhook(server), url: "http://127.0.0.1/" };
    await assert.rejects(sendWebhook(elsewhere, sending(server)), AddressNotAllowedError);
    assert.equal(server.requests.length, 0);
  });
});
