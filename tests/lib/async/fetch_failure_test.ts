import assert from "node:assert/strict";
import { whyFetchFailed } from "../../../lib/async/fetch_failure.ts";
import { describe, it } from "../../harness.ts";

describe("whyFetchFailed()", () => {
  it("gives the innermost reason and its code, without the address", () => {
    const cause = new Error("error sending request for url (http://a.test/?key=1): connection refused.");
    assert.equal(
      whyFetchFailed(new TypeError("fetch failed", { cause })),
      "error sending request: connection refused",
    );
    const coded = Object.assign(new Error("Unable to connect"), { code: "ConnectionRefused" });
    assert.equal(whyFetchFailed(coded), "Unable to connect (ConnectionRefused)");
  });

  it("leaves out what Bun advises who fetches by hand", () => {
    const advice = "For more information, pass `verbose: true` in the second argument to fetch()";
    for (const end of ["", "."]) {
      const error = new Error(`The socket connection was closed unexpectedly${end} ${advice}`);
      assert.equal(whyFetchFailed(error), "The socket connection was closed unexpectedly");
    }
  });

  it("says what is thrown and is no error", () => {
    assert.deepEqual(["gone", undefined].map(whyFetchFailed), ["gone", "undefined"]);
  });
});
