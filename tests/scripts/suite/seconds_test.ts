import assert from "node:assert/strict";
import { secondsOfFiles } from "../../../scripts/suite/seconds.ts";
import { describe, it } from "../../harness.ts";

describe("secondsOfFiles()", () => {
  it("adds up the groups of a file on Deno, whatever stands inside them", () => {
    const output = `running 2 tests from ./tests/a_test.ts
adding ...
  adds ... ok (40s)
  waits ...'adding' has been running for over (1m0s)
 ok (1m2s)
adding ... FAILED (due to 1 failed step) (1m42s)
taking away ... ok (500ms)
running 1 test from ./tests/b_test.ts
doubling ... ok (3s)

ok | 3 passed (3 steps) | 0 failed (1m46s)
`;
    const expected = [["tests/a_test.ts", 102.5], ["tests/b_test.ts", 3]] as const;
    assert.deepEqual(secondsOfFiles(output), new Map(expected));
  });

  it("adds up the tests of a file on Bun", () => {
    const output = `bun test v1.4.5

tests/a_test.ts:
(pass) adding > adds [250.00ms]
(skip) adding > rests
(fail) adding > carries [750.00ms]

 1 pass
 1 fail
Ran 3 tests across 1 file. [1.20s]
`;
    assert.deepEqual(secondsOfFiles(output), new Map([["tests/a_test.ts", 1]]));
  });
});
