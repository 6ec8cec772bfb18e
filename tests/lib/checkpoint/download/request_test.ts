import assert from "node:assert/strict";
import { networkError, parseRetryAfter } from "../../../../lib/checkpoint/download/request.ts";
import { describe, it } from "../../../harness.ts";

describe("parseRetryAfter()", () => {
  it("reads seconds and dates, and nothing else", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    assert.equal(parseRetryAfter("120", now), 120_000);
    assert.equal(parseRetryAfter("Thu, 01 Jan 2026 00:01:00 GMT", now), 60_000);
    assert.equal(parseRetryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now), 0);
    assert.equal(parseRetryAfter("soon", now), undefined);
    assert.equal(parseRetryAfter(null, now), undefined);
  });
});

describe("networkError()", () => {
  const url = new URL("https://user:secret@a.test/model.pt?signature=secret");

  it("shows the innermost reason, and no secret", () => {
    const cause = new Error(`error sending request for url (${url.href}): connection refused`);
    const error = networkError(new TypeError("fetch failed", { cause }), url);
    assert.match(error.message, /^Cannot download https:\/\/a\.test\/model\.pt: .*connection refused; /);
    assert.doesNotMatch(error.message + error.url, /secret/);
    assert.equal(error.retryable, true);
  });

  it("knows a failure of TLS in the words of both runtimes", () => {
    for (
      const reason of [
        "invalid peer certificate: UnknownIssuer",
        "self signed certificate",
        "unable to verify the first certificate",
      ]
    ) {
      assert.equal(networkError(new TypeError(reason), url).retryable, false);
    }
    const coded = Object.assign(new TypeError("Failed"), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    assert.equal(networkError(coded, url).retryable, false);
  });

  it("knows a name that is not found in the words of both runtimes", () => {
    for (
      const reason of [
        "client error (Connect): dns error: failed to lookup address information: Name or service not known",
        "getaddrinfo ENOTFOUND a.test",
        "getaddrinfo EAI_AGAIN a.test",
      ]
    ) {
      const error = networkError(new TypeError("fetch failed", { cause: new Error(reason) }), url);
      assert.deepEqual([error.unresolved, error.retryable], [true, true], reason);
    }
    assert.equal(networkError(new TypeError("connection refused"), url).unresolved, false);
  });

  it("names the permission that is missing, and does not advise to look at the network", () => {
    const denied = new Error('Requires net access to "a.test:443", run again with the --allow-net flag');
    denied.name = "NotCapable";
    const error = networkError(denied, url);
    assert.match(
      error.message,
      /: the permission --allow-net is missing \(for "a\.test:443"\): run Deno again/,
    );
    assert.doesNotMatch(error.message, /mirror/);
    assert.equal(error.retryable, false);
  });
});
