import assert from "node:assert/strict";
import { asUsageError, UsageError } from "../../../../lib/commands/command.ts";
import { number } from "../../../../lib/commands/flags/flag_kinds.ts";
import { describeError } from "../../../../lib/commands/terminal/describe_error.ts";
import { wrongArgument } from "../../../../lib/errors.ts";
import { describe, it } from "../../../harness.ts";

describe("describeError()", () => {
  it("is a message of ours as it is, without its class", () => {
    assert.equal(describeError(new RangeError("Cannot hear it: too quiet")), "Cannot hear it: too quiet");
  });

  it("calls the options of ours as flags, and leaves what a command says itself", () => {
    const flags = { patience: number(1, { help: "patience" }) };
    const refusal = wrongArgument("INVALID_OPTION", "Cannot decode: patience is 0");
    for (const error of [refusal, asUsageError(refusal)]) {
      assert.equal(describeError(error, flags), "Cannot decode: --patience is 0");
    }
    assert.equal(describeError(new UsageError(refusal.message), flags), refusal.message);
    assert.equal(describeError(new Error(refusal.message), flags), refusal.message);
    assert.equal(describeError(new UsageError("No file was given")), "No file was given");
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
