import assert from "node:assert/strict";
import { ORT_API, type OrtFunction } from "../../ffi/ort_api.ts";
import { describe, it } from "../harness.ts";

describe("ORT_API", () => {
  const entries = Object.entries<OrtFunction>(ORT_API);

  it("has every position once, in rising order", () => {
    const positions = entries.map(([, { index }]) => index);
    assert.deepEqual(positions, [...new Set(positions)].sort((a, b) => a - b));
  });

  it("has releases that take one pointer and give nothing, but for that of a list", () => {
    const releases = entries.filter(([name]) => /^Release(?!AvailableProviders)/.test(name));
    for (const [name, { parameters, result }] of releases) {
      assert.deepEqual({ parameters, result }, { parameters: ["pointer"], result: "void" }, name);
    }
  });

  it("has a status from everything that creates, binds or runs", () => {
    for (const [name, { result }] of entries.filter(([name]) => /^(Create|Bind|Run|Set|Add)/.test(name))) {
      assert.equal(result, "status", name);
    }
  });

  it("gives functions off the event loop nothing but addresses, for JavaScript's memory may end before them", () => {
    for (const [name, { parameters, nonblocking }] of entries) {
      if (nonblocking) assert.ok(!parameters.includes("buffer"), name);
    }
  });
});
