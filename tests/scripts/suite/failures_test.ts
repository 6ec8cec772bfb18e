import assert from "node:assert/strict";
import { whatFailed } from "../../../scripts/suite/failures.ts";
import { describe, it } from "../../harness.ts";

const DENO = `running 2 tests from ./tests/a_test.ts
adding ...
  adds ... ok (0ms)
  carries ... FAILED (6ms)
  rests [skipped: no abacus] ... ignored (0ms)
adding ... FAILED (due to 1 failed step) (27ms)
taking away ...
  borrows ... ok (0ms)
taking away ... ok (3ms)
running 1 test from ./tests/b_test.ts
doubling ...
  doubles ... ok (1ms)
doubling ... ok (1ms)

 ERRORS 

adding ... carries => ./tests/a_test.ts:5:7
error: AssertionError: Expected values to be strictly equal:

9 !== 10

 FAILURES 

adding ... carries => ./tests/a_test.ts:5:7

FAILED | 2 passed (3 steps) | 1 failed (1 step) (240ms)
`;

const BUN = `bun test v1.4.5

tests/a_test.ts:
(pass) adding > adds [4.99ms]
5 |   assert.equal(9, 10);
             ^
AssertionError: Expected values to be strictly equal:

9 !== 10

(fail) adding > carries [9.48ms]
(skip) adding > rests [skipped: no abacus]

tests/b_test.ts:
(pass) doubling > doubles [1.00ms]

1 tests skipped:
(skip) adding > rests [skipped: no abacus]

1 tests failed:
(fail) adding > carries [9.48ms]

 2 pass
 1 skip
 1 fail
Ran 4 tests across 2 files. [139.00ms]
`;

describe("whatFailed()", () => {
  it("keeps errors whole, and of the rest what they stand under, on Deno", () => {
    const error = DENO.slice(DENO.indexOf(" ERRORS ")).trimEnd();
    assert.equal(
      whatFailed(DENO),
      `running 2 tests from ./tests/a_test.ts
adding ...
  carries ... FAILED (6ms)
adding ... FAILED (due to 1 failed step) (27ms)
${error}`,
    );
  });

  it("keeps errors whole, and of the rest what they stand under, on Bun", () => {
    assert.equal(
      whatFailed(BUN),
      `bun test v1.4.5

tests/a_test.ts:
5 |   assert.equal(9, 10);
             ^
AssertionError: Expected values to be strictly equal:

9 !== 10

(fail) adding > carries [9.48ms]

1 tests failed:
(fail) adding > carries [9.48ms]

 2 pass
 1 skip
 1 fail
Ran 4 tests across 2 files. [139.00ms]`,
    );
  });

  it("names the test in which a process crashed", () => {
    const output = DENO.slice(0, DENO.indexOf("  borrows ... ok")) + "  borrows ...";
    assert.match(whatFailed(output), /\(27ms\)\ntaking away \.\.\.\n {2}borrows \.\.\.$/);
    assert.match(whatFailed(BUN.slice(0, BUN.indexOf("(pass) doubling"))), /tests\/b_test\.ts:$/);
  });
});
