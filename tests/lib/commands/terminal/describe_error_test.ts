import assert from "node:assert/strict";
import { describeError } from "../../../../lib/commands/terminal/describe_error.ts";
import { describe, it } from "../../../harness.ts";

describe("describeError()", () => {
  it("is a message of ours as it is, without its class", () => {
    assert.equal(describeError(new RangeError("Cannot hear it: too quiet")), "Cannot hear it: too quiet");
  });

  it("names the class of other errors", () => {
    assert.equal(describeError(new TypeError("x is undefined")), "TypeError: x is undefined");
    assert.equal(describeError("odd"), "odd");
  });

  it("names the flag of a permission that Deno denied", () => {
    const denied = new Error('Requires env access to "HOME", run again with the --allow-env flag');
    denied.name = "NotCapable";
    assert.match(
      describeError(denied),
      /^Cannot go on: the permission --allow-env is missing \(for "HOME"\)/,
    );
  });
});
